/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A write to a protected page, by who resolves the fault, and two controls.
 *
 * A thread that reads events of userfaultfd and unprotects; a handler of
 * SIGSEGV that takes back an mprotect(); or the kernel itself, in memory of
 * WP_ASYNC, where the write leaves its trace in the page table.  The controls
 * are faults that have nothing to do with protection: of a page that was
 * shared and may be reused, which does least, and of memory that has page
 * tables and no pages.
 *
 * Each way has memory of its own, set up once.
 */
#ifndef WORKLOADS_LIB_ROUNDTRIP_H
#define WORKLOADS_LIB_ROUNDTRIP_H

#include "cow_pages.h"
#include "fault_handler.h"
#include "signal_handler.h"
#include "wp_area.h"

enum roundtrip_way {
	ROUNDTRIP_HANDLER = 0,
	ROUNDTRIP_SIGNAL,
	ROUNDTRIP_ASYNC,
	ROUNDTRIP_REUSE,
	ROUNDTRIP_TOUCH,
};

struct roundtrip_spec {
	struct region_slots_spec slots;
	bool populated;
	bool rivals; /* all ways, not the first and the last alone; populated */
	enum fault_handler_how how;
};

/* Zeroed, there is none. */
struct roundtrip {
	struct wp_area area[WP_AREA_KINDS];
	struct fault_handler handler;
	struct signal_handler signals;
	struct roundtrip_reuse {
		struct cow_pages pages;
		size_t used;	   /* since they were shared */
		uint64_t *entries; /* before a batch, then behind it */
	} reuse;
	struct region fresh;
};

/* Of memory, and of pages of the hugetlb pool. */
uint64_t roundtrip_bytes(const struct roundtrip_spec *spec);
uint64_t roundtrip_pool_pages(const struct roundtrip_spec *spec);

int roundtrip_init(struct fl_run *run, struct roundtrip *rt,
		   const struct roundtrip_spec *spec);
void roundtrip_finish(struct roundtrip *rt);

/* The steps of a batch.  The second is timed: stores with stamps. */
int roundtrip_prepare(struct fl_run *run, struct roundtrip *rt,
		      enum roundtrip_way way, size_t nops);
void roundtrip_store(struct roundtrip *rt, enum roundtrip_way way, size_t nops);

/*
 * After a batch: each fault was resolved the way that it should be, once.
 * Hands over the total time of each op as the metric first, and, where user
 * space resolved it, the parts deliver, resolve and resume as the metrics
 * behind it; see struct fault_parts.
 */
int roundtrip_check(struct fl_thread *th, struct roundtrip *rt,
		    enum roundtrip_way way, size_t nops, unsigned first);

/* For a role's enter() and step(). */
int roundtrip_enter(struct fl_run *run, struct roundtrip *rt);
int roundtrip_step(struct fl_run *run, struct roundtrip *rt);

/* For a role that keeps the pages in the TLB of other CPUs: wp_area_read(). */
void roundtrip_read(struct roundtrip *rt, enum roundtrip_way way);

#endif
