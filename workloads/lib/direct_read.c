// SPDX-License-Identifier: GPL-2.0-only
#include "direct_read.h"

#include "scratch_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	AHEAD_BYTES = 1 << 20,
	MOST_AHEAD = 64,
	AT_ONCE = 64,
	WAIT_S = 10,
};

static char *map(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Newer kernels take O_DIRECT there too, and copy. */
static bool is_memory(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) &&
	       (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}

static int open_file(struct fl_run *run, struct direct_read *d)
{
	int flags, err;

	d->fd = scratch_file_open();
	if (d->fd < 0)
		return fl_fail(run, d->fd, "a file in %s",
			       scratch_file_folder());

	d->opened = true;
	err = scratch_file_fill(d->fd, d->nr * d->page_bytes + AHEAD_BYTES);
	if (err)
		return fl_fail(run, err, "filling a file in %s",
			       scratch_file_folder());

	flags = fcntl(d->fd, F_GETFL);
	if (is_memory(d->fd) || fcntl(d->fd, F_SETFL, flags | O_DIRECT))
		return fl_skip(run,
			       "the file system of %s has no O_DIRECT: set "
			       "TMPDIR to a folder on a disk",
			       scratch_file_folder());
	return 0;
}

static int open_context(struct fl_run *run, struct direct_read *d)
{
	if (!syscall(SYS_io_setup, d->nr + MOST_AHEAD, &d->context))
		return 0;
	if (errno == ENOSYS || errno == EPERM)
		return fl_skip(run, "io_setup is refused: the kernel has no "
				    "Linux AIO (CONFIG_AIO), or the seccomp "
				    "filter of the container forbids it");
	if (errno == EAGAIN)
		return fl_skip(run,
			       "raise fs.aio-max-nr: no context for %zu "
			       "reads is left",
			       d->nr);
	return fl_fail(run, -errno, "io_setup");
}

int direct_read_init(struct fl_run *run, struct direct_read *d, size_t nr)
{
	int err;

	d->nr = nr;
	d->page_bytes = run->page_bytes;
	d->block = map(nr * d->page_bytes);
	d->ahead = map(AHEAD_BYTES);
	d->calls = calloc(nr + MOST_AHEAD, sizeof(*d->calls));
	if (!d->block || !d->ahead || !d->calls)
		return fl_fail(run, -ENOMEM, "memory to read %zu pages", nr);

	err = open_file(run, d);
	return err ? err : open_context(run, d);
}

/* The kernel ends a context only when all that it has under way is done. */
void direct_read_finish(struct direct_read *d)
{
	if (d->context)
		(void)syscall(SYS_io_destroy, d->context);
	if (d->opened)
		close(d->fd);
	if (d->block)
		munmap(d->block, d->nr * d->page_bytes);
	if (d->ahead)
		munmap(d->ahead, AHEAD_BYTES);
	free(d->calls);
	memset(d, 0, sizeof(*d));
}

int direct_read_words(struct fl_run *run, struct direct_read *d, uint64_t word)
{
	size_t bytes = d->nr * d->page_bytes;
	ssize_t n;

	for (size_t i = 0; i < d->nr; i++) {
		uint64_t value = word + i;

		memcpy(d->block + i * d->page_bytes, &value, sizeof(value));
	}
	n = pwrite(d->fd, d->block, bytes, 0);
	if (n != (ssize_t)bytes)
		return fl_fail(run, n < 0 ? -errno : -EIO,
			       "writing %zu bytes by O_DIRECT", bytes);
	return 0;
}

static void add(struct direct_read *d, size_t at, void *into, size_t bytes)
{
	d->calls[d->asked++] = (struct iocb){
		.aio_fildes = (uint32_t)d->fd,
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_buf = (uintptr_t)into,
		.aio_nbytes = bytes,
		.aio_offset = (int64_t)at,
		.aio_data = bytes,
	};
}

void direct_read_ask(struct direct_read *d, size_t i, void *page)
{
	if (d->asked < d->nr)
		add(d, i * d->page_bytes, page, d->page_bytes);
}

static int submit(struct direct_read *d, size_t first, size_t end)
{
	struct iocb *calls[AT_ONCE];

	while (first < end) {
		size_t nr = 0;
		long n;

		while (nr < AT_ONCE && first + nr < end) {
			calls[nr] = &d->calls[first + nr];
			nr++;
		}
		n = syscall(SYS_io_submit, d->context, nr, calls);
		if (n <= 0)
			return n ? -errno : -EAGAIN;
		d->under_way += (size_t)n;
		first += (size_t)n;
	}
	return 0;
}

int direct_read_submit(struct fl_run *run, struct direct_read *d,
		       unsigned ahead_mib)
{
	size_t pages = d->asked;
	int err;

	for (unsigned i = 0; i < ahead_mib && i < MOST_AHEAD; i++)
		add(d, d->nr * d->page_bytes, d->ahead, AHEAD_BYTES);
	err = submit(d, pages, d->asked);
	if (!err)
		err = submit(d, 0, pages);
	d->asked = 0;
	return err == -EFAULT || !err ? err : fl_fail(run, err, "io_submit");
}

/* Work that the kernel does in our name, for io_uring say, ends a wait too. */
static long get_events(struct direct_read *d, struct io_event *events)
{
	uint64_t until = fl_clock_ns() + WAIT_S * UINT64_C(1000000000);
	long n;

	do {
		struct timespec patience = { .tv_sec = WAIT_S };

		n = syscall(SYS_io_getevents, d->context, 1L, (long)AT_ONCE,
			    events, &patience);
	} while (n < 0 && errno == EINTR && fl_clock_ns() < until);
	return n;
}

int direct_read_wait(struct fl_run *run, struct direct_read *d)
{
	struct io_event events[AT_ONCE];
	int failed = 0;

	while (d->under_way) {
		long n = get_events(d, events);

		if (n <= 0)
			return fl_fail(run, n ? -errno : -ETIMEDOUT,
				       "%zu reads of a disk", d->under_way);
		for (long i = 0; i < n; i++)
			if (events[i].res != (int64_t)events[i].data)
				failed = events[i].res < 0 ? (int)events[i].res
							   : -EIO;
		d->under_way -= (size_t)n;
	}
	return failed && failed != -EFAULT
		       ? fl_fail(run, failed, "a read of a disk")
		       : failed;
}
