// SPDX-License-Identifier: GPL-2.0-only
/* Captured and composed /proc and /sys trees below tests/fixtures. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bench/environment.h"
#include "bench/environment_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define QUIET  FIXTURES "/sysroot-quiet"
#define LOADED FIXTURES "/sysroot-loaded"
#define HOLES  FIXTURES "/sysroot-holes"

enum {
	MAX_WARNINGS = 32
};

/* "absent" stands for a field that must not be there. */
static const struct {
	const char *sysroot;
	const char *key;
	const char *value;
} field_rows[] = {
	{ QUIET, "type", "boot" },
	{ QUIET, "boot", "0f2c6f5e-2f7a-4a55-9c38-5b4f6a1d2e90" },
	{ QUIET, "kernel", "6.12.94-example-amd64" },
	{ QUIET, "kernel_version", "#1 SMP PREEMPT_DYNAMIC Example 6.12.94-1" },
	{ QUIET, "machine", "x86_64" },
	{ QUIET, "build_id", "000102030405060708090a0b0c0d0e0f10111213" },
	{ QUIET, "cmdline", "root=/dev/sda1 ro isolcpus=8-15 quiet" },
	{ QUIET, "cpu_model", "Example(R) Server CPU 6230 @ 2.10GHz" },
	{ QUIET, "cpu_model_number", "85" },
	{ QUIET, "microcode", "0x5003707" },
	{ QUIET, "cpus_online", "16" },
	{ QUIET, "isolated_cpus", "8-15" },
	{ QUIET, "smt", "off" },
	{ QUIET, "smt_active", "0" },
	{ QUIET, "mitigations.meltdown", "Not affected" },
	{ QUIET, "thp_enabled", "madvise" },
	{ QUIET, "thp_defrag", "madvise" },
	{ QUIET, "thp_shmem_enabled", "never" },
	{ QUIET, "hpage_bytes", "2097152" },
	{ QUIET, "mthp.64kB", "never" },
	{ QUIET, "mthp.2048kB", "inherit" },
	{ QUIET, "khugepaged_scan_ms", "10000" },
	{ QUIET, "khugepaged_pages", "4096" },
	{ QUIET, "numa_nodes", "2" },
	{ QUIET, "numa_balancing", "0" },
	{ QUIET, "cgroup_version", "2" },
	{ QUIET, "cgroup_memory_bytes", "absent" },
	{ QUIET, "cgroup_cpus", "absent" },
	{ QUIET, "ksm_run", "0" },
	{ QUIET, "governor", "performance" },
	{ QUIET, "no_turbo", "1" },
	{ QUIET, "boost", "absent" },
	{ QUIET, "clocksource", "tsc" },
	{ QUIET, "hypervisor", "false" },
	{ QUIET, "hypervisor_name", "absent" },
	{ QUIET, "pv_tlb_flush", "absent" },
	{ QUIET, "memory_bytes", "67108864000" },
	{ QUIET, "swap_bytes", "0" },
	{ QUIET, "swap", "[]" },
	{ QUIET, "perf_event_paranoid", "-1" },
	{ QUIET, "unprivileged_userfaultfd", "1" },
	{ QUIET, "lockdown", "none" },
	{ QUIET, "debug", "[]" },
	{ QUIET, "kfence_interval_ms", "absent" },
	{ LOADED, "hypervisor", "true" },
	{ LOADED, "smt_active", "1" },
	{ LOADED, "thp_enabled", "always" },
	{ LOADED, "cgroup_memory_bytes", "2147483648" },
	{ LOADED, "cgroup_cpus", "1.5" },
	{ LOADED, "swap",
	  "[{\"name\":\"/dev/zram0\",\"type\":\"partition\",\"size_bytes\":"
	  "4294963200,\"used_bytes\":1048576,\"priority\":100}]" },
	{ LOADED, "boost", "1" },
	{ LOADED, "isolated_cpus", "absent" },
	{ LOADED, "config_hash", "absent" },
	{ LOADED, "debug",
	  "[\"KASAN\",\"LOCKDEP\",\"DEBUG_VM\",\"slub_debug\",\"page_owner\"]" },
	{ HOLES, "boot", "unknown" },
	{ HOLES, "kernel", "../../etc/passwd" },
	{ HOLES, "cmdline", "absent" },
	{ HOLES, "build_id", "absent" },
	{ HOLES, "config_hash", "absent" },
	{ HOLES, "cpu_model", "absent" },
	{ HOLES, "cpu_vendor", "0x41" },
	{ HOLES, "cpus_online", "absent" },
	{ HOLES, "memory_bytes", "absent" },
	{ HOLES, "swap_bytes", "absent" },
	{ HOLES, "swap", "absent" },
	{ HOLES, "thp_enabled", "absent" },
	{ HOLES, "hpage_bytes", "absent" },
	{ HOLES, "hypervisor", "absent" },
	{ HOLES, "mitigations", "absent" },
	{ HOLES, "mthp", "absent" },
	{ HOLES, "numa_nodes", "absent" },
	{ HOLES, "perf_event_paranoid", "absent" },
	{ HOLES, "debug", "absent" },
	{ HOLES, "cgroup_version", "1" },
	{ HOLES, "cgroup_memory_bytes", "absent" },
	{ HOLES, "cgroup_cpus", "0.5" },
};

/* "mthp.64kB" goes one level down. */
static const json_t *field(const json_t *boot, const char *key)
{
	const char *dot = strchr(key, '.');
	char outer[64];

	if (!dot)
		return json_object_get(boot, key);

	snprintf(outer, sizeof(outer), "%.*s", (int)(dot - key), key);
	return json_object_get(json_object_get(boot, outer), dot + 1);
}

static void print_field(const json_t *value, char *buf, size_t size)
{
	size_t len;

	if (!value) {
		snprintf(buf, size, "absent");
	} else if (json_is_string(value)) {
		snprintf(buf, size, "%s", json_string_value(value));
	} else {
		len = json_dumpb(value, buf, size - 1,
				 JSON_ENCODE_ANY | JSON_COMPACT);
		buf[len < size ? len : 0] = '\0';
	}
}

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(*field_rows); i++) {
		json_t *boot = environment_boot(field_rows[i].sysroot);
		char seen[256];

		print_field(field(boot, field_rows[i].key), seen, sizeof(seen));
		if (strcmp(seen, field_rows[i].value) != 0)
			fail_msg("%s of %s: `%s`, not `%s`", field_rows[i].key,
				 field_rows[i].sysroot, seen,
				 field_rows[i].value);
		json_decref(boot);
	}
}

static void test_config_hash(void **state)
{
	json_t *boot = environment_boot(QUIET);
	const char *hash;

	(void)state;
	hash = json_string_value(json_object_get(boot, "config_hash"));
	assert_non_null(hash);
	assert_int_equal(strspn(hash, "0123456789abcdef"), 16);
	json_decref(boot);
}

static const struct {
	const char *sysroot;
	int err;
	double load1;
	uint64_t steal, irq;
} sample_rows[] = {
	{ QUIET, 0, 0.03, 0, 110 },
	{ LOADED, 0, 12.5, 7777, 110 },
	{ HOLES, -EINVAL },
	{ FIXTURES "/nothing-here", -ENOENT },
};

static void test_sample(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sample_rows) / sizeof(*sample_rows);
	     i++) {
		struct environment_sample s = { .load1 = -1 };
		int err = environment_sample(sample_rows[i].sysroot, &s);

		if (err != sample_rows[i].err)
			fail_msg("%s: %d", sample_rows[i].sysroot, err);
		if (err && s.load1 != -1)
			fail_msg("%s: written", sample_rows[i].sysroot);
		if (!err && (s.load1 != sample_rows[i].load1 ||
			     s.steal_ticks != sample_rows[i].steal ||
			     s.irq_ticks != sample_rows[i].irq))
			fail_msg("%s: %f %ju %ju", sample_rows[i].sysroot,
				 s.load1, (uintmax_t)s.steal_ticks,
				 (uintmax_t)s.irq_ticks);
	}
}

static void test_memory_available(void **state)
{
	static const struct {
		const char *sysroot;
		uint64_t bytes;
	} rows[] = {
		{ QUIET, UINT64_C(62000000) << 10 },
		/* 2 GiB limit, 1.5 in use, 1 of that is idle page cache */
		{ LOADED, UINT64_C(1536) << 20 },
		{ HOLES, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t seen = environment_memory_available(rows[i].sysroot);

		if (seen != rows[i].bytes)
			fail_msg("%s: %ju", rows[i].sysroot, (uintmax_t)seen);
	}
}

static const struct environment_warning *find_warning(
	const struct environment_warning *w, size_t nr, const char *what)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(w[i].what, what))
			return &w[i];

	return NULL;
}

/* Words that the sentence must hold; NULL: no such warning. */
static const struct {
	const char *what;
	int worthless;
	const char *words;
} loaded_rows[] = {
	{ "debug kernel", 1, "KASAN, LOCKDEP, slub_debug" },
	{ "CPU quota", 1, "1.5 CPUs" },
	{ "load", 1, "12.5 on 4 CPUs" },
	{ "memory limit", 0, "2048 MiB" },
	{ "debug options", 0, "DEBUG_VM, page_owner" },
	{ "governor", 0, "schedutil" },
	{ "turbo", 0, "cpufreq/boost" },
	{ "slow clock", 0, "kvm-clock" },
	{ "throttling", 0, "7 times" },
	{ "SMT", 0, "one-per-core" },
	{ "THP always", 0, "madvise" },
	{ "KSM", 0, "ksmd" },
	{ "NUMA balancing", 0, "numa_balancing=0" },
	{ "KFENCE", 0, "100 ms" },
	{ "shared CPUs", 0, "isolcpus" },
	{ "steal", 0, NULL },
	{ "emulated processor", 0, NULL },
	{ "RLIMIT_MEMLOCK", 0, NULL },
};

static void test_loaded_machine(void **state)
{
	struct environment_warning w[MAX_WARNINGS];
	size_t nr = environment_warnings(LOADED, w, MAX_WARNINGS);

	(void)state;
	for (size_t i = 0; i < sizeof(loaded_rows) / sizeof(*loaded_rows);
	     i++) {
		const struct environment_warning *found = find_warning(
			w, nr, loaded_rows[i].what);

		if (!found != !loaded_rows[i].words)
			fail_msg("%s: %s", loaded_rows[i].what,
				 found ? found->why : "not warned");
		if (found && loaded_rows[i].words &&
		    (found->worthless != loaded_rows[i].worthless ||
		     !strstr(found->why, loaded_rows[i].words)))
			fail_msg("%s: %d, %s", loaded_rows[i].what,
				 found->worthless, found->why);
	}

	for (size_t i = 1; i < nr; i++)
		if (w[i].worthless > w[i - 1].worthless)
			fail_msg("%s stands behind a lesser one", w[i].what);
	assert_int_equal(environment_warnings(LOADED, w, 2), 2);
}

static void test_quiet_machines(void **state)
{
	static const char *const rows[] = { QUIET, HOLES };
	struct environment_warning w[MAX_WARNINGS];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t nr = environment_warnings(rows[i], w, MAX_WARNINGS);

		/* The build's own, and the quota that a hole does show. */
		for (size_t j = 0; j < nr; j++)
			if (strcmp(w[j].what, "build of faultline") != 0 &&
			    !(i == 1 && !strcmp(w[j].what, "CPU quota")))
				fail_msg("%s: %s, %s", rows[i], w[j].what,
					 w[j].why);
	}
}

static const struct judge_row {
	const char *boot;
	struct environment_now now;
	const char *what; /* NULL: nothing to say */
	int worthless;
} judge_rows[] = {
	{ "{}", { .comparable_build = true, .memlock_bytes = -1 }, NULL, 0 },
	{ "{}", { .memlock_bytes = -1 }, "build of faultline", 1 },
	{ "{\"pv_tlb_flush\":true}",
	  { .comparable_build = true, .memlock_bytes = -1 },
	  "paravirtual TLB flush",
	  0 },
	{ "{\"hypervisor_name\":\"TCGTCGTCGTCG\"}",
	  { .comparable_build = true, .memlock_bytes = -1 },
	  "emulated processor",
	  1 },
	{ "{\"clocksource\":\"hpet\",\"isolated_cpus\":\"1\"}",
	  { .comparable_build = true, .memlock_bytes = -1 },
	  "slow clock",
	  1 },
	{ "{}",
	  { .comparable_build = true, .memlock_bytes = -1, .steal_share = .01 },
	  "steal",
	  0 },
	{ "{}",
	  { .comparable_build = true, .memlock_bytes = -1, .steal_share = .3 },
	  "steal",
	  1 },
	{ "{}",
	  { .comparable_build = true, .memlock_bytes = 8 << 20 },
	  "RLIMIT_MEMLOCK",
	  0 },
	{ "{}",
	  { .comparable_build = true,
	    .memlock_bytes = -1,
	    .throttles = UINT64_MAX },
	  NULL,
	  0 },
	{ "{\"cpus_online\":4}",
	  { .comparable_build = true,
	    .memlock_bytes = -1,
	    .load_known = true,
	    .load1 = 2.0 },
	  NULL,
	  0 },
	{ "{\"cpus_online\":4}",
	  { .comparable_build = true,
	    .memlock_bytes = -1,
	    .load_known = true,
	    .load1 = 2.1 },
	  "load",
	  0 },
	{ "{\"debug\":[7,null,\"KASAN\"]}",
	  { .comparable_build = true, .memlock_bytes = -1 },
	  "debug kernel",
	  1 },
};

static void test_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(judge_rows) / sizeof(*judge_rows); i++) {
		json_t *boot = json_loads(judge_rows[i].boot, 0, NULL);
		struct environment_warning w[MAX_WARNINGS];
		size_t nr = environment_judge(boot, &judge_rows[i].now, w,
					      MAX_WARNINGS);
		const char *what = judge_rows[i].what;

		if (nr != (what ? 1 : 0))
			fail_msg("row %zu: %zu warnings", i, nr);
		if (what && (strcmp(w[0].what, what) != 0 ||
			     w[0].worthless != judge_rows[i].worthless))
			fail_msg("row %zu: %s, %d", i, w[0].what,
				 w[0].worthless);
		json_decref(boot);
	}
}

static void test_list_count(void **state)
{
	static const struct {
		const char *list;
		uint64_t count;
	} rows[] = {
		{ "0", 1 },	  { "0-3,8", 5 }, { "", 0 },
		{ "0-3,x", 0 },	  { "3-1", 0 },	  { "0-99999999999", 0 },
		{ "0-511\n", 0 }, { "-", 0 },	  { "0,2,4-7", 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (environment_list_count(rows[i].list) != rows[i].count)
			fail_msg("`%s`", rows[i].list);
}

/* Here nothing is known but that it does not fail. */
static void test_this_machine(void **state)
{
	struct environment_sample s;
	json_t *boot = environment_boot("");

	(void)state;
	assert_true(json_is_string(json_object_get(boot, "kernel")));
	assert_true(json_is_string(json_object_get(boot, "machine")));
	assert_true(json_integer_value(json_object_get(boot, "page_bytes")) >=
		    4096);
	assert_int_equal(environment_sample("", &s), 0);
	assert_true(environment_memory_available("") > 0);
	json_decref(boot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_config_hash),
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_memory_available),
		cmocka_unit_test(test_loaded_machine),
		cmocka_unit_test(test_quiet_machines),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_list_count),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
