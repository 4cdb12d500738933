/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What made the number: the boot record, what changes while a run goes on,
 * and what makes timings worthless.
 */
#ifndef BENCH_ENVIRONMENT_H
#define BENCH_ENVIRONMENT_H

#include "common/error.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/**
 * environment_boot() - a new boot record
 * @sysroot:	"" for this machine; a folder with captured proc/ and sys/
 *		for tests
 *
 * Fields that cannot be read are left out:
 *
 * type, boot, kernel, kernel_version, machine, build_id, config_hash, cmdline,
 * debug (array of names), page_bytes, hpage_bytes, memory_bytes, swap_bytes,
 * swap (array of what is active: name, type, size_bytes, used_bytes, priority);
 * cpu_model, cpu_vendor, cpu_family, cpu_model_number, cpu_stepping, microcode,
 * cpus_online, isolated_cpus, smt, smt_active, governor, no_turbo, boost,
 * clocksource, mitigations (object); hypervisor (bool), hypervisor_name,
 * pv_tlb_flush (bool); thp_enabled, thp_defrag, thp_shmem_enabled, mthp (object
 * by size), khugepaged_scan_ms, khugepaged_pages, khugepaged_defrag; numa_nodes,
 * numa_balancing, ksm_run, kfence_interval_ms; cgroup_version,
 * cgroup_memory_bytes and cgroup_cpus where they limit; perf_event_paranoid,
 * unprivileged_userfaultfd, lockdown.
 */
json_t *environment_boot(const char *sysroot);

/*
 * The files that it reads of a machine that is not this one, which shows them
 * one by one; NULL behind the last.  Some are in no boot record.
 */
const char *environment_file_at(size_t i);
size_t environment_nr_files(void);

/* The kernel's boot id, or "unknown". */
const char *environment_boot_id(const char *sysroot, char buf[48]);

/* Read before and after each launch. */
struct environment_sample {
	double load1;
	uint64_t steal_ticks, irq_ticks; /* all CPUs, since boot */
};

int environment_sample(const char *sysroot, struct environment_sample *ret);

/* Bytes that a launch may take: the least of MemAvailable and cgroup limits. */
uint64_t environment_memory_available(const char *sysroot);

/* MemAvailable alone, UINT64_MAX if it cannot be read. */
uint64_t environment_memory_of_machine(const char *sysroot);

/**
 * struct environment_warning - something that makes numbers worthless
 * @what:	"debug kernel", "steal", ...
 * @why:	what was seen, and what to change
 * @worthless:	timings mean nothing; else they are merely worse
 */
struct environment_warning {
	char what[40];
	char why[240];
	int worthless;
};

/* How many warnings were written, at most @max. */
size_t environment_warnings(const char *sysroot,
			    struct environment_warning *ret, size_t max);

#endif
