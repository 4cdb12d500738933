/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The older way to be told of a write: pages that mprotect() made read-only,
 * and a handler of SIGSEGV, in the thread that writes, that makes the slot
 * writable again.  With the stamps of a fault handler.
 */
#ifndef WORKLOADS_LIB_SIGNAL_HANDLER_H
#define WORKLOADS_LIB_SIGNAL_HANDLER_H

#include "fault_signal.h"
#include "fault_stamps.h"
#include "region.h"

#include <stdatomic.h>

/* Zeroed, there is none.  Lies where all threads of the process see it. */
struct signal_handler {
	struct fault_signal signal; /* first: it finds the rest */
	const struct region *region;
	struct region_slots slots;   /* made writable whole, when written to */
	struct fault_stamps *stamps; /* lives longer */
	atomic_ullong signals;
	atomic_ullong strays; /* at no slot; the page was made writable */
	atomic_int err;	      /* of the first call that failed */
};

/* region, slots and stamps are set.  Return: 0 or -errno. */
int signal_handler_init(struct signal_handler *h);
void signal_handler_finish(struct signal_handler *h);

/* Forgets the stamps of the first nr slots; before a batch. */
void signal_handler_reset(struct signal_handler *h, size_t nr);

#endif
