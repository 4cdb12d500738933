// SPDX-License-Identifier: GPL-2.0-only
#include "pin_ring.h"

#include "uring.h"

#include "config.h"

#if FL_HAVE_LIBURING

#include <liburing.h>
#include <stdlib.h>
#include <sys/uio.h>

enum {
	ENTRIES = 4,
	WAIT_S = 5,
};

struct pin_ring {
	struct io_uring ring;
	struct iovec buffer;
};

static int say_refused(struct fl_run *run, int err, size_t bytes)
{
	if (err == -ENOMEM)
		return fl_skip(run,
			       "RLIMIT_MEMLOCK is too small to register %zu "
			       "KiB with io_uring: ulimit -l %zu, or run with "
			       "CAP_IPC_LOCK",
			       bytes >> 10, (bytes >> 10) + 64);

	return fl_fail(run, uring_skip(run, err),
		       "registering %zu KiB with io_uring", bytes >> 10);
}

int pin_ring_open(struct fl_run *run, const void *base, size_t bytes,
		  struct pin_ring **ret_ring)
{
	struct pin_ring *r = calloc(1, sizeof(*r));
	int err = r ? io_uring_queue_init(ENTRIES, &r->ring, 0) : -ENOBUFS;

	if (err) {
		free(r);
		return say_refused(run, err, bytes);
	}

	/* A child of ours must not keep the pages pinned. */
	(void)io_uring_ring_dontfork(&r->ring);
	pin_ring_aim(r, base, bytes);
	err = pin_ring_hold(r);
	if (err) {
		pin_ring_close(r);
		return say_refused(run, err, bytes);
	}
	*ret_ring = r;
	return 0;
}

int pin_ring_release(struct pin_ring *ring)
{
	return io_uring_unregister_buffers(&ring->ring);
}

int pin_ring_hold(struct pin_ring *ring)
{
	return io_uring_register_buffers(&ring->ring, &ring->buffer, 1);
}

void pin_ring_close(struct pin_ring *ring)
{
	if (!ring)
		return;

	io_uring_queue_exit(&ring->ring);
	free(ring);
}

void pin_ring_aim(struct pin_ring *ring, const void *base, size_t bytes)
{
	ring->buffer = (struct iovec){ .iov_base = (void *)base,
				       .iov_len = bytes };
}

struct transfer {
	int fd;
	bool into_file;
	size_t offset, bytes;
};

/* Each submission has its completion taken off before the next. */
static int move_some(struct pin_ring *r, const struct transfer *t, size_t done)
{
	struct __kernel_timespec patience = { .tv_sec = WAIT_S };
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);
	size_t at = t->offset + done;
	char *buffer = (char *)r->buffer.iov_base + at;
	unsigned left = (unsigned)(t->bytes - done);
	struct io_uring_cqe *cqe;
	int err;

	if (!sqe)
		return -EBUSY;

	if (t->into_file)
		io_uring_prep_write_fixed(sqe, t->fd, buffer, left, at, 0);
	else
		io_uring_prep_read_fixed(sqe, t->fd, buffer, left, at, 0);
	err = io_uring_submit(&r->ring);
	if (err < 0)
		return err;

	err = io_uring_wait_cqe_timeout(&r->ring, &cqe, &patience);
	if (err)
		return err;

	err = cqe->res;
	io_uring_cqe_seen(&r->ring, cqe);
	return err;
}

static int move_all(struct pin_ring *r, const struct transfer *t)
{
	for (size_t done = 0; done < t->bytes;) {
		int n = move_some(r, t, done);

		if (n <= 0)
			return n ? n : -EIO;
		done += (size_t)n;
	}
	return 0;
}

int pin_ring_write(struct pin_ring *ring, int fd)
{
	struct transfer t = { .fd = fd,
			      .into_file = true,
			      .bytes = ring->buffer.iov_len };

	return move_all(ring, &t);
}

int pin_ring_read(struct pin_ring *ring, int fd, size_t offset, size_t bytes)
{
	struct transfer t = { .fd = fd, .offset = offset, .bytes = bytes };

	return move_all(ring, &t);
}

#else

int pin_ring_open(struct fl_run *run, const void *base, size_t bytes,
		  struct pin_ring **ret_ring)
{
	(void)base;
	(void)bytes;
	(void)ret_ring;
	return uring_skip(run, -ENOSYS);
}

void pin_ring_close(struct pin_ring *ring)
{
	(void)ring;
}

int pin_ring_release(struct pin_ring *ring)
{
	(void)ring;
	return -ENOSYS;
}

int pin_ring_hold(struct pin_ring *ring)
{
	(void)ring;
	return -ENOSYS;
}

void pin_ring_aim(struct pin_ring *ring, const void *base, size_t bytes)
{
	(void)ring;
	(void)base;
	(void)bytes;
}

int pin_ring_write(struct pin_ring *ring, int fd)
{
	(void)ring;
	(void)fd;
	return -ENOSYS;
}

int pin_ring_read(struct pin_ring *ring, int fd, size_t offset, size_t bytes)
{
	(void)ring;
	(void)fd;
	(void)offset;
	(void)bytes;
	return -ENOSYS;
}

#endif
