/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread that resolves the faults of a region page by page, and notes which
 * pages had an event of which kind.
 *
 * A write-protection fault is resolved by unprotecting the page, a minor fault
 * by UFFDIO_CONTINUE of it.  A page that is missing is none that this thread
 * could give: it is an error.  After an error the region is unregistered, so
 * that whoever waits there goes on.
 */
#ifndef WORKLOADS_LIB_PAGE_EVENTS_H
#define WORKLOADS_LIB_PAGE_EVENTS_H

#include "uffd.h"

#include <faultline/run.h>

enum {
	PAGE_EVENTS_MAX = 8192,
	PAGE_EVENTS_WP = 1,
	PAGE_EVENTS_MINOR = 2,
};

/* Zeroed, there is none.  uffd does not block. */
struct page_events {
	struct uffd *uffd;
	char *base;
	size_t nr, page_bytes;
	int wake_fd;
	bool has_wake_fd;
	atomic_int err; /* of the handler: no fault will be resolved any more */
	atomic_uchar seen[PAGE_EVENTS_MAX]; /* PAGE_EVENTS_*, by page */
};

/* uffd, base, nr and page_bytes are set.  Return: 0 or -errno with words. */
int page_events_init(struct fl_run *run, struct page_events *e);
void page_events_finish(struct page_events *e);

/* Nothing has been seen; while nobody is faulting. */
void page_events_reset(struct page_events *e);

/* For a role's step() and wake(). */
int page_events_step(struct fl_thread *th, struct page_events *e);
void page_events_wake(struct page_events *e);

static inline bool page_events_saw(struct page_events *e, size_t page,
				   unsigned kind)
{
	return atomic_load_explicit(&e->seen[page], memory_order_acquire) &
	       kind;
}

#endif
