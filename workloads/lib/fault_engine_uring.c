// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events are read by io_uring: one call hands in the next read and waits for
 * it.  A kernel whose userfaultfd knows no read that is tried and then waited
 * for (file->f_op->read_iter and FMODE_NOWAIT, fs/userfaultfd.c; 6.12 has them)
 * answers EAGAIN; there the ring polls, and read() follows.  The descriptor must
 * not block: a blocking one is read by a kernel thread, on any CPU.
 *
 * A ring belongs to the thread that submits, so nothing is asked for before
 * the handler's own thread waits.
 */
#include "fault_engine.h"

#include "config.h"

#if FL_HAVE_LIBURING

#include <liburing.h>
#include <poll.h>
#include <stdlib.h>

enum {
	ENTRIES = 8
};

enum ring_tag {
	TAG_EVENT = 1,
	TAG_WAKE
};

struct fault_ring {
	struct io_uring ring;
	struct uffd_msg msg; /* where a read puts it */
	bool polls;	     /* reads are not waited for */
	bool asked_event, asked_wake;
};

static int init_uring(struct fault_handler *h)
{
	struct fault_ring *r = calloc(1, sizeof(*r));
	int err = r ? io_uring_queue_init(ENTRIES, &r->ring, 0) : -ENOMEM;

	if (err) {
		free(r);
		return err;
	}
	(void)io_uring_ring_dontfork(&r->ring);
	h->ring = r;
	return fault_engine_open_wake(h);
}

static void finish_uring(struct fault_handler *h)
{
	if (h->ring) {
		io_uring_queue_exit(&h->ring->ring);
		free(h->ring);
	}
	h->ring = NULL;
	fault_engine_close_wake(h);
}

static void ask(struct io_uring_sqe *sqe, enum ring_tag tag, bool *asked)
{
	sqe->user_data = tag;
	*asked = true;
}

/* The queue has room: it never holds more than these two. */
static void ask_for_both(struct fault_handler *h)
{
	struct fault_ring *r = h->ring;
	struct io_uring_sqe *sqe;

	if (!r->asked_event) {
		sqe = io_uring_get_sqe(&r->ring);
		if (r->polls)
			io_uring_prep_poll_add(sqe, h->spec.uffd->fd, POLLIN);
		else
			io_uring_prep_read(sqe, h->spec.uffd->fd, &r->msg,
					   sizeof(r->msg), 0);
		ask(sqe, TAG_EVENT, &r->asked_event);
	}
	if (!r->asked_wake) {
		sqe = io_uring_get_sqe(&r->ring);
		io_uring_prep_poll_add(sqe, h->wake_fd, POLLIN);
		ask(sqe, TAG_WAKE, &r->asked_wake);
	}
}

static int take_event(struct fault_handler *h, int res,
		      struct uffd_msg *ret_msg)
{
	struct fault_ring *r = h->ring;

	r->asked_event = false;
	if (r->polls && res > 0)
		return (res & ~POLLIN) ? -EIO
				       : uffd_read(h->spec.uffd, ret_msg);
	if (res == -EAGAIN)
		r->polls = true;
	if (res == -EAGAIN || res == -EINTR)
		return 0;
	if (res != (int)sizeof(r->msg))
		return res < 0 ? res : -EPROTO;

	*ret_msg = r->msg;
	return 1;
}

static int wait_uring(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	struct __kernel_timespec patience = { .tv_nsec = FAULT_ENGINE_WAIT_MS *
							 1000000LL };
	struct fault_ring *r = h->ring;
	struct io_uring_cqe *cqe = NULL;
	uint64_t tag;
	int res;

	ask_for_both(h);
	res = io_uring_submit_and_wait_timeout(&r->ring, &cqe, 1, &patience,
					       NULL);
	if (res < 0)
		return res == -ETIME || res == -EINTR ? 0 : res;
	/* Handed in, and nothing came in time. */
	if (!cqe)
		return 0;

	tag = cqe->user_data;
	res = cqe->res;
	io_uring_cqe_seen(&r->ring, cqe);
	if (tag == TAG_EVENT)
		return take_event(h, res, ret_msg);
	if (tag == TAG_WAKE) {
		r->asked_wake = false;
		fault_engine_clear_wake(h);
	}
	return 0;
}

const struct fault_engine fault_engine_uring = {
	.init = init_uring,
	.wait = wait_uring,
	.wake = fault_engine_write_wake,
	.finish = finish_uring,
};

#else

static int init_uring(struct fault_handler *h)
{
	(void)h;
	return -ENOSYS;
}

static int wait_uring(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	(void)h;
	(void)ret_msg;
	return -ENOSYS;
}

const struct fault_engine fault_engine_uring = {
	.init = init_uring,
	.wait = wait_uring,
};

#endif
