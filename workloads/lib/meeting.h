/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two threads or processes that meet at point after point and then do
 * something at nearly the same time, one of them a random while later.
 *
 * Each notes when it began and when it was done, by a clock that all CPUs
 * share: if these overlap, both were inside at once, and that nothing went
 * wrong means something.  Lies in MAP_SHARED memory.
 */
#ifndef WORKLOADS_LIB_MEETING_H
#define WORKLOADS_LIB_MEETING_H

#include <faultline/run.h>

#include <stddef.h>

enum {
	MEETING_PARTIES = 2,
	MEETING_LINE_BYTES = 128
};

enum meeting_order {
	MEETING_TOGETHER = 0,
	MEETING_FIRST_0, /* party 0 is through before the other begins */
	MEETING_FIRST_1,
};

struct meeting_point {
	_Alignas(MEETING_LINE_BYTES) struct meeting_stay {
		uint64_t wait_ns; /* after they have met */
		uint64_t t0, t1;  /* inside; 0: never was */
		uint64_t seen;	  /* the party's own */
	} stay[MEETING_PARTIES];
};

/* Zeroed, there is none. */
struct meeting {
	struct meeting_point *points;
	size_t nr;
	enum meeting_order order;
	struct meeting_party {
		_Alignas(MEETING_LINE_BYTES) atomic_uint at;
	} party[MEETING_PARTIES];
};

/* The points are mapped; the struct itself must be shared memory too. */
int meeting_init(struct fl_run *run, struct meeting *m, size_t nr);
void meeting_finish(struct meeting *m);

/* Before either comes: at each point one waits, up to phase_ns. */
void meeting_plan(struct fl_thread *th, struct meeting *m,
		  enum meeting_order order, uint64_t phase_ns);

/*
 * Waits for the other, or for its turn, and begins.  Points are taken in order,
 * each entered and left.  Return: 0; -ETIMEDOUT.
 */
int meeting_enter(struct fl_run *run, struct meeting *m, unsigned party,
		  size_t point);

static inline void meeting_leave(struct meeting *m, unsigned party,
				 size_t point)
{
	m->points[point].stay[party].t1 = fl_clock_ns();
}

/* This party is through with all points. */
void meeting_end(struct meeting *m, unsigned party);

/* How long both were inside at once; 0 if they were not. */
uint64_t meeting_overlap(const struct meeting *m, size_t point);

#endif
