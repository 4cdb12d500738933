// SPDX-License-Identifier: GPL-2.0-only
#include "frames.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? 0 : fd;
}

/* A page of our own that is surely present has no frame number? */
static int check_told(const struct frames *f)
{
	char here = 0;
	uint64_t entry;
	int err;

	*(volatile char *)&here = 1;
	err = pagemap_entry(&f->pagemap, &here, &entry);
	if (err)
		return err;
	return (entry & PAGEMAP_PFN_MASK) ? 0 : -EPERM;
}

int frames_open(struct frames *f)
{
	int err = pagemap_open(&f->pagemap);

	if (!err)
		err = check_told(f);
	if (err) {
		frames_close(f);
		return err;
	}
	f->count_fd = open_file("/proc/kpagecount");
	f->flags_fd = open_file("/proc/kpageflags");
	return 0;
}

void frames_close(struct frames *f)
{
	pagemap_close(&f->pagemap);
	if (f->count_fd)
		close(f->count_fd);
	if (f->flags_fd)
		close(f->flags_fd);
	f->count_fd = 0;
	f->flags_fd = 0;
}

int frames_read(const struct frames *f, const void *addr, size_t nr,
		uint64_t *ret_frames)
{
	int err = pagemap_read(&f->pagemap, addr, nr, ret_frames);

	for (size_t i = 0; !err && i < nr; i++)
		ret_frames[i] = (ret_frames[i] & PAGEMAP_PRESENT)
					? ret_frames[i] & PAGEMAP_PFN_MASK
					: 0;
	return err;
}

static int read_one(int fd, uint64_t frame, uint64_t *ret_value)
{
	ssize_t n;

	if (!fd)
		return -ENODATA;

	n = pread(fd, ret_value, sizeof(*ret_value),
		  (off_t)(frame * sizeof(*ret_value)));
	if (n < 0)
		return -errno;
	return n == sizeof(*ret_value) ? 0 : -ENODATA;
}

int frames_count(const struct frames *f, uint64_t frame, uint64_t *ret_count)
{
	return read_one(f->count_fd, frame, ret_count);
}

int frames_flags(const struct frames *f, uint64_t frame, uint64_t *ret_flags)
{
	return read_one(f->flags_fd, frame, ret_flags);
}

bool frames_has(const struct frames *f, const void *addr, uint64_t flag)
{
	uint64_t frame, flags;

	return !frames_read(f, addr, 1, &frame) && frame &&
	       !frames_flags(f, frame, &flags) && flags & flag;
}
