/* SPDX-License-Identifier: GPL-2.0-only */
/* What keeps an agent or a child of it from outliving its use. */
#ifndef AGENT_GUARD_H
#define AGENT_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/**
 * guard_parent() - die with the parent
 * @parent:	who that is; 0 if it is not known, then only PDEATHSIG is set
 *
 * Return: 0, or -ESRCH if the parent was gone before.
 */
int guard_parent(pid_t parent);

/* Adds to what is said at the end; called in a signal handler. */
typedef void guard_words(char *text, size_t bytes);

/* After that time the process ends itself with words and status 3. */
int guard_limit(uint64_t limit_ns, guard_words *words);

/*
 * The calling thread ends the process shortly after that time, if it is still
 * there: the measuring thread may be in a call that no signal interrupts.
 * Nothing without a limit.
 */
struct guard_thread {
	timer_t timer;
	bool armed;
};

void guard_thread_begin(struct guard_thread *g);
void guard_thread_end(struct guard_thread *g);

/* Binds the calling thread.  Return: 0 or -errno. */
int guard_pin(unsigned cpu);

#endif
