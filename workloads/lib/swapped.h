/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anonymous pages that are swapped out: whether each is, and whether it is
 * still in the swap cache, from where it comes back without the disk.
 */
#ifndef WORKLOADS_LIB_SWAPPED_H
#define WORKLOADS_LIB_SWAPPED_H

#include "frames.h"
#include "region.h"

#include <faultline/run.h>

/* Zeroed, there is none. */
struct swapped {
	struct pagemap pagemap;
	uint64_t *entries; /* of all pages, when they were last swapped out */
	unsigned char *cached;
	size_t nr;
};

int swapped_init(struct fl_run *run, struct swapped *s,
		 const struct region *region);
void swapped_finish(struct swapped *s);

/**
 * swapped_out() - swap a region out
 * @region:	written by this process and shared with nobody
 * @dropped:	out of the swap cache too: it is written to the disk, read back,
 *		and what is clean then is dropped at once
 *
 * Some pages may stay; where all do, it is skipped with a sentence.
 *
 * Return: 0 or -errno with words.
 */
int swapped_out(struct fl_run *run, struct swapped *s,
		const struct region *region, bool dropped);

/* Asks for it once; pages may stay.  Return: 0 or -errno with words. */
int swapped_try(struct fl_run *run, void *base, size_t bytes);

/* How many of the pages are swapped out. */
size_t swapped_count(const struct pagemap *pm, const void *base, size_t nr);

/*
 * Swaps out all of nr base pages, or says by a skip how many went; they may be
 * in the swap cache still.  Return: 0 or -errno with words.
 */
int swapped_out_all(struct fl_run *run, const struct pagemap *pm, void *base,
		    size_t nr);

/*
 * Waits until those of them that are mapped are on the disk: what is being
 * written stays in the swap cache.  Return: 0 or -errno with words.
 */
int swapped_written(struct fl_run *run, const struct frames *f,
		    const void *base, size_t nr);

static inline bool swapped_is(const struct swapped *s, size_t page)
{
	return s->entries[page] & PAGEMAP_SWAPPED;
}

#endif
