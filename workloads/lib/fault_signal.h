/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A handler of SIGSEGV for faults in memory of ours; any other fault does what
 * it would have done without.  There is one in a process.
 */
#ifndef WORKLOADS_LIB_FAULT_SIGNAL_H
#define WORKLOADS_LIB_FAULT_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Zeroed, there is none.  Lies where all threads of the process see it. */
struct fault_signal {
	char *start;
	size_t len;
	/* In the thread that faulted; it must be async-signal-safe. */
	void (*take)(struct fault_signal *g, char *at);
	bool has_action;
	struct sigaction old_action;
};

/* start, len and take are set.  Return: 0 or -errno. */
int fault_signal_init(struct fault_signal *g);
void fault_signal_finish(struct fault_signal *g);

#endif
