// SPDX-License-Identifier: GPL-2.0-only
#include "uffd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * EAGAIN lasts as long as another thread changes the address space (fork,
 * mremap).  Beyond so many repetitions something else is wrong.
 */
enum {
	UFFD_MAX_REPEATS = 100000
};

static int open_syscall(int flags)
{
	int fd = (int)syscall(SYS_userfaultfd, flags);

	return fd < 0 ? -errno : fd;
}

static int open_device(int flags)
{
	int dev = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	int fd;

	if (dev < 0)
		return -errno;

	fd = ioctl(dev, USERFAULTFD_IOC_NEW, flags);
	if (fd < 0)
		fd = -errno;
	close(dev);
	return fd;
}

/* A refusal is told as such, whatever the last resort answered. */
static int open_any(int flags, enum uffd_way *ret_way)
{
	int fd = open_syscall(flags);

	*ret_way = UFFD_WAY_SYSCALL;
	if (fd != -EPERM)
		return fd;

	*ret_way = UFFD_WAY_DEVICE;
	fd = open_device(flags);
	if (fd >= 0)
		return fd;

	*ret_way = UFFD_WAY_USER_ONLY;
	fd = open_syscall(flags | UFFD_USER_MODE_ONLY);
	return fd < 0 ? -EPERM : fd;
}

static int handshake(int fd, uint64_t features, uint64_t *ret_offered)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };

	if (ioctl(fd, UFFDIO_API, &api))
		return -errno;

	*ret_offered = api.features;
	return 0;
}

static int open_with(struct uffd *u, int flags, uint64_t features)
{
	enum uffd_way way;
	int fd = open_any(flags, &way);
	int err;

	if (fd < 0)
		return fd;

	err = handshake(fd, features, &u->offered);
	if (err) {
		close(fd);
		return err;
	}

	u->fd = fd;
	u->way = way;
	return 0;
}

int uffd_open(struct uffd *u, const struct uffd_options *options)
{
	int flags = O_CLOEXEC | (options->blocking ? 0 : O_NONBLOCK);
	int err = open_with(u, flags, 0);

	if (err || !options->features)
		return err;

	uffd_close(u);
	if (options->features & ~u->offered)
		return -EOPNOTSUPP;

	return open_with(u, flags, options->features);
}

void uffd_close(struct uffd *u)
{
	if (u->way != UFFD_WAY_NONE)
		close(u->fd);

	u->way = UFFD_WAY_NONE;
	u->fd = -1;
}

const char *uffd_way_name(enum uffd_way way)
{
	static const char *const names[] = {
		[UFFD_WAY_NONE] = "none",
		[UFFD_WAY_SYSCALL] = "system call",
		[UFFD_WAY_DEVICE] = "/dev/userfaultfd",
		[UFFD_WAY_USER_ONLY] = "user mode only",
	};

	return names[way];
}

int uffd_register(const struct uffd *u, void *start, size_t len, uint64_t mode)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)start, .len = len },
		.mode = mode,
	};

	return ioctl(u->fd, UFFDIO_REGISTER, &reg) ? -errno : 0;
}

int uffd_unregister(const struct uffd *u, void *start, size_t len)
{
	struct uffdio_range range = { .start = (uintptr_t)start, .len = len };
	int err = ioctl(u->fd, UFFDIO_UNREGISTER, &range) ? -errno : 0;

	/* By itself the kernel wakes only who waits for a missing page. */
	(void)ioctl(u->fd, UFFDIO_WAKE, &range);
	return err;
}

static int writeprotect(struct uffd *u, const void *start, size_t len,
			uint64_t mode)
{
	struct uffdio_writeprotect wp = {
		.range = { .start = (uintptr_t)start, .len = len },
		.mode = mode,
	};

	for (unsigned i = 0; i < UFFD_MAX_REPEATS; i++) {
		if (!ioctl(u->fd, UFFDIO_WRITEPROTECT, &wp))
			return 0;
		if (errno != EAGAIN)
			return -errno;
		atomic_fetch_add_explicit(&u->repeats, 1, memory_order_relaxed);
	}
	return -EAGAIN;
}

int uffd_protect(struct uffd *u, const void *start, size_t len)
{
	return writeprotect(u, start, len, UFFDIO_WRITEPROTECT_MODE_WP);
}

int uffd_unprotect(struct uffd *u, const void *start, size_t len)
{
	return writeprotect(u, start, len, 0);
}

int uffd_pair(struct uffd *u, const void *start, size_t len)
{
	int err = uffd_protect(u, start, len);

	return err ? err : uffd_unprotect(u, start, len);
}

/*
 * How to go on after a call that filled only the first @done bytes, or none and
 * said why: 1 to call again, 0 at the end.
 */
static int advance(struct uffd *u, size_t *at, size_t len, int64_t done,
		   unsigned *repeats)
{
	if (done > 0)
		*at += (size_t)done;
	if (*at >= len)
		return 0;
	if (done <= 0 && done != -EAGAIN)
		return done ? (int)done : -EIO;
	if (++*repeats > UFFD_MAX_REPEATS)
		return -EAGAIN;

	atomic_fetch_add_explicit(&u->repeats, 1, memory_order_relaxed);
	return 1;
}

int uffd_continue(struct uffd *u, const void *start, size_t len)
{
	unsigned repeats = 0;
	size_t at = 0;
	int more;

	do {
		struct uffdio_continue c = {
			.range = { (uintptr_t)start + at, len - at },
		};

		if (ioctl(u->fd, UFFDIO_CONTINUE, &c) && errno != EAGAIN)
			return -errno;
		more = advance(u, &at, len, c.mapped, &repeats);
	} while (more > 0);
	return more;
}

int uffd_copy(struct uffd *u, const void *start, const void *from, size_t len)
{
	unsigned repeats = 0;
	size_t at = 0;
	int more;

	do {
		struct uffdio_copy c = { .dst = (uintptr_t)start + at,
					 .src = (uintptr_t)from + at,
					 .len = len - at };

		if (ioctl(u->fd, UFFDIO_COPY, &c) && errno != EAGAIN)
			return -errno;
		more = advance(u, &at, len, c.copy, &repeats);
	} while (more > 0);
	return more;
}

int uffd_read(const struct uffd *u, struct uffd_msg *ret_msg)
{
	ssize_t got = read(u->fd, ret_msg, sizeof(*ret_msg));

	if (got == (ssize_t)sizeof(*ret_msg))
		return 1;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return -EPROTO;
}
