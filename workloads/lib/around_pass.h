/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the pages of a file in the page cache through a fresh mapping that is
 * registered with userfaultfd in one way or another.
 */
#ifndef WORKLOADS_LIB_AROUND_PASS_H
#define WORKLOADS_LIB_AROUND_PASS_H

#include "around_rule.h"
#include "cached_file.h"
#include "page_events.h"
#include "pagemap.h"

enum around_before {
	AROUND_NOTHING = 0, /* nothing is mapped when the reads begin */
	AROUND_POPULATED,   /* all pages are mapped */
	AROUND_PROTECTED,   /* nothing is, and all are write-protected */
	AROUND_CONTINUED,   /* all are, by one UFFDIO_CONTINUE, in the pass */
	AROUND_COPIED,	    /* all are, by UFFDIO_COPY into an empty file */
};

/* One way to register, and what else stands before the reads. */
struct around_way {
	const char *words;
	uint64_t modes; /* UFFDIO_REGISTER_MODE_* */
	bool async;	/* with UFFD_FEATURE_WP_ASYNC */
	bool events;	/* each page is due a MINOR event */
	enum around_before before;
};

/* Zeroed, there is none.  Lies in shared memory. */
struct around_pass {
	struct cached_file file;
	struct uffd sync, async;
	struct page_events events; /* of sync */
	struct pagemap pagemap;
	char *source; /* of copies */
	/* Fills the cache once the mapping is registered; NULL: before. */
	int (*fill)(struct fl_run *run);
	bool filled;

	uint32_t order[AROUND_MAX_PAGES];
	uint64_t entries[AROUND_MAX_PAGES];
	bool before[AROUND_MAX_PAGES]; /* mapped before the pass */
	bool turn[AROUND_MAX_PAGES];   /* mapped when its turn came */
	size_t unlike; /* turns at which the count of faults differs */
};

/* file's kind, large and nr are set, and fill. */
int around_pass_init(struct fl_run *run, struct around_pass *p);
void around_pass_finish(struct around_pass *p);

/* The order in which all passes read until the next call. */
void around_pass_order(struct fl_thread *th, struct around_pass *p,
		       bool random);

/* A fresh mapping, registered, the cache filled. */
int around_pass_map(struct fl_thread *th, struct around_pass *p,
		    const struct around_way *way);

/* The call of AROUND_CONTINUED; of other ways nothing. */
int around_pass_continue(struct fl_run *run, struct around_pass *p,
			 const struct around_way *way);

/* Which pages are mapped, into before[]. */
int around_pass_look(struct fl_run *run, struct around_pass *p);

/* One read of a page.  ret_present: page table entries after it. */
int around_pass_one(struct fl_thread *th, struct around_pass *p,
		    const struct around_way *way, size_t page,
		    size_t *ret_present);

/* All pages, each looked at before it is read: before[], turn[], unlike. */
int around_pass_watched(struct fl_thread *th, struct around_pass *p);

/* All pages at a stretch: how long, and how many faults. */
int around_pass_timed(struct fl_thread *th, struct around_pass *p,
		      const struct around_way *way, uint64_t *ret_ns,
		      uint64_t *ret_faults);

#endif
