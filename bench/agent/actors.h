/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The child processes of a trial.  They are forked after setup(), so they
 * inherit what it made, and before any thread is started.
 */
#ifndef AGENT_ACTORS_H
#define AGENT_ACTORS_H

#include <stdint.h>

struct fl_run;
struct session;
struct actors;

/* @ret_actors: NULL if the workload has none.  0 or -errno, run.why set. */
int actors_start(struct session *s, struct actors **ret_actors);

/* Asks them to end, kills those that do not, and reaps all. */
void actors_stop(struct actors *a);

/* What fl_actor_call() does.  A child that is late is killed. */
int actors_call(struct fl_run *run, unsigned actor, uint32_t cmd, uint64_t arg,
		uint64_t *ret_value);

#endif
