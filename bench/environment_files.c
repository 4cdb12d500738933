// SPDX-License-Identifier: GPL-2.0-only
/* What a boot record is made of, for machines that cannot be looked at. */
#include "environment.h"

#define THP "/sys/kernel/mm/transparent_hugepage"
#define CPU "/sys/devices/system/cpu"

static const char *const files[] = {
	"/proc/cmdline",
	"/proc/cpuinfo",
	"/proc/meminfo",
	"/proc/stat",
	"/proc/loadavg",
	"/proc/swaps",
	"/proc/sys/kernel/arch",
	"/proc/sys/kernel/osrelease",
	"/proc/sys/kernel/version",
	"/proc/sys/kernel/perf_event_paranoid",
	"/proc/sys/kernel/random/boot_id",
	"/proc/sys/vm/unprivileged_userfaultfd",
	"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	"/sys/devices/system/node/online",
	"/sys/kernel/security/lockdown",
	"/sys/module/kfence/parameters/sample_interval",
	CPU "/isolated",
	CPU "/online",
	CPU "/smt/active",
	CPU "/smt/control",
	CPU "/vulnerabilities/itlb_multihit",
	CPU "/vulnerabilities/l1tf",
	CPU "/vulnerabilities/mds",
	CPU "/vulnerabilities/meltdown",
	CPU "/vulnerabilities/retbleed",
	CPU "/vulnerabilities/spec_store_bypass",
	CPU "/vulnerabilities/spectre_v1",
	CPU "/vulnerabilities/spectre_v2",
	THP "/hpage_pmd_size",
	THP "/khugepaged/pages_to_scan",
};

enum {
	NR_FILES = sizeof(files) / sizeof(files[0])
};

const char *environment_file_at(size_t i)
{
	return i < NR_FILES ? files[i] : NULL;
}

size_t environment_nr_files(void)
{
	return NR_FILES;
}
