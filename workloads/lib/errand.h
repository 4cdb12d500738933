/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the measuring thread asks a role to do once, on the role's own CPU.  Lies
 * in the state of the launch; zeroed, nothing is asked.
 */
#ifndef WORKLOADS_LIB_ERRAND_H
#define WORKLOADS_LIB_ERRAND_H

#include <faultline/run.h>

#include <time.h>

enum {
	ERRAND_NAP_NS = 20000
};

struct errand {
	atomic_ullong asked, done;
	int err; /* of the last one */
};

/* The measuring thread: begins one; then waits for its end and its error. */
static inline void errand_ask(struct errand *e)
{
	atomic_fetch_add(&e->asked, 1);
}

static inline void errand_nap(void)
{
	struct timespec length = { .tv_nsec = ERRAND_NAP_NS };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL);
}

static inline int errand_wait(struct fl_run *run, struct errand *e)
{
	while (atomic_load(&e->done) != atomic_load(&e->asked)) {
		if (fl_clock_ns() > run->deadline_ns || fl_stopped(run))
			return fl_fail(run, -ETIMEDOUT, "the other CPU");
		errand_nap();
	}
	return e->err;
}

/* The role, in step(): whether there is one; and its end. */
static inline bool errand_waits(struct errand *e)
{
	if (atomic_load(&e->done) != atomic_load(&e->asked))
		return true;

	errand_nap();
	return false;
}

static inline void errand_finish(struct errand *e, int err)
{
	e->err = err;
	atomic_store(&e->done, atomic_load(&e->asked));
}

#endif
