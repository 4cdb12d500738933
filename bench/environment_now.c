// SPDX-License-Identifier: GPL-2.0-only
/* Looks at the machine for a fifth of a second and hands over to the judge. */
#include "bench/environment_read.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	WATCH_MS = 200,
	MAX_THROTTLE_CPUS = 1024
};

static uint64_t count_throttles(const char *sysroot)
{
	static const char *const names[] = { "core", "package" };
	uint64_t sum = 0, count;

	for (unsigned cpu = 0; cpu < MAX_THROTTLE_CPUS; cpu++) {
		bool there = false;

		for (size_t i = 0; i < 2; i++) {
			char path[128];

			snprintf(path, sizeof(path),
				 "/sys/devices/system/cpu/cpu%u/"
				 "thermal_throttle/%s_throttle_count",
				 cpu, names[i]);
			if (!environment_u64(sysroot, path, &count))
				continue;
			sum += count;
			there = true;
		}
		if (!there)
			return cpu ? sum : UINT64_MAX;
	}
	return sum;
}

/* Ticks are all CPUs'; a captured tree does not move. */
static double watch_steal(const char *sysroot, uint64_t nr_cpus,
			  uint64_t before_ticks)
{
	const struct timespec pause = { .tv_nsec = WATCH_MS * 1000000L };
	double ticks = (double)sysconf(_SC_CLK_TCK) * WATCH_MS / 1000;
	struct environment_sample after;

	if (*sysroot || !nr_cpus || nanosleep(&pause, NULL) ||
	    environment_sample(sysroot, &after) ||
	    after.steal_ticks < before_ticks)
		return 0;

	return (double)(after.steal_ticks - before_ticks) /
	       (ticks * (double)nr_cpus);
}

static uint64_t memlock_limit(const char *sysroot)
{
	struct rlimit limit;

	if (*sysroot || !geteuid() || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;

	return limit.rlim_cur;
}

size_t environment_warnings(const char *sysroot,
			    struct environment_warning *ret, size_t max)
{
	struct environment_now now = {
		.comparable_build = FL_BUILD_COMPARABLE
	};
	json_t *boot = environment_boot(sysroot);
	json_int_t cpus = json_integer_value(
		json_object_get(boot, "cpus_online"));
	struct environment_sample sample;
	size_t nr;

	if (!environment_sample(sysroot, &sample)) {
		now.load_known = true;
		now.load1 = sample.load1;
		now.steal_share = watch_steal(sysroot, (uint64_t)cpus,
					      sample.steal_ticks);
	}
	now.throttles = count_throttles(sysroot);
	now.memlock_bytes = memlock_limit(sysroot);

	nr = environment_judge(boot, &now, ret, max);
	json_decref(boot);
	return nr;
}
