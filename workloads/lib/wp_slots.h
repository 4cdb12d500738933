/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of workloads whose op is one call, or one fault, of one range. */
#ifndef WORKLOADS_LIB_WP_SLOTS_H
#define WORKLOADS_LIB_WP_SLOTS_H

#include "region.h"

/* The parameters that say what it is; st has a field for each. */
#define WP_SLOTS_PARAMS(st)                                                    \
	FL_PARAM_SIZE(st, range, "page", 4096, 1 << 30,                        \
		      "bytes protected or unprotected by one call"),           \
		FL_PARAM_ENUM(st, backing, region_backing_names, "anon-4k",    \
			      "kind of memory"),                               \
		FL_PARAM_BOOL(st, populated, "yes",                            \
			      "the pages are there; no: page tables alone"),   \
		FL_PARAM_ENUM(                                                 \
			st, align, region_align_names, "hpage",                \
			"the range begins on a huge page's boundary or in as " \
			"few page tables as can be, or has a boundary inside")

/*
 * As many ranges as fit into 64 MiB; into 16 MiB where an op splits huge pages,
 * which must be made anew.
 */
struct region_slots_spec wp_slots_spec(uint64_t backing, uint64_t align,
				       uint64_t range);

/* Ranges, so the most ops a batch can have. */
uint64_t wp_slots_nr(const struct region_slots_spec *spec);

/*
 * Of memory, for a region of such slots: pages, page tables and a page for each
 * of these meanwhile.  Pages of the hugetlb pool are no available memory any
 * more.
 */
uint64_t wp_slots_bytes(const struct region_slots_spec *spec);
uint64_t wp_slots_table_bytes(const struct region_slots_spec *spec);

#endif
