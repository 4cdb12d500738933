/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory whose pages are mapped read-only although the mapping is writable, so
 * that the next write to each takes a fault: to copy it, or to find that it
 * may be reused.
 *
 * It is left out of every fork but its own (MADV_DONTFORK).
 */
#ifndef WORKLOADS_LIB_COW_PAGES_H
#define WORKLOADS_LIB_COW_PAGES_H

#include "forked.h"
#include "pagemap.h"
#include "region.h"

#include <faultline/run.h>

enum cow_pages_kind {
	COW_PAGES_SHARED, /* with a child that sleeps: copied */
	COW_PAGES_LEFT,	  /* by a child that has exited: reused */
	COW_PAGES_OWN,	  /* written by this process: no fault */
	COW_PAGES_ZERO,	  /* the zero page: a new page, cleared */
	COW_PAGES_FILE,	  /* private pages of a file in memory: copied */
};

enum cow_pages_backing {
	COW_PAGES_4K = 0,
	COW_PAGES_THP,
	COW_PAGES_MTHP, /* of COW_PAGES_MTHP_BYTES */
};

enum {
	COW_PAGES_MTHP_BYTES = 64 << 10
};

extern const char *const cow_pages_backing_names[];

/* Of the pages that such memory consists of. */
size_t cow_pages_folio_bytes(enum cow_pages_backing backing);

/* Zeroed, there is none. */
struct cow_pages {
	enum cow_pages_kind kind;
	enum cow_pages_backing backing;
	struct region region;
	struct forked child;
	struct pagemap pagemap;
};

int cow_pages_init(struct fl_run *run, struct cow_pages *p,
		   enum cow_pages_kind kind, enum cow_pages_backing backing,
		   size_t bytes);
void cow_pages_finish(struct cow_pages *p);

/*
 * All of it as its kind says.  Folios that cannot be had are skipped with a
 * sentence.
 */
int cow_pages_renew(struct fl_run *run, struct cow_pages *p);

/* Every so-many-th page of a part of it. */
struct cow_pages_part {
	size_t offset, stride, nr;
};

/* Their entries of pagemap. */
int cow_pages_look(struct fl_run *run, const struct cow_pages *p,
		   const struct cow_pages_part *part, uint64_t *ret_entries);

/*
 * Of nr pages, by their entries before and after a write, how many did not go
 * the way of their kind: were not copied, or were.
 */
size_t cow_pages_astray(const struct cow_pages *p, const uint64_t *before,
			const uint64_t *after, size_t nr);

#endif
