/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/self/pagemap: one 64-bit entry a page of the address space.
 *
 * The frame number reads as 0 without CAP_SYS_ADMIN, the flags do not.  Kernels
 * before 5.14 have no uffd-wp bit: it reads as 0, so a test that wants
 * to see it must ask for the feature first.
 */
#ifndef WORKLOADS_LIB_PAGEMAP_H
#define WORKLOADS_LIB_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGEMAP_PRESENT	   (UINT64_C(1) << 63)
#define PAGEMAP_SWAPPED	   (UINT64_C(1) << 62)
#define PAGEMAP_FILE	   (UINT64_C(1) << 61) /* or shared anonymous */
#define PAGEMAP_UFFD_WP	   (UINT64_C(1) << 57)
#define PAGEMAP_EXCLUSIVE  (UINT64_C(1) << 56) /* mapped once */
#define PAGEMAP_SOFT_DIRTY (UINT64_C(1) << 55)
#define PAGEMAP_PFN_MASK   ((UINT64_C(1) << 55) - 1) /* if present */

/* Zeroed, it is closed. */
struct pagemap {
	bool opened;
	int fd;
	uint64_t page_bytes;
};

/* Of the calling process, also for its threads; a child must open its own. */
int pagemap_open(struct pagemap *pm);
void pagemap_close(struct pagemap *pm);

/* The entries of nr pages from the page of addr on.  Return: 0 or -errno. */
int pagemap_read(const struct pagemap *pm, const void *addr, size_t nr,
		 uint64_t *ret_entries);

/* The entry of one page. */
int pagemap_entry(const struct pagemap *pm, const void *addr,
		  uint64_t *ret_entry);

#endif
