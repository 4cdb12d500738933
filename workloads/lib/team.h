/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that write when the measuring thread does, as many times in each
 * batch, to memory of their own.
 *
 * The measuring thread is timed; the others are there so that it is not alone.
 * Whether they really wrote meanwhile, team_overlap() knows: their role has no
 * gate, which in a short batch would be passed too late.
 */
#ifndef WORKLOADS_LIB_TEAM_H
#define WORKLOADS_LIB_TEAM_H

#include <faultline/run.h>

#include <stddef.h>

enum {
	TEAM_MAX = 64,
	TEAM_LINE_BYTES = 128
};

/* Of one batch: member i writes at base + i * apart, member 0 measures. */
struct team_work {
	char *base;
	size_t apart, stride;
	uint64_t nr;
};

struct team_member {
	_Alignas(TEAM_LINE_BYTES) atomic_ullong done; /* turn that is over */
	uint64_t at; /* in the turn under way */
	uint64_t t0, t1;
};

/* Zeroed, it is nobody.  Lies in the state of the launch. */
struct team {
	_Alignas(TEAM_LINE_BYTES) atomic_ullong turn;
	struct team_work work;
	unsigned nr; /* with the measuring thread */
	struct team_member member[TEAM_MAX];
};

/* For the role's step(). */
int team_step(struct fl_thread *th, struct team *t);

/* Untimed, before a batch. */
void team_set(struct team *t, unsigned nr, const struct team_work *work);

/* May be timed: all begin, and the measuring thread does its part. */
void team_write(struct team *t);

/* Until all are done.  Return: 0 or -errno with words. */
int team_wait(struct fl_run *run, struct team *t);

/* Share of its own time in which the least busy of the others wrote too. */
double team_overlap(const struct team *t);

/* Writes a second of all of them in the last batch, each in its own time. */
double team_rate(const struct team *t);

#endif
