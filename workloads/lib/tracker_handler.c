// SPDX-License-Identifier: GPL-2.0-only
/* The thread that reads the events of a tracker and lets the writers go on. */
#include "tracker.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	WAIT_MS = 100,
};

#define DRAIN_NS UINT64_C(5000000000)

int tracker_handler_init(struct fl_run *run, struct tracker_handler *h)
{
	h->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	h->has_wake_fd = h->wake_fd >= 0;
	return h->has_wake_fd ? 0 : fl_fail(run, -errno, "eventfd");
}

void tracker_handler_finish(struct tracker_handler *h)
{
	if (h->has_wake_fd)
		close(h->wake_fd);
	h->has_wake_fd = false;
}

void tracker_handler_wake(struct tracker_handler *h)
{
	if (h->has_wake_fd)
		(void)eventfd_write(h->wake_fd, 1);
}

static void take_fork(struct tracker *t, int fd)
{
	int old = t->spec.keep_forks ? atomic_exchange(&t->fork_fd, fd) : fd;

	atomic_fetch_add(&t->forks, 1);
	if (old)
		close(old);
}

static int take_fault(struct tracker *t, struct uffd *from, uint64_t address)
{
	size_t each = t->spec.page_bytes;
	size_t offset = address - (uintptr_t)t->spec.start;
	size_t page = offset / each;
	int err;

	atomic_fetch_add(&t->events, 1);
	if (offset < t->spec.bytes)
		tracker_count(t, page);
	else
		atomic_fetch_add(&t->strays, 1);
	err = uffd_unprotect(from, t->spec.start + page * each, each);
	return err ? err : 1;
}

static int take(struct tracker *t, struct uffd *from,
		const struct uffd_msg *msg)
{
	switch (msg->event) {
	case UFFD_EVENT_PAGEFAULT:
		if (!(msg->arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP))
			return -EPROTO;
		return take_fault(t, from, msg->arg.pagefault.address);
	case UFFD_EVENT_FORK:
		take_fork(t, (int)msg->arg.fork.ufd);
		return 1;
	default:
		atomic_fetch_add(&t->other_events, 1);
		return 1;
	}
}

/* Nobody would ever resolve what waits: let the writers go. */
static int give_up(struct fl_run *run, struct tracker *t, int err)
{
	atomic_store(&t->failed, true);
	(void)uffd_unregister(&t->uffd, t->spec.start, t->spec.bytes);
	return fl_fail(run, err,
		       "the handler of write-protection events; "
		       "nothing is tracked any more");
}

/*
 * A child that has gone has nothing to say.  Return: 1 with the descriptor that
 * has something to read, 0, -errno.
 */
static int wait_event(struct tracker_handler *h, struct tracker *t, int *ret_fd)
{
	unsigned asked = atomic_load(&h->drain_asked);
	int fork_fd = t ? atomic_load(&t->fork_fd) : 0;
	bool drains = asked != atomic_load(&h->drain_done);
	struct pollfd fds[] = {
		{ .fd = t ? t->uffd.fd : -1, .events = POLLIN },
		{ .fd = h->wake_fd, .events = POLLIN },
		{ .fd = fork_fd ? fork_fd : -1, .events = POLLIN },
	};
	eventfd_t nr;

	if (poll(fds, 3, drains ? 0 : WAIT_MS) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents)
		(void)eventfd_read(h->wake_fd, &nr);
	if (fds[0].revents & ~POLLIN)
		return -EIO;
	if (fds[0].revents || fds[2].revents & POLLIN) {
		*ret_fd = fds[0].revents ? fds[0].fd : fds[2].fd;
		return 1;
	}

	atomic_store(&h->drain_done, asked);
	return 0;
}

static int step(struct fl_run *run, struct tracker_handler *h,
		struct tracker *t)
{
	struct uffd child = { .way = UFFD_WAY_SYSCALL };
	struct uffd_msg msg = { 0 };
	struct uffd *from;
	int got;

	if (t && atomic_load(&t->failed))
		t = NULL;
	got = wait_event(h, t, &child.fd);
	if (!t)
		return got < 0 ? fl_fail(run, got, "poll") : 0;

	from = child.fd == t->uffd.fd ? &t->uffd : &child;
	if (got > 0)
		got = uffd_read(from, &msg);
	if (got > 0)
		got = take(t, from, &msg);
	return got < 0 ? give_up(run, t, got) : got;
}

/*
 * What is stored first here is read last by who detaches a tracker, and the
 * other way round: either it sees us in a step, or we see no tracker.
 */
int tracker_handler_step(struct fl_run *run, struct tracker_handler *h)
{
	int got;

	atomic_fetch_add(&h->steps, 1);
	got = step(run, h, atomic_load(&h->tracker));
	atomic_fetch_add(&h->steps, 1);
	return got;
}

int tracker_drain(struct fl_run *run, struct tracker *t)
{
	struct tracker_handler *h = t->spec.handler;
	uint64_t end = fl_clock_ns() + DRAIN_NS;
	unsigned asked;

	if (t->spec.kind != TRACKER_UFFD_WP)
		return 0;

	asked = atomic_fetch_add(&h->drain_asked, 1) + 1;
	tracker_handler_wake(h);
	while (atomic_load(&h->drain_done) != asked) {
		if (atomic_load(&t->failed))
			return fl_fail(run, -EIO, "the handler has given up");
		if (fl_clock_ns() > end || fl_clock_ns() > run->deadline_ns)
			return fl_fail(run, -ETIMEDOUT,
				       "waiting for the handler of events");
		sched_yield();
	}
	return 0;
}
