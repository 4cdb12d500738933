/* SPDX-License-Identifier: GPL-2.0-only */
/* The timed part of a launch in batch mode. */
#ifndef AGENT_BLOCKS_H
#define AGENT_BLOCKS_H

#include "session.h"

/*
 * Runs blocks whose samples are dropped, and learns from them how long a
 * batch takes: s->long_ops and s->spin are set.  0 or -errno.
 */
int blocks_warm_up(struct session *s);

/* Fills s->samples until launch_ns is over.  0 or -errno. */
int blocks_run(struct session *s);

#endif
