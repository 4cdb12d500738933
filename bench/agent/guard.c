// SPDX-License-Identifier: GPL-2.0-only
#include "guard.h"

#include "clock.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	EXIT_LIMIT = 3,
	MAX_CPUS = 8192,
	LINE_BYTES = 512
};

static const uint64_t thread_grace_ns = 100000000;

static guard_words *limit_words;
static uint64_t limit_at_ns; /* CLOCK_MONOTONIC; 0: none */

int guard_parent(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;

	/* The signal is sent only if the parent dies from now on. */
	if (parent && getppid() != parent)
		return -ESRCH;

	return 0;
}

static void on_alarm(int sig)
{
	static char line[LINE_BYTES] =
		"faultline-agent: the time limit of the job is over; ";
	size_t bytes = strlen(line);
	ssize_t ignored;

	(void)sig;
	limit_words(line + bytes, sizeof(line) - bytes - 1);
	bytes = line[bytes] ? strlen(line) : bytes - 2;
	line[bytes++] = '\n';
	ignored = write(STDERR_FILENO, line, bytes);
	(void)ignored;
	_exit(EXIT_LIMIT);
}

int guard_limit(uint64_t limit_ns, guard_words *words)
{
	struct itimerval timer = {
		.it_value.tv_sec = (time_t)(limit_ns / 1000000000U),
		.it_value.tv_usec = (suseconds_t)(limit_ns % 1000000000U /
						  1000U),
	};
	struct sigaction action = { .sa_handler = on_alarm };

	limit_words = words;
	limit_at_ns = clock_read(CLOCK_MONOTONIC) + limit_ns;
	if (!timer.it_value.tv_sec && !timer.it_value.tv_usec)
		timer.it_value.tv_usec = 1;
	if (sigaction(SIGALRM, &action, NULL) ||
	    setitimer(ITIMER_REAL, &timer, NULL))
		return -errno;

	return 0;
}

void guard_thread_begin(struct guard_thread *g)
{
	uint64_t at = limit_at_ns + thread_grace_ns;
	struct itimerspec when = {
		.it_value.tv_sec = (time_t)(at / 1000000000U),
		.it_value.tv_nsec = (long)(at % 1000000000U),
	};
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID,
				  .sigev_signo = SIGALRM };

	event._sigev_un._tid = gettid();
	g->armed = limit_at_ns &&
		   !timer_create(CLOCK_MONOTONIC, &event, &g->timer);
	if (g->armed)
		timer_settime(g->timer, TIMER_ABSTIME, &when, NULL);
}

void guard_thread_end(struct guard_thread *g)
{
	if (g->armed)
		timer_delete(g->timer);
	g->armed = false;
}

int guard_pin(unsigned cpu)
{
	size_t bytes = CPU_ALLOC_SIZE(MAX_CPUS);
	cpu_set_t *set;
	int err = 0;

	if (cpu >= MAX_CPUS)
		return -EINVAL;

	set = CPU_ALLOC(MAX_CPUS);
	if (!set)
		return -ENOMEM;

	CPU_ZERO_S(bytes, set);
	CPU_SET_S(cpu, bytes, set);
	if (sched_setaffinity(0, bytes, set))
		err = -errno;
	CPU_FREE(set);
	return err;
}
