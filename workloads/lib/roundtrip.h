/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The round trip of a write-protection fault, and its control.
 *
 * A store to a protected page faults, a handler thread reads the event and
 * unprotects the page, the store is done.  The control stores to anonymous
 * memory that has page tables and no pages and that userfaultfd knows nothing
 * of: a fault that the kernel resolves by itself.
 */
#ifndef WORKLOADS_LIB_ROUNDTRIP_H
#define WORKLOADS_LIB_ROUNDTRIP_H

#include "fault_handler.h"
#include "wp_area.h"

/* Zeroed, there is none. */
struct roundtrip {
	struct wp_area *area;
	struct region plain; /* for the control */
	struct fault_handler handler;
};

/* Of memory, for each op, beside the area. */
static inline size_t roundtrip_op_bytes(size_t page_bytes)
{
	return page_bytes + FAULT_STAMPS_SLOT_BYTES;
}

int roundtrip_init(struct fl_run *run, struct roundtrip *rt,
		   struct wp_area *area, enum fault_handler_how how);
void roundtrip_finish(struct roundtrip *rt);

/* The steps of a batch; handled: the round trip, else the control. */
int roundtrip_prepare(struct fl_run *run, struct roundtrip *rt, size_t nops,
		      bool handled);
void roundtrip_store(struct roundtrip *rt, size_t nops, bool handled);

/*
 * After a batch: one event an op, and no other.  Hands over the total time of
 * each op as the metric first, and after a round trip the parts deliver,
 * resolve and resume as the metrics behind it; see struct fault_parts.
 */
int roundtrip_check(struct fl_thread *th, struct roundtrip *rt, size_t nops,
		    unsigned first);
int roundtrip_check_control(struct fl_thread *th, struct roundtrip *rt,
			    size_t nops, unsigned first);

/* For a role's enter() and step(). */
int roundtrip_enter(struct fl_run *run, struct roundtrip *rt);
int roundtrip_step(struct fl_run *run, struct roundtrip *rt);

#endif
