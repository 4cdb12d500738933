/* SPDX-License-Identifier: GPL-2.0-only */
/* Trial mode: each trial has an outcome and an expected one. */
#ifndef AGENT_TRIAL_H
#define AGENT_TRIAL_H

#include "records.h"
#include "session.h"

struct trials;

/* Runs trials until launch_ns is over, into s->trials.  0 or -errno. */
int trial_run(struct session *s);

/* As trials records; pairs that did not occur are left out. */
void trial_emit(const struct session *s, struct records *out);

#endif
