/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A live snapshot that begins again and again, by one policy or another: one
 * thread protects range after range of a memory, others write to pages
 * anywhere in it, one resolves their faults.
 *
 * Where a write raises an event (WP_AREA_SYNC), an unprotect is what the third
 * does for each; elsewhere the thread that faulted does it, in the kernel or
 * in a handler of SIGSEGV, and an unprotect is its fault.
 */
#ifndef WORKLOADS_LIB_SNAPSHOT_H
#define WORKLOADS_LIB_SNAPSHOT_H

#include "fault_signal.h"
#include "stand_in.h"
#include "wp_ways.h"

#include <faultline/run.h>

enum {
	SNAPSHOT_MAX_WRITERS = 64,
	SNAPSHOT_LINE_BYTES = 128
};

struct snapshot_policy {
	struct wp_way way;	/* of protecting */
	enum stand_in_how lock; /* how the protector takes it */
};

struct snapshot_spec {
	size_t range;  /* bytes protected at a time */
	size_t memory; /* bytes of all, unless a range is larger */
	size_t chunk;  /* bytes a call of WP_WAY_CHUNK */
	unsigned writers;
};

/* Written by one thread: a writer or the unprotector. */
struct snapshot_line {
	_Alignas(SNAPSHOT_LINE_BYTES) atomic_ullong
		inside;	 /* unprotects that began and ended in one protect */
	uint64_t faults; /* of its thread, when last looked at */
	bool begun;
};

/* Zeroed, there is none.  Lies in the state of the launch. */
struct snapshot {
	struct wp_shape shape;
	unsigned writers;
	struct wp_ways ways;
	struct region_slots ranges;
	struct fault_signal guard;
	struct stand_in lock;
	atomic_bool failed; /* a page could not be made writable */
	atomic_ullong cpus; /* that its threads ran on, one bit each */
	/* Odd while a call that protects is under way. */
	_Alignas(SNAPSHOT_LINE_BYTES) atomic_ullong protects;
	size_t next; /* range to protect */
	struct snapshot_line unprotector;
	struct snapshot_line writer[SNAPSHOT_MAX_WRITERS];
};

/* Bytes of memory that it takes; and the shape of one range, for counts. */
size_t snapshot_bytes(const struct snapshot_spec *spec);
struct wp_shape snapshot_shape(const struct snapshot_spec *spec);

int snapshot_init(struct fl_run *run, struct snapshot *s,
		  const struct snapshot_spec *spec);
void snapshot_finish(struct snapshot *s);

/* All of it writable, also for who waits in a fault. */
void snapshot_release(struct snapshot *s);

/* Before its threads run: all of it protected.  Return: 0 or -errno. */
int snapshot_begin(struct fl_thread *th, struct snapshot *s,
		   const struct snapshot_policy *policy);

/* After they ran: whether all went well; a fact says on how many CPUs. */
int snapshot_check(struct fl_run *run, struct snapshot *s, uint64_t threads);

/* For a role's enter(); that of a writer says which. */
void snapshot_enter(struct snapshot *s);
void snapshot_enter_writer(struct snapshot *s, unsigned writer);

struct snapshot_protect {
	uint64_t ns;	 /* of the call, with the wait for the lock */
	uint64_t inside; /* unprotects that began and ended in it */
};

/**
 * snapshot_protect() - a step of the protector
 *
 * Makes the next range writable and writes to each page of it, then protects
 * it, which alone is timed.
 *
 * Return: 0 or -errno.
 */
int snapshot_protect(struct fl_run *run, struct snapshot *s,
		     const struct snapshot_policy *policy,
		     struct snapshot_protect *ret);

/**
 * snapshot_store() - a store to any page
 * @th:		a writer
 * @ret_ns:	what it took, with the wait for the lock
 *
 * Return: whether it faulted, as the kernel says or the handler of SIGSEGV.
 */
bool snapshot_store(struct fl_thread *th, struct snapshot *s,
		    const struct snapshot_policy *policy, uint64_t *ret_ns);

/**
 * snapshot_unprotect() - a step of the unprotector
 *
 * Waits some milliseconds for an event and unprotects its page.
 *
 * Return: 1 if there was one, 0 or -errno.
 */
int snapshot_unprotect(struct fl_run *run, struct snapshot *s,
		       const struct snapshot_policy *policy);

#endif
