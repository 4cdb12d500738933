// SPDX-License-Identifier: GPL-2.0-only
/*
 * What would spoil the numbers.  The judgement is pure: a boot record and what
 * was seen lately go in, sentences come out, so that it is tested without the
 * machine that it warns of.
 */
#include "bench/environment_read.h"

#include <stdarg.h>
#include <string.h>

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char *text_of(const json_t *boot, const char *key)
{
	const char *text = json_string_value(json_object_get(boot, key));

	return text ? text : "";
}

/* -1 where it is not known. */
static json_int_t number_of(const json_t *boot, const char *key)
{
	const json_t *number = json_object_get(boot, key);

	return json_is_integer(number) ? json_integer_value(number) : -1;
}

static bool is_one_of(const char *word, const char *const *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(word, words[i]))
			return true;

	return false;
}

__attribute__((format(printf, 3, 4))) static bool say(
	struct environment_warning *w, int worthless, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, args);
	va_end(args);
	w->worthless = worthless;
	return true;
}

static bool own_build(const json_t *boot, const struct environment_now *now,
		      struct environment_warning *w)
{
	(void)boot;
	return !now->comparable_build &&
	       say(w, 1,
		   "this faultline was built without optimisation or with a "
		   "sanitizer; build it with --buildtype=debugoptimized and "
		   "-Db_sanitize=none");
}

static bool emulator(const json_t *boot, const struct environment_now *now,
		     struct environment_warning *w)
{
	const char *model = text_of(boot, "cpu_model");
	const char *name = text_of(boot, "hypervisor_name");

	(void)now;
	if (strcmp(name, "TCGTCGTCGTCG") != 0 && !strstr(model, "QEMU TCG") &&
	    strcmp(text_of(boot, "cpu_vendor"), "VirtualApple") != 0)
		return false;

	return say(w, 1,
		   "the processor is emulated or translated (%s); outcomes and "
		   "counts hold, times do not; use a real machine",
		   *model ? model : name);
}

/* Options whose cost drowns what is measured, against those that add to it. */
static const char *const heavy_options[] = {
	"KASAN",	 "KCSAN",	    "KMSAN",
	"KCOV",		 "LOCKDEP",	    "slub_debug",
	"page_poison",	 "DEBUG_PAGEALLOC", "PAGE_TABLE_CHECK",
	"SLUB_DEBUG_ON",
};

static size_t list_options(const json_t *boot, bool heavy, char *buf,
			   size_t size)
{
	const json_t *array = json_object_get(boot, "debug");
	size_t i, nr = 0, len = 0;
	json_t *option;

	json_array_foreach (array, i, option) {
		const char *name = json_string_value(option);

		if (!name ||
		    heavy != is_one_of(name, heavy_options, NR(heavy_options)))
			continue;
		if (len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						nr ? ", " : "", name);
		nr++;
	}
	return nr;
}

static bool debug_kernel(const json_t *boot, const struct environment_now *now,
			 struct environment_warning *w)
{
	char list[100];

	(void)now;
	return list_options(boot, true, list, sizeof(list)) &&
	       say(w, 1,
		   "it runs with %s; boot a kernel without (and without such "
		   "words on its command line)",
		   list);
}

static bool debug_options(const json_t *boot, const struct environment_now *now,
			  struct environment_warning *w)
{
	char list[100];

	(void)now;
	return list_options(boot, false, list, sizeof(list)) &&
	       say(w, 0,
		   "the kernel runs with %s, which adds work to faults; compare "
		   "it only with kernels that do as well",
		   list);
}

static bool slow_clock(const json_t *boot, const struct environment_now *now,
		       struct environment_warning *w)
{
	static const char *const fast[] = {
		"tsc", "arch_sys_counter",  "timebase",
		"tod", "riscv_clocksource", "Constant",
	};
	static const char *const slow[] = { "hpet", "acpi_pm", "jiffies",
					    "refined-jiffies", "pit" };
	const char *name = text_of(boot, "clocksource");

	(void)now;
	if (!*name || is_one_of(name, fast, NR(fast)))
		return false;

	if (is_one_of(name, slow, NR(slow)))
		return say(
			w, 1,
			"the clock is %s, each reading is a slow system call; "
			"boot with tsc=reliable if the TSC can be trusted",
			name);

	return say(w, 0,
		   "the clock is %s, not the processor's own counter; see "
		   "/sys/devices/system/clocksource/clocksource0",
		   name);
}

static bool cpu_quota(const json_t *boot, const struct environment_now *now,
		      struct environment_warning *w)
{
	const json_t *cpus = json_object_get(boot, "cgroup_cpus");

	(void)now;
	return cpus &&
	       say(w, 1,
		   "the control group allows %.2g CPUs a period and stops "
		   "everything when they are used up; raise cpu.max or "
		   "cpu.cfs_quota_us, or leave the group",
		   json_number_value(cpus));
}

static bool steal(const json_t *boot, const struct environment_now *now,
		  struct environment_warning *w)
{
	(void)boot;
	if (now->steal_share < 0.005)
		return false;

	return say(w, now->steal_share > 0.1,
		   "the host took %.1f %% of the CPUs' time just now; use a "
		   "machine of its own, or a time when the host is idle",
		   100 * now->steal_share);
}

static bool load(const json_t *boot, const struct environment_now *now,
		 struct environment_warning *w)
{
	json_int_t cpus = number_of(boot, "cpus_online");

	if (!now->load_known || cpus < 1 || now->load1 <= (double)cpus / 2)
		return false;

	return say(w, now->load1 > 2 * (double)cpus,
		   "the load is %.1f on %" JSON_INTEGER_FORMAT
		   " CPUs; stop what else runs, or wait",
		   now->load1, cpus);
}

static bool memory_limit(const json_t *boot, const struct environment_now *now,
			 struct environment_warning *w)
{
	json_int_t limit = number_of(boot, "cgroup_memory_bytes");
	json_int_t all = number_of(boot, "memory_bytes");

	(void)now;
	if (limit < 0 || (all >= 0 && limit >= all))
		return false;

	return say(w, 0,
		   "the control group is limited to %" JSON_INTEGER_FORMAT
		   " MiB; near the limit a fault reclaims memory first; raise "
		   "memory.max or memory.limit_in_bytes",
		   limit >> 20);
}

static bool throttling(const json_t *boot, const struct environment_now *now,
		       struct environment_warning *w)
{
	(void)boot;
	if (!now->throttles || now->throttles == UINT64_MAX)
		return false;

	return say(w, 0,
		   "the processor was throttled for its heat %llu times since "
		   "boot; cool it, or lower its highest frequency",
		   (unsigned long long)now->throttles);
}

static bool governor(const json_t *boot, const struct environment_now *now,
		     struct environment_warning *w)
{
	const char *name = text_of(boot, "governor");

	(void)now;
	return *name && strcmp(name, "performance") != 0 &&
	       say(w, 0,
		   "the frequency governor is %s, speed follows the load; "
		   "`cpupower frequency-set -g performance`",
		   name);
}

static bool turbo(const json_t *boot, const struct environment_now *now,
		  struct environment_warning *w)
{
	(void)now;
	if (number_of(boot, "no_turbo") != 0 && number_of(boot, "boost") != 1)
		return false;

	return say(
		w, 0,
		"the frequency rises and falls with heat and with the number "
		"of busy CPUs; write %s",
		number_of(boot, "boost") == 1
			? "0 to /sys/devices/system/cpu/cpufreq/boost"
			: "1 to /sys/devices/system/cpu/intel_pstate/no_turbo");
}

static bool pv_flush(const json_t *boot, const struct environment_now *now,
		     struct environment_warning *w)
{
	(void)now;
	return json_is_true(json_object_get(boot, "pv_tlb_flush")) &&
	       say(w, 0,
		   "this is a KVM guest that may leave a TLB flush to the host "
		   "instead of interrupting a CPU that is descheduled; boot with "
		   "nopv, or measure on the bare machine");
}

static bool thp_always(const json_t *boot, const struct environment_now *now,
		       struct environment_warning *w)
{
	(void)now;
	return !strcmp(text_of(boot, "thp_enabled"), "always") &&
	       say(w, 0,
		   "any touch may be a huge fault; workloads ask for what they "
		   "need, but what else runs is moved about by khugepaged; "
		   "write madvise to "
		   "/sys/kernel/mm/transparent_hugepage/enabled");
}

static bool ksm(const json_t *boot, const struct environment_now *now,
		struct environment_warning *w)
{
	(void)now;
	return number_of(boot, "ksm_run") == 1 &&
	       say(w, 0,
		   "ksmd scans memory and takes CPU time; write 0 to "
		   "/sys/kernel/mm/ksm/run");
}

static bool numa_balancing(const json_t *boot,
			   const struct environment_now *now,
			   struct environment_warning *w)
{
	(void)now;
	return number_of(boot, "numa_balancing") > 0 &&
	       number_of(boot, "numa_nodes") > 1 &&
	       say(w, 0,
		   "NUMA balancing unmaps pages to see who uses them, which "
		   "adds faults; `sysctl kernel.numa_balancing=0`");
}

static bool smt(const json_t *boot, const struct environment_now *now,
		struct environment_warning *w)
{
	(void)now;
	return number_of(boot, "smt_active") == 1 &&
	       say(w, 0,
		   "two threads share a core and slow each other down; use the "
		   "placement one-per-core, or write off to "
		   "/sys/devices/system/cpu/smt/control");
}

static bool memlock(const json_t *boot, const struct environment_now *now,
		    struct environment_warning *w)
{
	(void)boot;
	if (now->memlock_bytes >= UINT64_C(64) << 20)
		return false;

	return say(w, 0,
		   "RLIMIT_MEMLOCK is %llu KiB, pinned buffers cannot be "
		   "larger; `ulimit -l` or memlock in limits.conf",
		   (unsigned long long)now->memlock_bytes >> 10);
}

static bool kfence(const json_t *boot, const struct environment_now *now,
		   struct environment_warning *w)
{
	(void)now;
	return number_of(boot, "kfence_interval_ms") > 0 &&
	       say(w, 0,
		   "KFENCE takes one kernel allocation every %" JSON_INTEGER_FORMAT
		   " ms aside, which makes a rare op slow; boot with "
		   "kfence.sample_interval=0",
		   number_of(boot, "kfence_interval_ms"));
}

static bool shared_cpus(const json_t *boot, const struct environment_now *now,
			struct environment_warning *w)
{
	(void)now;
	return *text_of(boot, "clocksource") &&
	       !*text_of(boot, "isolated_cpus") &&
	       say(w, 0,
		   "no CPU is set aside, so others may run where we measure; "
		   "isolcpus= or an isolated cpuset partition gives CPUs of "
		   "one's own");
}

/* Worst first. */
static const struct judge {
	const char *what;
	bool (*judge)(const json_t *boot, const struct environment_now *now,
		      struct environment_warning *w);
} judges[] = {
	{ "build of faultline", own_build },
	{ "emulated processor", emulator },
	{ "debug kernel", debug_kernel },
	{ "slow clock", slow_clock },
	{ "CPU quota", cpu_quota },
	{ "steal", steal },
	{ "load", load },
	{ "throttling", throttling },
	{ "memory limit", memory_limit },
	{ "debug options", debug_options },
	{ "governor", governor },
	{ "paravirtual TLB flush", pv_flush },
	{ "turbo", turbo },
	{ "SMT", smt },
	{ "THP always", thp_always },
	{ "KSM", ksm },
	{ "NUMA balancing", numa_balancing },
	{ "RLIMIT_MEMLOCK", memlock },
	{ "KFENCE", kfence },
	{ "shared CPUs", shared_cpus },
};

size_t environment_judge(const json_t *boot, const struct environment_now *now,
			 struct environment_warning *ret, size_t max)
{
	size_t nr = 0;

	for (int worthless = 1; worthless >= 0; worthless--)
		for (size_t i = 0; i < NR(judges) && nr < max; i++) {
			struct environment_warning w = { 0 };

			if (!judges[i].judge(boot, now, &w) ||
			    w.worthless != worthless)
				continue;
			snprintf(w.what, sizeof(w.what), "%s", judges[i].what);
			ret[nr++] = w;
		}
	return nr;
}
