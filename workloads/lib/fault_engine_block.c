// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read() that blocks is ended by a signal.  One that comes between the test
 * of the flag and the read() is lost; a timer makes up for it.
 */
#include "fault_engine.h"

#include <sys/syscall.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum {
	TICK_MS = FAULT_ENGINE_WAIT_MS / 2
};

static int wake_signal(void)
{
	return SIGRTMIN + 4;
}

static void on_signal(int signo)
{
	(void)signo;
}

/* Without SA_RESTART: the signal is there to end a read(). */
static int init_block(struct fault_handler *h)
{
	struct sigaction action = { .sa_handler = on_signal };

	if (sigaction(wake_signal(), &action, &h->old_action))
		return -errno;

	h->has_action = true;
	return 0;
}

static void drop_timer(struct fault_handler *h)
{
	if (h->has_timer)
		timer_delete(h->timer);

	h->has_timer = false;
}

static void finish_block(struct fault_handler *h)
{
	drop_timer(h);
	if (h->has_action)
		sigaction(wake_signal(), &h->old_action, NULL);

	h->has_action = false;
}

static int start_timer(struct fault_handler *h, pid_t tid)
{
	struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
	struct itimerspec every = { .it_value = tick, .it_interval = tick };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = wake_signal() };

	event.sigev_notify_thread_id = tid;
	drop_timer(h);
	if (timer_create(CLOCK_MONOTONIC, &event, &h->timer))
		return -errno;

	h->has_timer = true;
	return timer_settime(h->timer, 0, &every, NULL) ? -errno : 0;
}

static int enter_block(struct fault_handler *h)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, wake_signal());
	err = pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	if (err)
		return -err;

	atomic_store(&h->tid, tid);
	return start_timer(h, tid);
}

static int wait_block(struct fault_handler *h, struct uffd_msg *ret_msg)
{
	return uffd_read(h->spec.uffd, ret_msg);
}

static void wake_block(struct fault_handler *h)
{
	pid_t tid = atomic_load(&h->tid);

	if (tid)
		(void)syscall(SYS_tgkill, getpid(), tid, wake_signal());
}

const struct fault_engine fault_engine_block = {
	.init = init_block,
	.enter = enter_block,
	.wait = wait_block,
	.wake = wake_block,
	.finish = finish_block,
};
