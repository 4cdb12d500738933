/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of one instance of a role, counted by itself while it does its
 * steps.  The results lie in shared memory, so a role may be a process.
 */
#ifndef AGENT_ROLE_COUNTS_H
#define AGENT_ROLE_COUNTS_H

#include "counted.h"

struct role_counts {
	bool tracepoints;
	unsigned nr;
	struct counter event[COUNTED_MAX_EVENTS];
	uint64_t empty[COUNTED_MAX_EVENTS];
	struct counters *counters; /* of the instance's own memory */
};

/* NULL if there is no memory. */
struct role_counts *role_counts_new(bool tracepoints);
void role_counts_free(struct role_counts *c);

/*
 * For the instance: opens the events, starts them or lets them go on, holds
 * them, stops and reads them, and lets go of them.  All but the first do
 * nothing if @c is NULL or was not opened.
 */
int role_counts_open(struct role_counts *c);
void role_counts_go(struct role_counts *c);
void role_counts_pause(struct role_counts *c);
void role_counts_stop(struct role_counts *c);
void role_counts_close(struct role_counts *c);

#endif
