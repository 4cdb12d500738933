/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stamps on the way of a fault that user space resolves.
 *
 * A batch writes to slot 0, 1, 2 ... of a region, each once.  The writer stamps
 * before and after its store; whoever resolves the fault stamps when it knows
 * of it and when its call has returned.  Each side has an array of its own,
 * indexed by slot, so no stamp is ever overwritten by that of another op.  The
 * writer may run again before the resolver's call returns, so the second stamp
 * of the resolver is a release store.
 */
#ifndef WORKLOADS_LIB_FAULT_STAMPS_H
#define WORKLOADS_LIB_FAULT_STAMPS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct resolver_stamps {
	atomic_ullong read_ns;
	atomic_ullong done_ns; /* 0 until the call has returned */
};

struct writer_stamps {
	uint64_t start_ns;
	uint64_t end_ns;
};

/* Of memory, for each slot. */
enum {
	FAULT_STAMPS_SLOT_BYTES = sizeof(struct resolver_stamps) +
				  sizeof(struct writer_stamps)
};

/* Zeroed, there are none. */
struct fault_stamps {
	struct resolver_stamps *resolver;
	struct writer_stamps *writer;
	size_t bytes;
};

int fault_stamps_init(struct fault_stamps *s, size_t nr);
void fault_stamps_finish(struct fault_stamps *s);

/* Forgets the resolver's stamps of the first nr slots; before a batch. */
void fault_stamps_reset(struct fault_stamps *s, size_t nr);

/* The resolver's, from any thread or signal handler. */
void fault_stamps_set(struct fault_stamps *s, size_t slot, uint64_t read_ns,
		      uint64_t done_ns);

/* Where the time of one round trip went: the three parts add up to total. */
struct fault_parts {
	uint64_t total;
	uint64_t deliver; /* store to fault known */
	uint64_t resolve; /* fault known to call returned, or to the resume */
	uint64_t resume;  /* call returned to writer running; 0 if before */
};

/* Return: 0, or -ERANGE if the stamps do not follow one another. */
int fault_parts_of(const struct writer_stamps *writer, uint64_t read_ns,
		   uint64_t done_ns, struct fault_parts *ret_parts);

/* The same for a slot. */
int fault_stamps_parts(const struct fault_stamps *s, size_t slot,
		       struct fault_parts *ret_parts);

#endif
