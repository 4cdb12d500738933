/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counter phase at the end of a launch: what the ops of each arm did, as
 * the kernel counts it.  Nothing is timed here, because counting changes the
 * path under test by several percent.
 */
#ifndef AGENT_COUNTING_H
#define AGENT_COUNTING_H

#include "records.h"
#include "session.h"

struct counted;
struct counting;

/**
 * counting_start() - room in s->counting, and what can be counted here
 * @most:	how often counting_add() will be called
 *
 * The tracepoints stay open until counting_free(): to let go of the last
 * counter of one is what takes the kernel long.
 *
 * Return: 0, or -ENOMEM with run.why set.
 */
int counting_start(struct session *s, unsigned most);

/* An empty one; @role is NULL for the measuring thread or the machine. */
struct counted *counting_add(struct counting *c, unsigned slot,
			     const struct fl_role *role);

/*
 * For batches: counts every arm but the schedule's copies into s->counting and judges the
 * expectations; one that does not hold spoils the launch.  0 or -errno.
 */
int counting_run(struct session *s);

/* As counters and expect records. */
void counting_emit(const struct session *s, struct records *out);

void counting_free(struct counting *c);

/* A counters record that says only what could be counted here. */
void counting_emit_events(struct records *out);

#endif
