/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that resolves write-protection faults, with stamps on the way.
 *
 * A batch of round trips writes to slot 0, 1, 2 ... of a region, each once.
 * The writer stamps before and after its store; the handler stamps when it has
 * read the event and when UFFDIO_WRITEPROTECT has returned.  Each side has an
 * array of its own, indexed by slot, so no stamp is ever overwritten by that of
 * another op.  The writer may run again before the handler's call returns, so
 * the handler's second stamp is a release store, and the writer waits for it
 * after the batch (fault_handler_wait()), where no time is taken.
 */
#ifndef WORKLOADS_LIB_FAULT_HANDLER_H
#define WORKLOADS_LIB_FAULT_HANDLER_H

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
};

extern const char *const fault_handler_names[];

struct fault_handler_stamps {
	atomic_ullong read_ns;
	atomic_ullong done_ns; /* 0 until the call has returned */
};

struct writer_stamps {
	uint64_t start_ns;
	uint64_t end_ns;
};

/* Of memory, for each slot. */
enum {
	FAULT_HANDLER_SLOT_BYTES = sizeof(struct fault_handler_stamps) +
				   sizeof(struct writer_stamps)
};

struct fault_handler_spec {
	enum fault_handler_how how;
	struct uffd *uffd; /* blocking for FAULT_HANDLER_BLOCK only */
	const struct region *region;
	struct region_slots slots; /* unprotected whole, when written to */
};

/* Zeroed, there is none. */
struct fault_handler {
	struct fault_handler_spec spec;
	struct fault_handler_stamps *handler;
	struct writer_stamps *writer;
	size_t stamps_bytes;
	int wake_fd;
	bool has_wake_fd;
	bool has_timer;
	timer_t timer;
	bool has_action;
	struct sigaction old_action;
	_Atomic(pid_t) tid; /* of a thread that blocks in read() */
	atomic_bool woken;
	atomic_bool failed; /* no fault will be resolved any more */
	atomic_ullong events;
	atomic_ullong strays; /* faults at no slot, resolved all the same */
};

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

/* Where the time of one round trip went: the three parts add up to total. */
struct fault_parts {
	uint64_t total;
	uint64_t deliver; /* store to event read */
	uint64_t resolve; /* event read to call returned, or to the resume */
	uint64_t resume;  /* call returned to writer running; 0 if before */
};

/* Return: 0, or -ERANGE if the stamps do not follow one another. */
int fault_parts_of(const struct writer_stamps *writer, uint64_t read_ns,
		   uint64_t done_ns, struct fault_parts *ret_parts);

/* The same for a slot. */
int fault_handler_parts(const struct fault_handler *h, size_t slot,
			struct fault_parts *ret_parts);

#endif
