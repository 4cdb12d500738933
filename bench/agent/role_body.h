/* SPDX-License-Identifier: GPL-2.0-only */
/* What one instance of a role does, in its thread or process. */
#ifndef AGENT_ROLE_BODY_H
#define AGENT_ROLE_BODY_H

#include <faultline/run.h>

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

enum role_phase {
	ROLE_STARTING = 0,
	ROLE_READY, /* entered, waits at the gate */
	ROLE_LEFT,  /* see err */
};

struct role_body {
	/* What the measuring thread reads; nobody else writes to its line. */
	_Alignas(64) atomic_ullong steps;
	struct fl_thread thread;
	unsigned row; /* of workload->roles */
	unsigned cpu;
	struct fl_pace pace;
	atomic_uint *gate;	    /* not 0: open */
	struct role_counts *counts; /* NULL: it does not count its events */
	pid_t agent;
	atomic_uint phase;
	int err;
	uint64_t wall_ns, cpu_ns, busy_ns;

	/* The starter's own. */
	pthread_t tid;
	pid_t pid;
	uint64_t seen;
	bool started, gone;
};

/* From entering to leaving; the phase tells how far it is. */
void role_body_run(struct role_body *b);

/* When the step after the one due at @due_ns is due. */
uint64_t role_body_next(const struct fl_pace *pace, uint64_t due_ns,
			uint64_t took_ns);

#endif
