/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways to write-protect the same pages, side by side: each on memory of its own
 * kind, all of one shape.
 *
 * They differ in how many calls a range takes, and so in how often and when the
 * TLB is flushed; a control has nothing to flush.  Where the kernel flushes even
 * if a page is protected again, controls walk page tables without pages; the
 * fact "no-flush" says which.
 */
#ifndef WORKLOADS_LIB_WP_WAYS_H
#define WORKLOADS_LIB_WP_WAYS_H

#include "wp_area.h"

#include <faultline/run.h>

struct wp_way {
	enum wp_area_kind kind;
	enum wp_way_piece {
		WP_WAY_WHOLE = 0,
		WP_WAY_PAGE,
		WP_WAY_CHUNK
	} piece;      /* of a call */
	bool scan;    /* by PAGEMAP_SCAN; WP_AREA_ASYNC only */
	bool control; /* there is nothing to flush */
};

/* What all of them protect. */
struct wp_shape {
	enum region_backing backing;
	enum region_align align;
	size_t range;	  /* bytes an op */
	size_t chunk;	  /* bytes a call of WP_WAY_CHUNK */
	size_t max_bytes; /* of each area, unless one op needs more */
	size_t max_nr;	  /* ops */
	bool dirty;	  /* the pages were written to; else only read */
};

/* The parameters that a shape is made of; st has a field for each. */
#define WP_WAYS_PARAMS(st)                                                    \
	FL_PARAM_SIZE(st, range, "hpage", 4096, 1 << 30,                      \
		      "bytes that an op protects"),                           \
		FL_PARAM_SIZE(st, chunk, "64page", 4096, 1 << 30,             \
			      "bytes a call of the arm chunked"),             \
		FL_PARAM_ENUM(st, backing, region_backing_names, "anon-4k",   \
			      "kind of memory"),                              \
		FL_PARAM_ENUM(st, align, region_align_names, "hpage",         \
			      "the range begins on a huge page's boundary "   \
			      "or in as few page tables as can be, or has a " \
			      "boundary inside")

/*
 * When arms in pieces mean something: a range has several, and pages of the
 * hugetlb pool are protected whole.  More calls than 2048 take too long.
 */
#define WP_WAYS_BY_PAGE "range>page range<=2048page backing!=hugetlb"
#define WP_WAYS_CHUNKED "range>chunk backing!=hugetlb"

enum {
	WP_WAYS_AREAS = 4
};

/* Zeroed, there are none. */
struct wp_ways {
	struct wp_shape shape;
	struct wp_area area[WP_WAYS_AREAS]; /* by kind, then for controls */
	bool empty_controls;
};

/* Bytes a call, at most. */
size_t wp_way_piece(const struct wp_way *way, const struct wp_shape *shape);

/* How often an op does what. */
struct wp_way_counts {
	double calls;
	double entries; /* walked: of huge pages one a page table */
	double flushes;
};

struct wp_way_counts wp_way_counts(const struct wp_way *way,
				   const struct wp_shape *shape);

/* Ops that there is room for, and the bytes that so many take. */
size_t wp_ways_max_ops(const struct wp_shape *shape);
size_t wp_ways_bytes(const struct wp_shape *shape, size_t ops);

/* Huge pages of the pool that they take: see WP_AREA_POOL(). */
uint64_t wp_ways_pool_pages(const struct wp_shape *shape);

/* @controls: there are such.  Asynchronous memory where the kernel has it. */
int wp_ways_init(struct fl_run *run, struct wp_ways *ways,
		 const struct wp_shape *shape, bool controls);
void wp_ways_finish(struct wp_ways *ways);

/* The memory of a way, and where its i-th op begins. */
struct wp_area *wp_ways_area(struct wp_ways *ways, const struct wp_way *way);
char *wp_area_slot(const struct wp_area *area, size_t i);

/*
 * Before a batch: pages that are there, writable, dirty or not, in the TLB of
 * the caller; protected already for a control.
 */
int wp_ways_prepare(struct fl_run *run, struct wp_ways *ways,
		    const struct wp_way *way, size_t nops);

/* Protects the first nops slots.  May be timed: it does nothing else. */
int wp_ways_call(struct fl_run *run, struct wp_ways *ways,
		 const struct wp_way *way, size_t nops);

#endif
