/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other side of a TLB flush, seen from user space: a thread on another CPU
 * that reads the clock without a pause.  When its CPU is taken away, by the
 * interrupt of a flush for one, two readings lie apart: that is the time
 * stolen.  Right after each gap it reads some hot pages twice: what the first
 * time costs more than the second is the refill of its TLB.
 *
 * It needs no privileges and no counter of the kernel.  A timer tick or the
 * hypervisor makes a gap too, so gaps are an upper bound of the interrupts
 * that arrived, and two that follow each other at once are one gap.
 */
#ifndef WORKLOADS_LIB_RESPONDER_H
#define WORKLOADS_LIB_RESPONDER_H

#include <faultline/run.h>

enum {
	RESPONDER_HOT_PAGES =
		64, /* at most; more than are dropped one by one */
	RESPONDER_LINE_BYTES = 128,
};

/* Sums since the start; written by one thread, in lines of its own. */
struct responder {
	_Alignas(RESPONDER_LINE_BYTES) atomic_ullong beats; /* it is alive */
	atomic_ullong gaps, stolen_ns;
	atomic_ullong refills, refill_ns;
};

/* Zeroed, there are none. */
struct responders {
	struct responder *of;	     /* MAP_SHARED */
	struct responder_seen *seen; /* at the mark; the measurer's own */
	size_t nr, page_bytes;
	_Alignas(RESPONDER_LINE_BYTES) _Atomic(const char *) hot;
	atomic_size_t hot_pages; /* 0: read nothing */
};

int responders_init(struct responders *r, size_t nr, size_t page_bytes);
void responders_finish(struct responders *r);

/* Which pages are read from now on; they must be there.  0 pages: none. */
void responders_aim(struct responders *r, const char *hot, size_t pages);

/* For a role's step(): about a microsecond. */
int responder_step(struct responders *r, size_t index);

/*
 * Before a batch: waits some milliseconds for those whose CPU another program
 * has.
 */
void responders_mark(struct responders *r);

/* Since the mark. */
struct responders_sum {
	uint64_t least_gaps; /* of the one that had the fewest */
	uint64_t stolen_ns;  /* of all */
	uint64_t refills, refill_ns;
};

struct responders_sum responders_since(struct responders *r);

/**
 * responders_observe() - after a batch: what they saw of it
 * @th:		the measuring thread
 * @nops:	ops of the batch
 * @flushes:	of an op; 0 for a control
 * @stolen, @refill: metrics: time that an op takes from one of them, and
 *		reading hot pages again; 0: none
 *
 * Marks the batch as not confirmed unless each saw half of the flushes.
 */
void responders_observe(struct fl_thread *th, struct responders *r,
			uint64_t nops, double flushes, unsigned stolen,
			unsigned refill);

#endif
