// SPDX-License-Identifier: GPL-2.0-only
/* The boot record: what made the numbers, field by field. */
#include "bench/environment_read.h"
#include "bench/swaps.h"

#include "common/knob_value.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define THP "/sys/kernel/mm/transparent_hugepage"
#define CPU "/sys/devices/system/cpu"

enum {
	MAX_ENTRIES = 64
}; /* of a folder that gives one field each */

/* Fields that are the first line of a file. */
static const struct {
	const char *key;
	const char *path;
} text_rows[] = {
	{ "kernel", "/proc/sys/kernel/osrelease" },
	{ "kernel_version", "/proc/sys/kernel/version" },
	{ "machine", "/proc/sys/kernel/arch" },
	{ "cmdline", "/proc/cmdline" },
	{ "smt", CPU "/smt/control" },
	{ "governor", CPU "/cpu0/cpufreq/scaling_governor" },
	{ "isolated_cpus", CPU "/isolated" },
	{ "clocksource",
	  "/sys/devices/system/clocksource/clocksource0/current_clocksource" },
};

/* Fields that are the bracketed word of the first line. */
static const struct {
	const char *key;
	const char *path;
} choice_rows[] = {
	{ "thp_enabled", THP "/enabled" },
	{ "thp_defrag", THP "/defrag" },
	{ "thp_shmem_enabled", THP "/shmem_enabled" },
	{ "lockdown", "/sys/kernel/security/lockdown" },
};

static const struct {
	const char *key;
	const char *path;
} number_rows[] = {
	{ "smt_active", CPU "/smt/active" },
	{ "hpage_bytes", THP "/hpage_pmd_size" },
	{ "khugepaged_scan_ms", THP "/khugepaged/scan_sleep_millisecs" },
	{ "khugepaged_pages", THP "/khugepaged/pages_to_scan" },
	{ "khugepaged_defrag", THP "/khugepaged/defrag" },
	{ "numa_balancing", "/proc/sys/kernel/numa_balancing" },
	{ "ksm_run", "/sys/kernel/mm/ksm/run" },
	{ "no_turbo", CPU "/intel_pstate/no_turbo" },
	{ "boost", CPU "/cpufreq/boost" },
	{ "kfence_interval_ms",
	  "/sys/module/kfence/parameters/sample_interval" },
	{ "unprivileged_userfaultfd", "/proc/sys/vm/unprivileged_userfaultfd" },
};

/* Rows of /proc/cpuinfo; each architecture has some of them. */
static const struct {
	const char *key;
	const char *rows[3];
} cpu_rows[] = {
	{ "cpu_model", { "model name", "uarch", "cpu model" } },
	{ "cpu_vendor", { "vendor_id", "CPU implementer" } },
	{ "cpu_family", { "cpu family", "CPU architecture" } },
	{ "cpu_model_number", { "model", "CPU part" } },
	{ "cpu_stepping", { "stepping", "CPU revision" } },
	{ "microcode", { "microcode" } },
};

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

static void set_text(json_t *boot, const char *key, const char *text)
{
	if (text && *text)
		json_object_set_new(boot, key, json_string(text));
}

static void set_u64(json_t *boot, const char *key, uint64_t value)
{
	if (value <= INT64_MAX)
		json_object_set_new(boot, key, json_integer((json_int_t)value));
}

static void add_texts(const char *sysroot, json_t *boot)
{
	char buf[ENVIRONMENT_LINE_BYTES];

	for (size_t i = 0; i < NR(text_rows); i++)
		set_text(boot, text_rows[i].key,
			 environment_line(sysroot, text_rows[i].path, buf,
					  sizeof(buf)));

	for (size_t i = 0; i < NR(choice_rows); i++) {
		char *line = environment_line(sysroot, choice_rows[i].path, buf,
					      sizeof(buf));

		if (line)
			set_text(boot, choice_rows[i].key,
				 knob_value_selected(line));
	}
}

static void add_numbers(const char *sysroot, json_t *boot)
{
	char buf[64], *line;
	uint64_t value;

	for (size_t i = 0; i < NR(number_rows); i++)
		if (environment_u64(sysroot, number_rows[i].path, &value))
			set_u64(boot, number_rows[i].key, value);

	/* -1 is one of its values. */
	line = environment_line(sysroot, "/proc/sys/kernel/perf_event_paranoid",
				buf, sizeof(buf));
	if (line && *line)
		json_object_set_new(boot, "perf_event_paranoid",
				    json_integer(strtol(line, NULL, 10)));
}

static void add_cpu(const char *sysroot, json_t *boot)
{
	char buf[ENVIRONMENT_LINE_BYTES], *value;

	for (size_t i = 0; i < NR(cpu_rows); i++)
		for (size_t j = 0; j < 3 && cpu_rows[i].rows[j]; j++) {
			value = environment_row(sysroot, "/proc/cpuinfo",
						cpu_rows[i].rows[j], buf,
						sizeof(buf));
			if (value && !json_object_get(boot, cpu_rows[i].key))
				set_text(boot, cpu_rows[i].key, value);
		}

	value = environment_line(sysroot, CPU "/online", buf, sizeof(buf));
	if (value && environment_list_count(value))
		set_u64(boot, "cpus_online", environment_list_count(value));
}

static void add_memory(const char *sysroot, json_t *boot)
{
	static const struct {
		const char *key, *row;
	} rows[] = {
		{ "memory_bytes", "MemTotal" },
		{ "swap_bytes", "SwapTotal" },
	};
	char buf[256], *value;
	uint64_t kib;

	for (size_t i = 0; i < NR(rows); i++) {
		value = environment_row(sysroot, "/proc/meminfo", rows[i].row,
					buf, sizeof(buf));
		if (value && environment_numbers(value, &kib, 1) &&
		    kib < INT64_MAX >> 10)
			set_u64(boot, rows[i].key, kib << 10);
	}

	value = environment_line(sysroot, "/sys/devices/system/node/online",
				 buf, sizeof(buf));
	if (value && environment_list_count(value))
		set_u64(boot, "numa_nodes", environment_list_count(value));
}

static void add_cgroup(const char *sysroot, json_t *boot)
{
	struct environment_cgroup cgroup;

	environment_cgroup(sysroot, &cgroup);
	if (cgroup.version)
		set_u64(boot, "cgroup_version", cgroup.version);
	set_u64(boot, "cgroup_memory_bytes", cgroup.memory_bytes);
	if (cgroup.cpus > 0)
		json_object_set_new(boot, "cgroup_cpus",
				    json_real(cgroup.cpus));
}

static DIR *open_folder(const char *sysroot, const char *path)
{
	char full[ENVIRONMENT_PATH_BYTES];

	snprintf(full, sizeof(full), "%s%s", sysroot, path);
	return opendir(full);
}

/* One field each of an object: the files of a folder. */
static void add_mitigations(const char *sysroot, json_t *boot)
{
	static const char folder[] = CPU "/vulnerabilities";
	DIR *dir = open_folder(sysroot, folder);
	json_t *object;
	const struct dirent *entry;

	if (!dir)
		return;

	object = json_object();
	while ((entry = readdir(dir)) &&
	       json_object_size(object) < MAX_ENTRIES) {
		char path[ENVIRONMENT_PATH_BYTES], buf[512];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		set_text(object, entry->d_name,
			 environment_line(sysroot, path, buf, sizeof(buf)));
	}
	closedir(dir);
	json_object_set_new(boot, "mitigations", object);
}

/* hugepages-64kB/enabled and its like, by size: "64kB": "inherit". */
static void add_mthp(const char *sysroot, json_t *boot)
{
	static const char prefix[] = "hugepages-";
	const size_t len = sizeof(prefix) - 1;
	DIR *dir = open_folder(sysroot, THP);
	json_t *object = json_object();
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) &&
	       json_object_size(object) < MAX_ENTRIES) {
		char path[ENVIRONMENT_PATH_BYTES], buf[128], *line;

		if (strncmp(entry->d_name, prefix, len) != 0)
			continue;
		snprintf(path, sizeof(path), THP "/%s/enabled", entry->d_name);
		line = environment_line(sysroot, path, buf, sizeof(buf));
		if (line)
			set_text(object, entry->d_name + len,
				 knob_value_selected(line));
	}
	if (dir)
		closedir(dir);
	if (json_object_size(object))
		json_object_set(boot, "mthp", object);
	json_decref(object);
}

/* All that is active; without it, it is not known. */
static void add_swap(const char *sysroot, json_t *boot)
{
	struct swap_area areas[SWAPS_MAX];
	int nr = swaps_read(sysroot, areas);
	json_t *array;

	if (nr < 0)
		return;

	array = json_array();
	for (int i = 0; i < nr; i++) {
		json_t *o = json_object();

		set_text(o, "name", areas[i].name);
		set_text(o, "type", areas[i].type);
		set_u64(o, "size_bytes", areas[i].size_bytes);
		set_u64(o, "used_bytes", areas[i].used_bytes);
		json_object_set_new(o, "priority",
				    json_integer(areas[i].priority));
		json_array_append_new(array, o);
	}
	json_object_set_new(boot, "swap", array);
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = words; (s = strstr(s, word)); s += len)
		if ((s == words || s[-1] == ' ') && (!s[len] || s[len] == ' '))
			return true;

	return false;
}

/* The processor flag of x86, or what Xen and s390 export. */
static void add_hypervisor(const char *sysroot, json_t *boot)
{
	char buf[ENVIRONMENT_LINE_BYTES], type[64], *row, *line;

	row = environment_row(sysroot, "/proc/cpuinfo", "flags", buf,
			      sizeof(buf));
	if (row)
		json_object_set_new(boot, "hypervisor",
				    json_boolean(has_word(row, "hypervisor")));

	line = environment_line(sysroot, "/sys/hypervisor/type", type,
				sizeof(type));
	if (line && *line) {
		json_object_set_new(boot, "hypervisor", json_true());
		set_text(boot, "hypervisor_name", line);
	}
}

#if defined(__x86_64__)
/*
 * KVM's leaf of features: bit 9 says that a flush of a virtual CPU that is not
 * running may be left to the host, so that no interrupt is sent.
 */
static void add_cpuid(json_t *boot)
{
	unsigned a, b, c, d;
	char name[13] = "";

	if (!json_is_true(json_object_get(boot, "hypervisor")))
		return;

	__cpuid(0x40000000, a, b, c, d);
	memcpy(name, &b, 4);
	memcpy(name + 4, &c, 4);
	memcpy(name + 8, &d, 4);
	set_text(boot, "hypervisor_name", name);
	if (strcmp(name, "KVMKVMKVM") != 0 || (a && a < 0x40000001))
		return;

	__cpuid(0x40000001, a, b, c, d);
	json_object_set_new(boot, "pv_tlb_flush", json_boolean(a & 1U << 9));
}
#else
static void add_cpuid(json_t *boot)
{
	(void)boot;
}
#endif

static void add_this_machine(json_t *boot)
{
	struct utsname name;

	if (!uname(&name))
		set_text(boot, "machine", name.machine);

	set_u64(boot, "page_bytes", (uint64_t)sysconf(_SC_PAGESIZE));
	add_cpuid(boot);
}

json_t *environment_boot(const char *sysroot)
{
	json_t *boot = json_object();
	char id[48];

	if (!boot)
		return NULL;

	set_text(boot, "type", "boot");
	set_text(boot, "boot", environment_boot_id(sysroot, id));
	add_texts(sysroot, boot);
	add_numbers(sysroot, boot);
	add_cpu(sysroot, boot);
	add_memory(sysroot, boot);
	add_cgroup(sysroot, boot);
	add_mitigations(sysroot, boot);
	add_mthp(sysroot, boot);
	add_swap(sysroot, boot);
	add_hypervisor(sysroot, boot);
	environment_kernel(sysroot, boot);
	if (!*sysroot)
		add_this_machine(boot);
	return boot;
}
