// SPDX-License-Identifier: GPL-2.0-only
#include "fault_engine.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int fault_engine_open_wake(struct fault_handler *h)
{
	h->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	h->has_wake_fd = h->wake_fd >= 0;
	return h->has_wake_fd ? 0 : -errno;
}

void fault_engine_close_wake(struct fault_handler *h)
{
	if (h->has_wake_fd)
		close(h->wake_fd);

	h->has_wake_fd = false;
}

void fault_engine_write_wake(struct fault_handler *h)
{
	if (h->has_wake_fd)
		(void)eventfd_write(h->wake_fd, 1);
}

void fault_engine_clear_wake(struct fault_handler *h)
{
	eventfd_t count;

	(void)eventfd_read(h->wake_fd, &count);
}

static int wait_poll(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	struct pollfd fds[] = {
		{ .fd = h->spec.uffd->fd, .events = POLLIN },
		{ .fd = h->wake_fd, .events = POLLIN },
	};

	if (poll(fds, 2, FAULT_ENGINE_WAIT_MS) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents)
		fault_engine_clear_wake(h);
	if (fds[0].revents & ~POLLIN)
		return -EIO;
	return fds[0].revents ? uffd_read(h->spec.uffd, ret_msg) : 0;
}

const struct fault_engine fault_engine_poll = {
	.init = fault_engine_open_wake,
	.wait = wait_poll,
	.wake = fault_engine_write_wake,
	.finish = fault_engine_close_wake,
};
