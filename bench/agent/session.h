/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One launch, as the parts of the agent share it.  It lies in MAP_SHARED
 * memory (prefault.h): processes of roles and actors see the same.
 */
#ifndef AGENT_SESSION_H
#define AGENT_SESSION_H

#include "inject.h"
#include "job.h"
#include "observe.h"
#include "prefault.h"
#include "samples.h"
#include "schedule.h"
#include "switches.h"
#include "toggle.h"
#include "writer_line.h"

#include "common/units.h"

#include <faultline/run.h>

struct roles;
struct actors;
struct windows;
struct trials;
struct counting;

enum {
	SESSION_MIN_BLOCKS = 10,
	SESSION_RECENT = 31
};

struct session {
	const struct job *job;
	struct units units;
	struct fl_run run; /* roles read it, stop at every step */

	/* What the measuring thread writes. */
	WRITER_ALIGNED struct fl_thread thread;
	struct schedule schedule;
	struct roles *roles; /* NULL while there are none */
	struct actors *actors;
	struct samples samples;
	struct observe
		*observed; /* slots by metrics, NULL: only the headline */
	unsigned nr_metrics;
	struct windows *windows;
	struct trials *trials;
	struct counting *counting;
	struct toggle toggle;
	bool count_roles; /* roles that start now count their own events */

	struct prefault prefault; /* of the measuring thread */
	uint64_t rng;		  /* of the schedule */
	uint64_t nops;		  /* of a batch of the reference */
	uint64_t slot_nops;	  /* of the batch under way */
	struct inject_speed speed;
	uint64_t spin;	  /* steps that :inject adds to a batch */
	double step_spin; /* and to a unit of a role */
	bool injects;	  /* the roles that start now are those of :inject */
	uint64_t recent[SESSION_RECENT]; /* times of the reference */
	size_t nr_recent;
	bool long_ops;
	bool invalid; /* run.why says what spoils the launch */
	bool stuck;   /* a role did not stop: nothing may be taken down */

	uint64_t blocks, wall_ns, cpu_ns;
	struct switches switches;
};

WRITER_ASSERT(struct session, thread);
WRITER_ASSERT_SIZE(struct session);

/**
 * session_new() - memory for a launch, nothing of the workload called yet
 *
 * Return: NULL if there is not enough memory.
 */
struct session *session_new(const struct job *job);
void session_free(struct session *s);

static inline struct session *session_of(struct fl_run *run)
{
	return (struct session *)((char *)run - offsetof(struct session, run));
}

/* Which slots run.  Return: 0, -ECANCELED (a skip) or -errno; see run.why. */
int session_schedule(struct session *s);

/* Ops in a batch of a slot. */
static inline uint64_t session_nops(const struct session *s, unsigned slot)
{
	uint64_t nops = s->nops / s->schedule.slots[slot].weight;

	return nops ? nops : 1;
}

/* Room for what ops hand to fl_observe().  Return: 0 or -ENOMEM. */
int session_observe(struct session *s);

/* Takes in what the batch observed, or drops it. */
void session_fold(struct session *s, unsigned slot, bool keep);

/* The histogram of a metric in a slot; NULL if nothing can be there. */
struct observe *session_observed(struct session *s, unsigned slot,
				 unsigned metric);

/* Something spoils the launch; the first reason stays.  Return: -ECANCELED. */
int session_invalid(struct session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
