/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that somebody protects in one call while others write to it, by one of
 * the calls that put their TLB flush off to their end.
 */
#ifndef WORKLOADS_LIB_RACE_MEMORY_H
#define WORKLOADS_LIB_RACE_MEMORY_H

#include "fault_signal.h"
#include "race_window.h"
#include "wp_area.h"

enum race_by {
	RACE_BY_UFFD_WP = 0, /* UFFDIO_WRITEPROTECT; a write raises an event */
	RACE_BY_WP_ASYNC,    /* the same; a write unprotects by itself */
	RACE_BY_SOFT_DIRTY,  /* clear_refs, of the whole address space */
	RACE_BY_MPROTECT,    /* under the write lock: nobody comes in between */
	RACE_BY_NUMA,	     /* hints for NUMA balancing */
};

extern const char *const race_by_names[];
extern const char *const race_by_words[];

/* Zeroed, there is none.  Lies in the state of the launch. */
struct race_memory {
	enum race_by by;
	struct wp_area area;
	int clear_refs; /* the file + 1; 0: not open */
	struct fault_signal guard;
	atomic_bool held;	   /* who faults in it waits until it is not */
	atomic_bool monitors;	   /* one reads events */
	struct race_window window; /* the call that protects */
	uint64_t took_ns;	   /* the last one */
	uint64_t quick_ns;	   /* one that nobody held up */
	size_t last;		   /* page that it comes to */
};

/*
 * Populated and writable.  What this machine cannot do is skipped with words.
 * Return: 0 or -errno with words.
 */
int race_memory_init(struct fl_run *run, struct race_memory *m, enum race_by by,
		     size_t bytes);
void race_memory_finish(struct race_memory *m);

/*
 * Of an event that waits, if there is one, while nothing is held: the page is
 * made writable.  The kernel may say of a page that it is written though it
 * is not protected any more (userfaultfd_must_wait() looks at the write bit), and
 * the writer waits all the same; so somebody must read on for ever.
 *
 * Return: 1 if there was one, 0, or -errno with words.
 */
int race_memory_monitor(struct fl_run *run, struct race_memory *m);

/* What to poll() for them; -1: nothing, or not now. */
static inline int race_memory_events(struct race_memory *m)
{
	return m->by == RACE_BY_UFFD_WP && !atomic_load(&m->held)
		       ? m->area.uffd.fd
		       : -1;
}

/* From now on no event is resolved, and who faults waits; or that is over. */
void race_memory_hold(struct fl_run *run, struct race_memory *m);
void race_memory_let_go(struct race_memory *m);

/* The calling thread is to resolve its own faults, under mprotect() too. */
void race_memory_resolve_own(bool on);

/* A part, inside a window.  Return: 0 or -errno with words. */
int race_memory_protect(struct fl_run *run, struct race_memory *m, size_t from,
			size_t len);

/*
 * No CPU has an entry of these pages in its TLB any more: they are protected,
 * with the flush that follows, and made writable.  Return: 0 or -errno with
 * words.
 */
int race_memory_forget(struct fl_run *run, struct race_memory *m, size_t from,
		       size_t len);

/*
 * Whether the call has come to this page; and whether it has not come to the end
 * of its range, so that its flush is outstanding.  Where pagemap does not show
 * what userfaultfd protects (before 5.14), both are taken for granted in a
 * window.  Under mprotect() both wait for the end of the call.
 */
bool race_memory_has_begun(const struct race_memory *m, size_t offset);
bool race_memory_goes_on(const struct race_memory *m);

/*
 * One page, so that a write to it comes to the kernel's decision whether to
 * copy; a wait for the lock if the protecting call holds it.  Return: 0 or
 * -errno with words.
 */
int race_memory_unprotect(struct fl_run *run, struct race_memory *m,
			  size_t offset);

/* All of it writable; who waits in a fault goes on, if it is not held. */
int race_memory_open_all(struct fl_run *run, struct race_memory *m);

/* For good, whatever happened; for a role's wake(). */
void race_memory_release(struct race_memory *m);

#endif
