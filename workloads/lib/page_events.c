// SPDX-License-Identifier: GPL-2.0-only
#include "page_events.h"

#include <inttypes.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	WAIT_MS = 50
};

int page_events_init(struct fl_run *run, struct page_events *e)
{
	e->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (e->wake_fd < 0)
		return fl_fail(run, -errno, "eventfd");

	e->has_wake_fd = true;
	return 0;
}

void page_events_finish(struct page_events *e)
{
	if (e->has_wake_fd)
		close(e->wake_fd);
	e->has_wake_fd = false;
}

void page_events_reset(struct page_events *e)
{
	for (size_t i = 0; i < e->nr; i++)
		atomic_store_explicit(&e->seen[i], 0, memory_order_relaxed);
}

void page_events_wake(struct page_events *e)
{
	if (e->has_wake_fd)
		(void)eventfd_write(e->wake_fd, 1);
}

static int resolve(struct fl_run *run, struct page_events *e,
		   const struct uffd_msg *msg)
{
	uint64_t flags = msg->arg.pagefault.flags;
	size_t page = (msg->arg.pagefault.address - (uintptr_t)e->base) /
		      e->page_bytes;
	char *at = e->base + page * e->page_bytes;
	unsigned kind = 0;

	if (flags & UFFD_PAGEFAULT_FLAG_WP)
		kind = PAGE_EVENTS_WP;
	else if (flags & UFFD_PAGEFAULT_FLAG_MINOR)
		kind = PAGE_EVENTS_MINOR;
	if (msg->event != UFFD_EVENT_PAGEFAULT || page >= e->nr || !kind)
		return fl_fail(run, -EPROTO,
			       "event 0x%x with flags 0x%" PRIx64
			       " at page %zu",
			       msg->event, flags, page);

	atomic_fetch_or_explicit(&e->seen[page], (unsigned char)kind,
				 memory_order_release);
	return kind == PAGE_EVENTS_WP
		       ? uffd_unprotect(e->uffd, at, e->page_bytes)
		       : uffd_continue(e->uffd, at, e->page_bytes);
}

static int take_all(struct fl_run *run, struct page_events *e)
{
	struct uffd_msg msg;
	int nr = 0, got;

	while ((got = uffd_read(e->uffd, &msg)) > 0) {
		int err = resolve(run, e, &msg);

		if (err)
			return fl_fail(run, err, "resolving a fault");
		nr++;
	}
	return got ? fl_fail(run, got, "reading an event") : nr;
}

int page_events_step(struct fl_thread *th, struct page_events *e)
{
	struct pollfd fds[] = {
		{ .fd = e->uffd->fd, .events = POLLIN },
		{ .fd = e->wake_fd, .events = POLLIN },
	};
	eventfd_t count;
	int nr;

	if (poll(fds, 2, WAIT_MS) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents)
		(void)eventfd_read(e->wake_fd, &count);
	if (!fds[0].revents)
		return 0;

	nr = take_all(fl_thread_run(th), e);
	if (nr < 0) {
		atomic_store(&e->err, nr);
		(void)uffd_unregister(e->uffd, e->base, e->nr * e->page_bytes);
	}
	return nr;
}
