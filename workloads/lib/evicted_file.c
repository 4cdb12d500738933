// SPDX-License-Identifier: GPL-2.0-only
#include "evicted_file.h"

#include "scratch_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	TRIES = 10 /* pages that are on their way to a list stay at first */
};

static int open_file(struct evicted_file *f)
{
	f->fd = scratch_file_open();
	if (f->fd < 0)
		return f->fd;

	f->opened = true;
	f->mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	f->has_mem = f->mem >= 0;
	return f->has_mem ? 0 : -errno;
}

/* One page a fault, and no more read than that. */
static int map(struct evicted_file *f)
{
	void *p = mmap(NULL, f->bytes, PROT_READ, MAP_SHARED, f->fd, 0);

	if (p == MAP_FAILED)
		return -errno;

	f->base = p;
	return madvise(p, f->bytes, MADV_RANDOM) ? -errno : 0;
}

static int can_evict(struct evicted_file *f, bool *ret_can)
{
	unsigned char there = 1;

	*ret_can = false;
	for (unsigned i = 0; i < TRIES && !*ret_can; i++) {
		int err;

		evicted_file_read(f, 0);
		err = evicted_file_drop(f, 0, true);
		if (err)
			return err;
		if (mincore(f->base, 1, &there))
			return -errno;
		*ret_can = !(there & 1);
	}
	return 0;
}

int evicted_file_init(struct fl_run *run, struct evicted_file *f, size_t bytes)
{
	bool can = false;
	int err;

	f->bytes = bytes;
	err = open_file(f);
	if (!err)
		err = scratch_file_fill(f->fd, f->bytes);
	if (!err)
		err = map(f);
	if (!err)
		err = can_evict(f, &can);
	if (err)
		return fl_fail(run, err, "a file of %zu bytes in %s", bytes,
			       scratch_file_folder());
	return can ? 0
		   : fl_skip(run,
			     "pages of a file in %s stay in memory (tmpfs?): "
			     "set TMPDIR to a folder on a disk",
			     scratch_file_folder());
}

void evicted_file_finish(struct evicted_file *f)
{
	if (f->base)
		munmap(f->base, f->bytes);
	if (f->opened)
		close(f->fd);
	if (f->has_mem)
		close(f->mem);

	f->base = NULL;
	f->opened = f->has_mem = false;
}

int evicted_file_drop(const struct evicted_file *f, size_t place, bool evict)
{
	size_t at = place * EVICTED_FILE_STEP;

	if (madvise(f->base + at, EVICTED_FILE_STEP, MADV_DONTNEED))
		return -errno;

	return evict ? -posix_fadvise(f->fd, (off_t)at, EVICTED_FILE_STEP,
				      POSIX_FADV_DONTNEED)
		     : 0;
}

int evicted_file_read_held(const struct evicted_file *f, size_t place)
{
	const char *at = f->base + place * EVICTED_FILE_STEP;
	char byte;

	return pread(f->mem, &byte, 1, (off_t)(uintptr_t)at) == 1 ? 0 : -errno;
}
