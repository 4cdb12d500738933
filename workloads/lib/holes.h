/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write-protected shared memory into which holes are punched, one in the middle
 * of every 16 pages, and a second mapping of it that is not registered.
 */
#ifndef WORKLOADS_LIB_HOLES_H
#define WORKLOADS_LIB_HOLES_H

#include "cached_file.h"
#include "page_events.h"
#include "pagemap.h"

enum {
	HOLES_SPAN = 16, /* pages, with those beside the hole */
	HOLES_MAX = PAGE_EVENTS_MAX / HOLES_SPAN,
	HOLES_PLANTED = 20, /* at most */
};

/* Zeroed, there are none.  Lies in shared memory. */
struct holes {
	size_t nr, len;	 /* pages of each */
	bool by_madvise; /* MADV_REMOVE, else fallocate() */
	struct cached_file file;
	char *other; /* the second mapping */
	struct uffd uffd;
	struct page_events events;
	struct pagemap pagemap;
	bool planted[PAGE_EVENTS_MAX];
	bool written[PAGE_EVENTS_MAX]; /* before holes_write() */
	bool bit[PAGE_EVENTS_MAX];     /* protected before holes_write() */
};

static inline size_t holes_first(const struct holes *h)
{
	return (HOLES_SPAN - h->len) / 2;
}

static inline bool holes_has(const struct holes *h, size_t page)
{
	size_t at = page % HOLES_SPAN;

	return at >= holes_first(h) && at < holes_first(h) + h->len;
}

/* nr, len and by_madvise are set. */
int holes_init(struct fl_run *run, struct holes *h);
void holes_finish(struct holes *h);

/*
 * All pages are there and protected.  Those of the holes to be are mapped, the
 * others, and the whole second mapping, are not.
 */
int holes_start(struct fl_run *run, struct holes *h);

int holes_punch(struct fl_run *run, const struct holes *h, size_t hole);

/* Unprotects some pages, planted[], that somebody else believes protected. */
int holes_plant(struct fl_thread *th, struct holes *h);

/* Writes each page that was not written; who resolves faults must run. */
int holes_write(struct fl_thread *th, struct holes *h);

#endif
