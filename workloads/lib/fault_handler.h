/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that resolves write-protection faults, with stamps on the way: when
 * it has read the event and when UFFDIO_WRITEPROTECT has returned.  The writer
 * waits for the second after the batch (fault_handler_wait()), where no time is
 * taken.
 *
 * How it waits for an event is an engine: see fault_engine.h.
 */
#ifndef WORKLOADS_LIB_FAULT_HANDLER_H
#define WORKLOADS_LIB_FAULT_HANDLER_H

#include "fault_stamps.h"
#include "region.h"
#include "uffd.h"

#include <faultline/run.h>

#include <signal.h>
#include <sys/types.h>

/* How it waits for an event. */
enum fault_handler_how {
	FAULT_HANDLER_POLL = 0, /* poll(), then read() */
	FAULT_HANDLER_BLOCK,	/* a read() that blocks */
	FAULT_HANDLER_SPIN,	/* a read() that does not, again and again */
	FAULT_HANDLER_URING,	/* a read by io_uring */
};

extern const char *const fault_handler_names[];

struct fault_handler_spec {
	enum fault_handler_how how;
	struct uffd *uffd; /* blocking for FAULT_HANDLER_BLOCK only */
	const struct region *region;
	struct region_slots slots; /* unprotected whole, when written to */
};

/* Zeroed, there is none. */
struct fault_handler {
	struct fault_handler_spec spec;
	const struct fault_engine *engine;
	struct fault_stamps stamps;
	int wake_fd;
	bool has_wake_fd;
	bool has_timer;
	timer_t timer;
	bool has_action;
	struct sigaction old_action;
	_Atomic(pid_t) tid;	 /* of a thread that blocks in read() */
	struct fault_ring *ring; /* of FAULT_HANDLER_URING */
	atomic_bool woken;
	atomic_bool failed; /* no fault will be resolved any more */
	atomic_ullong events;
	atomic_ullong strays; /* faults at no slot, resolved all the same */
};

/* Return: 0 or -errno; for FAULT_HANDLER_URING see uring_skip(), too. */
int fault_handler_init(struct fault_handler *h,
		       const struct fault_handler_spec *spec);
void fault_handler_finish(struct fault_handler *h);

/* For a role's enter(), step() and wake(). */
int fault_handler_enter(struct fault_handler *h);
int fault_handler_step(struct fault_handler *h);
void fault_handler_wake(struct fault_handler *h);

/* Forgets the stamps of the first nr slots; before a batch. */
void fault_handler_reset(struct fault_handler *h, size_t nr);

/*
 * Waits until all of the first nr slots were resolved; after a batch.
 * Return: 0, or -ETIMEDOUT and the first slot that was not.
 */
int fault_handler_wait(struct fault_handler *h, size_t nr, uint64_t deadline_ns,
		       size_t *ret_missing);

#endif
