/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counter phase of windows: after the timed ones, one short window an arm
 * in which each instance of a role counts its own events.
 */
#ifndef AGENT_WINDOW_COUNTS_H
#define AGENT_WINDOW_COUNTS_H

#include "session.h"

/*
 * Counts every arm into s->counting, a sum for each role and one for the
 * machine, and judges the expectations.  0 or -errno with run.why set.
 */
int window_counts_run(struct session *s);

#endif
