/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that is registered for write-protection, in slots, one an op.
 *
 * The functions say what they tried through fl_fail() and fl_skip().  "The
 * first nr slots" includes what lies between them: whole huge pages, where
 * there are such.
 */
#ifndef WORKLOADS_LIB_WP_AREA_H
#define WORKLOADS_LIB_WP_AREA_H

#include "pagemap.h"
#include "region.h"
#include "uffd.h"

#include <faultline/run.h>

/* Who knows of the region. */
enum wp_area_kind {
	WP_AREA_SYNC = 0, /* userfaultfd: a write raises an event */
	WP_AREA_ASYNC, /* userfaultfd, WP_ASYNC: a write unprotects by itself */
	WP_AREA_PLAIN, /* nobody: protected by mprotect() */
	WP_AREA_KINDS,
};

struct wp_area_spec {
	enum wp_area_kind kind;
	struct region_slots_spec slots;
	bool populated; /* pages are there; else page tables alone */
	bool blocking;	/* read() of the descriptor waits */
};

/* Zeroed, there is none. */
struct wp_area {
	enum wp_area_kind kind;
	struct uffd uffd; /* closed for WP_AREA_PLAIN */
	struct pagemap pagemap;
	struct region region;
	struct region_slots slots;
	bool populated;
	bool check_bits; /* pagemap shows what is protected */
	unsigned long long repeats_told;
};

/* The slots that such an area will have on this machine. */
struct region_slots wp_area_slots(const struct region_slots_spec *spec);

/* Huge pages of the pool that such an area takes: see WP_AREA_POOL(). */
uint64_t wp_area_pool_pages(const struct region_slots_spec *spec);

/*
 * Rows for a workload with a parameter `backing`: what of the kernel its areas
 * need, and its `system` row, with a function that says how many huge pages.
 */
#define WP_AREA_NEEDS                                                      \
	{ FL_FEATURE_UFFD, NULL },                                         \
		{ FL_FEATURE_WP_ANON, "backing!=shmem backing!=hugetlb" }, \
		{ FL_FEATURE_WP_SHMEM, "backing=shmem" },                  \
	{                                                                  \
		FL_FEATURE_WP_HUGETLB, "backing=hugetlb"                   \
	}
#define WP_AREA_POOL(amount_)                           \
	{                                               \
		.knob = "hugetlb", .amount = (amount_), \
		.when = "backing=hugetlb"               \
	}

/* region_init() that says what went wrong, and skips for lack of huge pages. */
int wp_area_map(struct fl_run *run, struct region *r,
		enum region_backing backing, size_t bytes);

int wp_area_init(struct fl_run *run, struct wp_area *area,
		 const struct wp_area_spec *spec);
void wp_area_finish(struct wp_area *area);

/*
 * The first nr slots unprotected, and each page of them there, writable, dirty
 * and written by the caller; or no page there, if the area is not populated.
 * Huge pages that were split are made anew, in other memory.
 */
int wp_area_clean(struct fl_run *run, struct wp_area *area, size_t nr);

/* Huge pages where they belong, and nothing else; all must be unprotected. */
int wp_area_restore_huge(struct fl_run *run, struct wp_area *area);

/* A part of it, by what its kind has for that.  Return: 0 or -errno. */
int wp_area_set(struct wp_area *area, char *start, size_t len, bool on);

/* All of it writable again, also for threads that wait in a fault. */
void wp_area_release(struct wp_area *area);

int wp_area_protect(struct fl_run *run, struct wp_area *area, size_t nr);
int wp_area_unprotect(struct fl_run *run, struct wp_area *area, size_t nr);

/*
 * The pages of the first nr slots as if only read since they were last
 * written back: present, writable and not dirty; anonymous memory only.  After
 * wp_area_clean().
 */
int wp_area_undirty(struct fl_run *run, struct wp_area *area, size_t nr);

/*
 * One call a slot, of the first nr slots: uffd_protect, uffd_unprotect or
 * uffd_pair.  The second is for slots that lie in another region of the same
 * shape.  Both may be timed: they do nothing else.
 */
int wp_area_call(struct fl_run *run, struct wp_area *area, size_t nr,
		 int (*call)(struct uffd *, const void *, size_t));
int wp_area_call_in(struct fl_run *run, struct wp_area *area,
		    const struct region *r, size_t nr,
		    int (*call)(struct uffd *, const void *, size_t));

/*
 * Looks at the first and the last page of the first nr slots and at some
 * others: are they protected, or not, as they should be?  Where pagemap does
 * not show it, nothing is looked at, and a fact said so; nor in an area of
 * WP_AREA_PLAIN.
 */
int wp_area_check(struct fl_thread *th, struct wp_area *area, size_t nr,
		  bool on);

/*
 * What other CPUs do meanwhile: a fraction of a microsecond of reading the
 * first pages, so that they stay in the TLB there; an area that is not
 * populated is left alone.  A flush goes to the CPUs that run the address space, whatever they
 * read; reading never raises an event.  The bytes read are not those that are
 * written, so that no cache line goes back and forth.
 */
void wp_area_read(const struct wp_area *area);

#endif
