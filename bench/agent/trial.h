/* SPDX-License-Identifier: GPL-2.0-only */
/* Trial mode: items of trials, what became of them and what was expected. */
#ifndef AGENT_TRIAL_H
#define AGENT_TRIAL_H

#include "records.h"
#include "session.h"

struct trials;

/*
 * Runs as many trials an arm as the job says, or until launch_ns is over, into
 * s->trials.  0 or -errno.
 */
int trial_run(struct session *s);

/*
 * How many trials each slot has, and their items as trials and predicted
 * records; pairs that did not occur are left out.
 */
void trial_emit(const struct session *s, struct records *out);

/* NULL again. */
void trial_free(struct session *s);

#endif
