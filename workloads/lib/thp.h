/* SPDX-License-Identifier: GPL-2.0-only */
/* Transparent huge pages of a region: count them, ask for them. */
#ifndef WORKLOADS_LIB_THP_H
#define WORKLOADS_LIB_THP_H

#include "pagemap.h"
#include "region.h"

/**
 * thp_count() - huge pages that are mapped as such
 * @pm:		open
 * @r:		a region of REGION_ANON_THP
 * @ret_nr:	how many
 *
 * Asks PAGEMAP_SCAN, which looks at this region alone, and where the kernel
 * has none, reads smaps.
 *
 * Return: 0 or -errno.
 */
int thp_count(const struct pagemap *pm, const struct region *r, size_t *ret_nr);

/* How many there can be. */
static inline size_t thp_all(const struct region *r)
{
	return r->bytes / r->pmd_bytes;
}

/*
 * Asks for huge pages where there are none (MADV_COLLAPSE).  That it could not
 * be done is no error: count.
 */
void thp_collapse(const struct region *r);

#endif
