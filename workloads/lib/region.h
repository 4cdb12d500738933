/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory under test: a mapping of one kind, aligned to what one page table
 * spans, with inaccessible memory on both sides so that it never merges with
 * another mapping.
 */
#ifndef WORKLOADS_LIB_REGION_H
#define WORKLOADS_LIB_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum region_backing {
	REGION_ANON_4K = 0, /* private, base pages only (MADV_NOHUGEPAGE) */
	REGION_ANON_THP,    /* private, huge pages wanted (MADV_HUGEPAGE) */
	REGION_SHMEM,	    /* shared, a memfd, base pages only */
	REGION_HUGETLB,	    /* private, huge pages of the kernel's pool */
};

/* For FL_PARAM_ENUM, in the order of enum region_backing. */
extern const char *const region_backing_names[];

/* Zeroed, there is none. */
struct region {
	enum region_backing backing;
	char *base;
	size_t bytes;
	size_t page_bytes;
	size_t pmd_bytes;
	void *reserved; /* with the guards */
	size_t reserved_bytes;
};

/* How the sub-ranges lie to what a page table spans. */
enum region_align {
	REGION_ALIGN_HPAGE = 0, /* as few page tables as there can be */
	REGION_ALIGN_CROSS,	/* a boundary inside each */
};

extern const char *const region_align_names[];

/*
 * The sub-ranges of a region, one an op: slot i begins at first + i * stride.
 * All slots touch the same number of page tables, and no two of them share a
 * huge page of REGION_ANON_THP or REGION_HUGETLB.
 */
struct region_slots {
	size_t first; /* less than stride */
	size_t stride;
	size_t len;
	size_t nr;
};

struct region_slots_spec {
	enum region_backing backing;
	enum region_align align;
	size_t len;	  /* bytes, not 0 */
	size_t max_bytes; /* of all strides, unless one needs more */
	size_t max_nr;
};

struct region_slots region_slots_of(const struct region_slots_spec *spec,
				    size_t page_bytes, size_t pmd_bytes);

/* What the first nr slots span, from the region's base on. */
static inline size_t region_slots_span(const struct region_slots *slots,
				       size_t nr)
{
	return nr * slots->stride;
}

static inline size_t region_slot(const struct region_slots *slots, size_t i)
{
	return slots->first + i * slots->stride;
}

/* Whether a slot begins at this offset, and which. */
static inline bool region_slot_at(const struct region_slots *slots,
				  size_t offset, size_t *ret_i)
{
	size_t from_first = offset - slots->first;

	*ret_i = from_first / slots->stride;
	return from_first % slots->stride == 0 && *ret_i < slots->nr;
}

/*
 * What one page table spans, which is the size of a PMD-mapped huge page: as
 * the kernel says, or by arithmetic where it has no huge pages.
 */
size_t region_pmd_bytes(void);

/* What such memory consists of: pages, or the huge pages of REGION_HUGETLB. */
size_t region_unit_bytes(enum region_backing backing);

/* Huge pages of the pool that a region takes; 0 for the other backings. */
uint64_t region_pool_pages(enum region_backing backing, size_t bytes);

/*
 * Nothing is populated.  bytes is rounded up to units.  REGION_HUGETLB reserves
 * its pages, so that touching them cannot fail.
 *
 * Return: 0; -ENOMEM also if the pool has too few free huge pages; -errno.
 */
int region_init(struct region *r, enum region_backing backing, size_t bytes);
void region_finish(struct region *r);

/*
 * Maps it anew at the same place: no pages, no page tables, not registered with
 * userfaultfd any more.
 */
int region_renew(const struct region *r);

/* Writes one byte of each page, so that it is there, writable and dirty. */
void region_write(const struct region *r, size_t offset, size_t len);

/*
 * Drops the pages and keeps the page tables.  Since 6.14 MADV_DONTNEED of all
 * that a page table spans frees the table too, hence it is done in halves; huge
 * pages of the pool are dropped whole.
 */
int region_empty(const struct region *r, size_t offset, size_t len);

/*
 * madvise() of a part at a time, which begin at multiples of @part from @base
 * on.  Return: 0 or -errno.
 */
int region_advise_parts(char *base, size_t offset, size_t len, size_t part,
			int advice);

/* Page tables everywhere and no page: one write a table, then empty. */
int region_make_tables(const struct region *r);

#endif
