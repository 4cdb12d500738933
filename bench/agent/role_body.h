/* SPDX-License-Identifier: GPL-2.0-only */
/* What one instance of a role does, in its thread or process. */
#ifndef AGENT_ROLE_BODY_H
#define AGENT_ROLE_BODY_H

#include "switches.h"
#include "writer_line.h"

#include <faultline/run.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

enum role_phase {
	ROLE_STARTING = 0,
	ROLE_READY, /* entered, waits at the gate */
	ROLE_LEFT,  /* see err */
};

struct role_counts;

/* What fl_untimed_begin() and fl_untimed_end() lie around. */
struct role_untimed {
	uint64_t wall_ns, cpu_ns;
	uint64_t wall_began, cpu_began; /* of the one under way */
};

/* From ROLE_GATE_OPEN upwards, each holds more. */
enum role_gate {
	ROLE_GATE_CLOSED = 0,
	ROLE_GATE_OPEN,
	ROLE_GATE_HOLDS_WORKERS, /* those without wake() */
	ROLE_GATE_HOLDS_ALL,
};

struct role_body {
	/*
	 * The instance's own: it writes the first of these at every step.  The
	 * measuring thread looks at the steps, and sets the arm, between
	 * batches.
	 */
	WRITER_ALIGNED atomic_ullong steps;
	atomic_bool rests; /* no step is under way; kept if may_pause */
	double spin;	   /* that a unit is to be slower by, see inject.h */
	double owed;	   /* of it, since the last one */
	uint64_t busy_ns;
	uint64_t held_ns;
	struct role_untimed untimed;
	struct fl_thread thread;
	unsigned row; /* of workload->roles */
	unsigned cpu;
	struct fl_pace pace;
	atomic_uint *gate;	    /* enum role_gate */
	bool may_pause;		    /* the gate is looked at before each step */
	struct role_counts *counts; /* NULL: it does not count its events */
	pid_t agent;
	atomic_uint phase;
	int err;
	uint64_t wall_ns, cpu_ns; /* without what was untimed */
	struct switches switches;

	/* The starter's own. */
	WRITER_ALIGNED pthread_t tid;
	pid_t pid;
	uint64_t seen;
	bool started, gone;
};

WRITER_ASSERT(struct role_body, steps);
WRITER_ASSERT(struct role_body, tid);
WRITER_ASSERT_SIZE(struct role_body);

/* From entering to leaving; the phase tells how far it is. */
void role_body_run(struct role_body *b);

/* Whether a gate that stands so keeps this instance from its next step. */
bool role_body_is_held(const struct role_body *b, enum role_gate gate);

/* When the step after the one due at @due_ns is due; that did @units. */
uint64_t role_body_next(const struct fl_pace *pace, uint64_t due_ns,
			uint64_t took_ns, uint64_t units);

/* fl_untimed_begin() and fl_untimed_end(). */
void role_body_untimed(struct fl_thread *th, bool begins);

#endif
