// SPDX-License-Identifier: GPL-2.0-only
#include "cached_file.h"

#include "frames.h"
#include "scratch_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

const char *const cached_file_kinds[] = {
	[CACHED_SHMEM] = "shmem",
	[CACHED_SHARED] = "file-shared",
	[CACHED_PRIVATE] = "file-private",
	NULL,
};

enum {
	BLOCK = 4096,
	LARGE_BLOCK = 128 << 10
};

static int open_file(struct cached_file *f)
{
	f->fd = f->kind == CACHED_SHMEM ? memfd_create("faultline", MFD_CLOEXEC)
					: scratch_file_open();
	if (f->fd < 0)
		return f->kind == CACHED_SHMEM ? -errno : f->fd;

	f->opened = true;
	return ftruncate(f->fd, (off_t)f->bytes) ? -errno : 0;
}

static bool is_on_disk(const struct cached_file *f)
{
	struct statfs st;

	return !fstatfs(f->fd, &st) && st.f_type != TMPFS_MAGIC;
}

int cached_file_init(struct fl_run *run, struct cached_file *f)
{
	int err;

	f->page_bytes = run->page_bytes;
	f->bytes = f->nr * f->page_bytes;
	err = region_init(&f->place, REGION_SHMEM, f->bytes);
	if (!err)
		err = open_file(f);
	if (err)
		return fl_fail(run, err, "a file of %zu bytes in %s", f->bytes,
			       f->kind == CACHED_SHMEM ? "memory"
						       : scratch_file_folder());
	f->base = f->place.base;
	if (f->kind == CACHED_SHMEM)
		return 0;
	if (!is_on_disk(f))
		return fl_skip(
			run,
			"%s is in memory (tmpfs): set TMPDIR to a folder "
			"on a disk",
			scratch_file_folder());

	err = scratch_file_fill(f->fd, f->bytes);
	return err ? fl_fail(run, err, "writing a file of %zu bytes", f->bytes)
		   : 0;
}

void cached_file_finish(struct cached_file *f)
{
	if (f->opened)
		close(f->fd);
	region_finish(&f->place);
	f->opened = false;
	f->base = NULL;
}

/* The advice that pages be read one by one holds for the descriptor. */
int cached_file_empty(struct fl_run *run, const struct cached_file *f)
{
	off_t len = (off_t)f->bytes;
	int err;

	if (f->kind == CACHED_SHMEM)
		return fallocate(f->fd,
				 FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				 len)
			       ? fl_fail(run, -errno, "punching a hole")
			       : 0;

	err = posix_fadvise(f->fd, 0, len, POSIX_FADV_DONTNEED);
	if (!err)
		err = posix_fadvise(f->fd, 0, len,
				    f->large ? POSIX_FADV_SEQUENTIAL
					     : POSIX_FADV_RANDOM);
	return err ? fl_fail(run, -err, "posix_fadvise") : 0;
}

/* Without huge pages of its own accord: a kernel that has none refuses. */
static int advise(const struct cached_file *f)
{
	if (f->kind != CACHED_SHMEM)
		return 0;
	if (!madvise(f->base, f->bytes,
		     f->large ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		return 0;
	return errno == EINVAL && !f->large ? 0 : -errno;
}

int cached_file_map(struct fl_run *run, const struct cached_file *f)
{
	int how = f->kind == CACHED_PRIVATE ? MAP_PRIVATE : MAP_SHARED;
	void *p = mmap(f->base, f->bytes, PROT_READ | PROT_WRITE,
		       MAP_FIXED | how, f->fd, 0);
	int err = p == MAP_FAILED ? -errno : advise(f);

	return err ? fl_fail(run, err, "mapping the file") : 0;
}

static int fill_blocks(struct fl_run *run, const struct cached_file *f)
{
	static char block[LARGE_BLOCK];
	size_t step = f->large ? LARGE_BLOCK : BLOCK;

	for (size_t at = 0; at < f->bytes; at += step) {
		size_t len = f->bytes - at < step ? f->bytes - at : step;
		ssize_t done = f->kind == CACHED_SHMEM
				       ? pwrite(f->fd, block, len, (off_t)at)
				       : pread(f->fd, block, len, (off_t)at);

		if (done != (ssize_t)len)
			return fl_fail(run, done < 0 ? -errno : -EIO,
				       "filling the page cache");
	}
	return 0;
}

/* Only a fault of a mapping that was advised so gives huge pages. */
int cached_file_fill(struct fl_run *run, const struct cached_file *f)
{
	int err = cached_file_empty(run, f);

	if (!err && (f->kind != CACHED_SHMEM || !f->large))
		return fill_blocks(run, f);
	if (!err)
		err = cached_file_map(run, f);
	for (size_t i = 0; !err && i < f->nr; i++)
		*cached_file_word(f, i) = 1;
	return err;
}

static int count_folios(const struct cached_file *f,
			const struct frames *frames, size_t *ret_folios)
{
	size_t nr = 0;

	for (size_t i = 0; i < f->nr; i++) {
		const char *at = f->base + i * f->page_bytes;
		uint64_t frame, flags = 0;
		int err = frames_read(frames, at, 1, &frame);

		if (!err)
			err = frame ? frames_flags(frames, frame, &flags)
				    : -ENODATA;
		if (err)
			return err;
		nr += !(flags & FRAMES_TAIL);
	}
	*ret_folios = nr;
	return 0;
}

int cached_file_folios(const struct cached_file *f, size_t *ret_folios)
{
	struct frames frames = { 0 };
	int err = frames_open(&frames);

	if (!err)
		err = count_folios(f, &frames, ret_folios);
	frames_close(&frames);
	return err;
}
