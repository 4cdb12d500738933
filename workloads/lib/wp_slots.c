// SPDX-License-Identifier: GPL-2.0-only
#include "wp_slots.h"

#include "wp_area.h"

#include <unistd.h>

enum {
	MAX_NR = 1024,
	/* Of memory for a batch, unless one op needs more. */
	MAX_BYTES = 64 << 20,
	MAX_SPLIT_BYTES = 16 << 20, /* of huge pages to be made anew */
};

struct region_slots_spec wp_slots_spec(uint64_t backing, uint64_t align,
				       uint64_t range)
{
	bool splits = backing == REGION_ANON_THP &&
		      (align == REGION_ALIGN_CROSS ||
		       range % region_pmd_bytes());

	return (struct region_slots_spec){
		.backing = (enum region_backing)backing,
		.align = (enum region_align)align,
		.len = range,
		.max_bytes = splits ? MAX_SPLIT_BYTES : MAX_BYTES,
		.max_nr = MAX_NR,
	};
}

uint64_t wp_slots_nr(const struct region_slots_spec *spec)
{
	return wp_area_slots(spec).nr;
}

static size_t span_of(const struct region_slots_spec *spec)
{
	struct region_slots slots = wp_area_slots(spec);

	return region_slots_span(&slots, slots.nr);
}

uint64_t wp_slots_table_bytes(const struct region_slots_spec *spec)
{
	size_t tables = span_of(spec) / region_pmd_bytes() + 1;

	return 2 * tables * (size_t)sysconf(_SC_PAGESIZE);
}

uint64_t wp_slots_bytes(const struct region_slots_spec *spec)
{
	uint64_t tables = wp_slots_table_bytes(spec);

	switch (spec->backing) {
	case REGION_HUGETLB:
		return tables;
	case REGION_ANON_THP:
		return tables + span_of(spec);
	case REGION_ANON_4K:
	case REGION_SHMEM:
		break;
	}
	return tables + wp_slots_nr(spec) * spec->len;
}
