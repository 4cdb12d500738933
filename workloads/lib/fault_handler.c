// SPDX-License-Identifier: GPL-2.0-only
#include "fault_handler.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum {
	FAULT_HANDLER_WAIT_MS = 100,
	/*
	 * A wake-up that comes between the test of the flag and the read() is
	 * lost; the timer makes up for it.
	 */
	FAULT_HANDLER_TICK_MS = 50,
};

const char *const fault_handler_names[] = {
	[FAULT_HANDLER_POLL] = "poll",
	[FAULT_HANDLER_BLOCK] = "block",
	[FAULT_HANDLER_SPIN] = "spin",
	NULL,
};

static int wake_signal(void)
{
	return SIGRTMIN + 4;
}

static void on_signal(int signo)
{
	(void)signo;
}

/* Shared and touched: the timed window writes here. */
static int map_stamps(struct fault_handler *h, size_t nr)
{
	size_t bytes = nr * FAULT_HANDLER_SLOT_BYTES;
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		return -errno;

	h->handler = p;
	h->writer = (struct writer_stamps *)(h->handler + nr);
	h->stamps_bytes = bytes;
	return 0;
}

static int init_wake_fd(struct fault_handler *h)
{
	h->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	h->has_wake_fd = h->wake_fd >= 0;
	return h->has_wake_fd ? 0 : -errno;
}

/* Without SA_RESTART: the signal is there to end a read(). */
static int init_action(struct fault_handler *h)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (sigaction(wake_signal(), &action, &h->old_action))
		return -errno;

	h->has_action = true;
	return 0;
}

int fault_handler_init(struct fault_handler *h,
		       const struct fault_handler_spec *spec)
{
	int err;

	h->spec = *spec;
	err = map_stamps(h, spec->slots.nr);
	if (!err && spec->how == FAULT_HANDLER_POLL)
		err = init_wake_fd(h);
	if (!err && spec->how == FAULT_HANDLER_BLOCK)
		err = init_action(h);
	if (err)
		fault_handler_finish(h);
	return err;
}

void fault_handler_finish(struct fault_handler *h)
{
	if (h->has_timer)
		timer_delete(h->timer);
	if (h->has_action)
		sigaction(wake_signal(), &h->old_action, NULL);
	if (h->has_wake_fd)
		close(h->wake_fd);
	if (h->handler)
		munmap(h->handler, h->stamps_bytes);

	h->has_timer = h->has_action = h->has_wake_fd = false;
	h->handler = NULL;
	h->writer = NULL;
}

static int start_timer(struct fault_handler *h, pid_t tid)
{
	struct timespec tick = { .tv_nsec = FAULT_HANDLER_TICK_MS * 1000000L };
	struct itimerspec every = { .it_value = tick, .it_interval = tick };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = wake_signal() };

	event.sigev_notify_thread_id = tid;
	if (h->has_timer)
		timer_delete(h->timer);
	h->has_timer = false;
	if (timer_create(CLOCK_MONOTONIC, &event, &h->timer))
		return -errno;

	h->has_timer = true;
	return timer_settime(h->timer, 0, &every, NULL) ? -errno : 0;
}

int fault_handler_enter(struct fault_handler *h)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);
	sigset_t set;
	int err;

	if (h->spec.how != FAULT_HANDLER_BLOCK)
		return 0;

	sigemptyset(&set);
	sigaddset(&set, wake_signal());
	err = pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	if (err)
		return -err;

	atomic_store(&h->tid, tid);
	return start_timer(h, tid);
}

void fault_handler_wake(struct fault_handler *h)
{
	pid_t tid = atomic_load(&h->tid);

	atomic_store(&h->woken, true);
	if (h->has_wake_fd)
		(void)eventfd_write(h->wake_fd, 1);
	if (tid)
		(void)syscall(SYS_tgkill, getpid(), tid, wake_signal());
}

static int wait_poll(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	struct pollfd fds[] = {
		{ .fd = h->spec.uffd->fd, .events = POLLIN },
		{ .fd = h->wake_fd, .events = POLLIN },
	};
	eventfd_t count;

	if (poll(fds, 2, FAULT_HANDLER_WAIT_MS) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents)
		(void)eventfd_read(h->wake_fd, &count);
	if (fds[0].revents & ~POLLIN)
		return -EIO;
	return fds[0].revents ? uffd_read(h->spec.uffd, ret_msg) : 0;
}

static int wait_spin(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	uint64_t end = fl_clock_ns() + FAULT_HANDLER_WAIT_MS * 1000000ULL;
	int got;

	do {
		got = uffd_read(h->spec.uffd, ret_msg);
	} while (!got && !atomic_load(&h->woken) && fl_clock_ns() < end);
	return got;
}

static int wait_event(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	if (atomic_exchange(&h->woken, false))
		return 0;

	switch (h->spec.how) {
	case FAULT_HANDLER_POLL:
		return wait_poll(h, ret_msg);
	case FAULT_HANDLER_SPIN:
		return wait_spin(h, ret_msg);
	case FAULT_HANDLER_BLOCK:
		break;
	}
	return uffd_read(h->spec.uffd, ret_msg);
}

/* NULL for a place that no writer should have written. */
static struct fault_handler_stamps *slot_at(struct fault_handler *h,
					    size_t offset)
{
	const struct region_slots *s = &h->spec.slots;
	size_t from_first = offset - s->first;

	if (from_first % s->stride || from_first / s->stride >= s->nr)
		return NULL;
	return &h->handler[from_first / s->stride];
}

static int resolve(struct fault_handler *h, size_t offset, uint64_t read_ns)
{
	const struct region *r = h->spec.region;
	struct fault_handler_stamps *slot = slot_at(h, offset);
	size_t len = slot ? h->spec.slots.len : r->page_bytes;
	int err = uffd_unprotect(h->spec.uffd, r->base + offset, len);
	uint64_t done_ns = fl_clock_ns();

	if (err)
		return err;
	if (!slot) {
		atomic_fetch_add(&h->strays, 1);
		return 1;
	}
	atomic_store_explicit(&slot->read_ns, read_ns, memory_order_relaxed);
	atomic_store_explicit(&slot->done_ns, done_ns, memory_order_release);
	return 1;
}

/* Nobody would ever resolve what waits: let the writers go. */
static int give_up(struct fault_handler *h, int err)
{
	const struct region *r = h->spec.region;

	atomic_store(&h->failed, true);
	(void)uffd_unregister(h->spec.uffd, r->base, r->bytes);
	return err;
}

int fault_handler_step(struct fault_handler *h)
{
	struct uffd_msg msg = { 0 };
	int got = wait_event(h, &msg);
	uint64_t read_ns = fl_clock_ns();

	if (!got)
		return 0;
	if (got > 0 && (msg.event != UFFD_EVENT_PAGEFAULT ||
			!(msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP)))
		got = -EPROTO;
	if (got < 0)
		return give_up(h, got);

	atomic_fetch_add(&h->events, 1);
	got = resolve(
		h, msg.arg.pagefault.address - (uintptr_t)h->spec.region->base,
		read_ns);
	return got < 0 ? give_up(h, got) : got;
}

void fault_handler_reset(struct fault_handler *h, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		atomic_store_explicit(&h->handler[i].read_ns, 0,
				      memory_order_relaxed);
		atomic_store_explicit(&h->handler[i].done_ns, 0,
				      memory_order_relaxed);
	}
	atomic_store(&h->events, 0);
	atomic_store(&h->strays, 0);
}

int fault_handler_wait(struct fault_handler *h, size_t nr, uint64_t deadline_ns,
		       size_t *ret_missing)
{
	for (size_t i = 0; i < nr; i++) {
		while (!atomic_load_explicit(&h->handler[i].done_ns,
					     memory_order_acquire)) {
			bool failed = atomic_load(&h->failed);

			if (failed || fl_clock_ns() > deadline_ns) {
				*ret_missing = i;
				return failed ? -EIO : -ETIMEDOUT;
			}
			sched_yield();
		}
	}
	return 0;
}

int fault_parts_of(const struct writer_stamps *writer, uint64_t read_ns,
		   uint64_t done_ns, struct fault_parts *ret_parts)
{
	uint64_t resolved_ns = done_ns < writer->end_ns ? done_ns
							: writer->end_ns;

	if (read_ns < writer->start_ns || resolved_ns < read_ns)
		return -ERANGE;

	ret_parts->total = writer->end_ns - writer->start_ns;
	ret_parts->deliver = read_ns - writer->start_ns;
	ret_parts->resolve = resolved_ns - read_ns;
	ret_parts->resume = writer->end_ns - resolved_ns;
	return 0;
}

int fault_handler_parts(const struct fault_handler *h, size_t slot,
			struct fault_parts *ret_parts)
{
	const struct fault_handler_stamps *s = &h->handler[slot];

	return fault_parts_of(
		&h->writer[slot],
		atomic_load_explicit(&s->read_ns, memory_order_relaxed),
		atomic_load_explicit(&s->done_ns, memory_order_relaxed),
		ret_parts);
}
