/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which pages of a range were written since it was armed: five ways to learn
 * it, behind one interface.
 *
 *	uffd-wp		userfaultfd: a write waits for a handler, which counts
 *			it and unprotects the page
 *	wp-async	userfaultfd with WP_ASYNC: the kernel unprotects the
 *			page, PAGEMAP_SCAN tells which are unprotected
 *	wp-async-get	the same, and the scan that tells also protects again
 *	soft-dirty	/proc/self/clear_refs, and bit 55 of pagemap
 *	mprotect	read-only memory: the handler of SIGSEGV counts the
 *			write and makes the page writable
 *
 * What each cannot see:
 *
 *	uffd-wp		writes of another address space (a child after fork, a
 *			second mapping).  A write by the kernel for a system
 *			call fails with EFAULT where the door was user mode only;
 *			one through /proc/self/mem fails with EIO.
 *	wp-async	likewise, but no write ever fails.  How often a page was
 *			written is not known, nor when.
 *	soft-dirty	likewise.  Arming is for the whole address space.
 *	mprotect	a write by the kernel for a system call fails with
 *			EFAULT; one through /proc/self/mem is made unseen.
 *			Each lone writable page is a mapping of its own: where
 *			vm.max_map_count is reached, more around is made writable
 *			and reported as written, though it was not.
 *
 * The two that count per page (uffd-wp, mprotect) also report second writes
 * that should not be reported: the page is unprotected after the first.
 */
#ifndef WORKLOADS_LIB_TRACKER_H
#define WORKLOADS_LIB_TRACKER_H

#include "fault_signal.h"
#include "pagemap.h"
#include "region.h"
#include "uffd.h"

#include <faultline/run.h>

enum tracker_kind {
	TRACKER_NONE = 0, /* nobody looks; nothing is reported */
	TRACKER_UFFD_WP,
	TRACKER_WP_ASYNC,
	TRACKER_WP_ASYNC_GET,
	TRACKER_SOFT_DIRTY,
	TRACKER_MPROTECT,
	TRACKER_KINDS,
};

/* "none", "uffd-wp", ...; ended by NULL. */
extern const char *const tracker_names[];

/* What a kind needs beside WP_AREA_NEEDS of the memory; for fl_arm.needs. */
#define TRACKER_NEEDS_UFFD_WP	 FL_FEATURE_UFFD
#define TRACKER_NEEDS_WP_ASYNC	 FL_FEATURE_WP_ASYNC
#define TRACKER_NEEDS_SOFT_DIRTY FL_FEATURE_SOFT_DIRTY

struct tracker;

/*
 * The thread that reads events: the step() of a role.  It outlives trackers,
 * which attach and detach themselves.  Without one there, or with one of
 * another kind, it sleeps.  Zeroed, there is none; lies in shared memory.
 */
struct tracker_handler {
	bool has_wake_fd;
	int wake_fd;
	_Atomic(struct tracker *) tracker;
	atomic_uint steps; /* odd: in one, and may look at the tracker */
	atomic_uint drain_asked, drain_done;
};

struct tracker_spec {
	enum tracker_kind kind;
	struct tracker_handler *handler; /* of TRACKER_UFFD_WP */
	char *start;
	size_t bytes;
	size_t page_bytes; /* of one report; 0: the machine's */
	enum region_backing backing;
	uint64_t features; /* UFFD_FEATURE_*, beside what the kind needs */
	bool keep_forks;   /* events of a child are reported too */
};

/* Zeroed, there is none.  Lies in memory that all threads see. */
struct tracker {
	struct tracker_spec spec;
	size_t nr; /* pages */
	struct uffd uffd;
	bool registered;
	struct pagemap pagemap;
	bool has_clear_refs;
	int clear_refs;
	struct fault_signal signal;
	void *scratch; /* for what the kernel tells */
	size_t mapped_bytes;
	_Atomic uint8_t *counts; /* reports since arming, shared memory */
	atomic_ullong events;	 /* faults that were taken, also of no page */
	atomic_ullong strays;	 /* of them outside the range */
	atomic_ullong widened;	 /* pages reported for vm.max_map_count */
	atomic_ullong forks, other_events;
	atomic_int fork_fd; /* of the last child with keep_forks; 0: none */
	atomic_bool failed; /* nothing is tracked any more */
};

/* Return: 0 or -errno with words. */
int tracker_handler_init(struct fl_run *run, struct tracker_handler *h);
void tracker_handler_finish(struct tracker_handler *h);

/*
 * For a role's step() and wake(): at most one event a step.  One that fails
 * unregisters the range, so that no writer waits for ever, and says so.
 */
int tracker_handler_step(struct fl_run *run, struct tracker_handler *h);
void tracker_handler_wake(struct tracker_handler *h);

/*
 * Nothing is protected yet.  Of TRACKER_MPROTECT there can be one at a time.
 * A fact ("uffd") says which door let us in.
 * Return: 0 or -errno with words.
 */
int tracker_init(struct fl_run *run, struct tracker *t,
		 const struct tracker_spec *spec);

/* All memory writable again and known to nobody. */
void tracker_finish(struct tracker *t);

/*
 * Protects, and forgets what was reported, of all or of a part; of soft-dirty
 * the part is always all.  The first may be timed.
 * Return: 0 or -errno with words.
 */
int tracker_arm(struct fl_run *run, struct tracker *t);
int tracker_arm_range(struct fl_run *run, struct tracker *t, size_t first_page,
		      size_t nr);

/* Protection off, of a part, without a report.  Not of soft-dirty. */
int tracker_disarm_range(struct fl_run *run, struct tracker *t,
			 size_t first_page, size_t nr);

/*
 * How often each page was reported since it was armed; kinds that do not count
 * say 0 or 1.  Writes that have returned are in it.  Afterwards
 * TRACKER_WP_ASYNC_GET is armed again, the others are as they were.  May be
 * timed.  @reports: one byte a page, the machine's largest count is 255.
 * Return: 0 or -errno with words.
 */
int tracker_collect(struct fl_run *run, struct tracker *t, uint8_t *reports);

/*
 * Waits until the handler has found nothing more to read: for events of
 * threads that have not returned yet.  At once for kinds without a handler.
 * Return: 0; -ETIMEDOUT, -EIO if it has failed, with words.
 */
int tracker_drain(struct fl_run *run, struct tracker *t);

/* What was reported is forgotten; nothing is armed by it. */
void tracker_forget(struct tracker *t);

/* The range lies somewhere else from now on (mremap); nobody writes to it. */
void tracker_move(struct tracker *t, char *start);

/* One more report of a page; for who takes events. */
void tracker_count(struct tracker *t, size_t page);

/* Whether writes of the kernel to this memory are seen, and do not fail. */
bool tracker_sees_kernel(const struct tracker *t);

#endif
