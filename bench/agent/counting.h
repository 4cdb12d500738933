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

struct counting;

/*
 * Counts every arm but the schedule's copies into s->counting and judges the
 * expectations; one that does not hold spoils the launch.  0 or -errno.
 */
int counting_run(struct session *s);

/* As counters and expect records. */
void counting_emit(const struct session *s, struct records *out);

void counting_free(struct counting *c);

/* A counters record that says only what could be counted here. */
void counting_emit_events(struct records *out);

#endif
