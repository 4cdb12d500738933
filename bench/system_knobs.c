// SPDX-License-Identifier: GPL-2.0-only
#include "system_knobs.h"

#include "system_kind.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define KSM "/sys/kernel/mm/ksm/"
#define NO_THP \
	"the kernel has no transparent huge pages (CONFIG_TRANSPARENT_HUGEPAGE)"
#define NO_KSM	"the kernel has no KSM (CONFIG_KSM)"
#define NO_MTHP "the kernel has no transparent huge pages of this size"

static const struct system_knob knobs[] = {
	{ "thp", THP "enabled", "transparent huge pages", NO_THP,
	  &system_file },
	{ "thp-defrag", THP "defrag", "what a fault does for a huge page",
	  NO_THP, &system_file },
	{ "thp-shmem", THP "shmem_enabled", "huge pages of shared memory",
	  NO_THP, &system_file },
	{ "mthp-", THP "hugepages-*/enabled", "transparent huge pages of *",
	  NO_MTHP, &system_file },
	{ "khugepaged", THP "khugepaged/defrag", "khugepaged's compaction",
	  NO_THP, &system_file },
	{ "khugepaged-sleep", THP "khugepaged/scan_sleep_millisecs",
	  "khugepaged's pause in ms", NO_THP, &system_file },
	{ "hugetlb", "/sys/kernel/mm/hugepages/hugepages-*/nr_hugepages",
	  "the hugetlb pool, pages of *",
	  "the kernel has no hugetlb pages of this size (CONFIG_HUGETLBFS)",
	  &system_pool },
	{ "ksm", KSM "run", "KSM", NO_KSM, &system_file },
	{ "ksm-sleep", KSM "sleep_millisecs", "KSM's pause in ms", NO_KSM,
	  &system_file },
	{ "ksm-pages", KSM "pages_to_scan", "pages a scan of KSM", NO_KSM,
	  &system_file },
	{ "numa-balancing", "/proc/sys/kernel/numa_balancing", "NUMA balancing",
	  "the kernel has no NUMA balancing (CONFIG_NUMA_BALANCING)",
	  &system_file },
	{ "compaction", "/proc/sys/vm/compaction_proactiveness",
	  "proactive compaction",
	  "the kernel has no proactive compaction (CONFIG_COMPACTION)",
	  &system_file },
	{ "swap", "/proc/swaps", "swap on a disk",
	  "the kernel has no swap (CONFIG_SWAP)", &system_swap },
	{ "swappiness", "/proc/sys/vm/swappiness", "swappiness",
	  "the kernel does not tell it", &system_file },
};

enum {
	NR_KNOBS = sizeof(knobs) / sizeof(knobs[0])
};

const struct system_knob *system_knob_at(size_t i)
{
	return i < NR_KNOBS ? &knobs[i] : NULL;
}

/* What stands behind "mthp-", or "" for another knob; NULL: another name. */
static const char *size_of(const struct system_knob *k, const char *name)
{
	size_t len = strlen(k->name);

	if (k->name[len - 1] != '-')
		return strcmp(k->name, name) != 0 ? NULL : "";
	return strncmp(k->name, name, len) != 0 ? NULL : name + len;
}

const struct system_knob *system_knob_named(const char *name)
{
	for (size_t i = 0; i < NR_KNOBS; i++)
		if (size_of(&knobs[i], name))
			return &knobs[i];

	return NULL;
}

static void fill(char *buf, size_t bytes, const char *pattern, uint64_t size)
{
	const char *star = strchr(pattern, '*');

	if (star)
		snprintf(buf, bytes, "%.*s%" PRIu64 "kB%s",
			 (int)(star - pattern), pattern, size >> 10, star + 1);
	else
		snprintf(buf, bytes, "%s", pattern);
}

bool system_knob_find(const char *name, const struct units *units,
		      struct system_knob_found *ret_found)
{
	for (size_t i = 0; i < NR_KNOBS; i++) {
		const char *text = size_of(&knobs[i], name);
		uint64_t size = units_pmd_bytes(units);

		if (!text || (*text && units_parse_size(text, units, &size)))
			continue;
		ret_found->knob = &knobs[i];
		fill(ret_found->path, sizeof(ret_found->path), knobs[i].path,
		     size);
		fill(ret_found->words, sizeof(ret_found->words), knobs[i].words,
		     size);
		return true;
	}
	return false;
}
