// SPDX-License-Identifier: GPL-2.0-only
/* What changes while a run goes on: load, stolen time, memory left. */
#include "bench/environment.h"
#include "bench/environment_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	BOOT_ID_BYTES = 48
};

const char *environment_boot_id(const char *sysroot, char buf[48])
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	char text[BOOT_ID_BYTES], *id;

	id = environment_line(sysroot, path, text, sizeof(text));
	if (!id || !*id || strspn(id, "0123456789abcdef-") != strlen(id))
		snprintf(buf, BOOT_ID_BYTES, "unknown");
	else
		snprintf(buf, BOOT_ID_BYTES, "%s", id);

	return buf;
}

/* The order of the columns, fixed since 2.6.11. */
enum {
	STAT_IRQ = 5,
	STAT_SOFTIRQ,
	STAT_STEAL,
	NR_STAT
};

static int read_ticks(const char *sysroot, struct environment_sample *ret)
{
	char buf[ENVIRONMENT_LINE_BYTES], *row;
	uint64_t ticks[NR_STAT];

	row = environment_row(sysroot, "/proc/stat", "cpu", buf, sizeof(buf));
	if (!row)
		return -ENOENT;

	if (environment_numbers(row, ticks, NR_STAT) != NR_STAT)
		return -EINVAL;

	ret->steal_ticks = ticks[STAT_STEAL];
	ret->irq_ticks = ticks[STAT_IRQ] + ticks[STAT_SOFTIRQ];
	return 0;
}

int environment_sample(const char *sysroot, struct environment_sample *ret)
{
	struct environment_sample sample = { 0 };
	char buf[128], *line, *end;
	int err;

	line = environment_line(sysroot, "/proc/loadavg", buf, sizeof(buf));
	if (!line)
		return -ENOENT;

	sample.load1 = strtod(line, &end);
	if (end == line || !(sample.load1 >= 0 && sample.load1 < 1e9))
		return -EINVAL;

	err = read_ticks(sysroot, &sample);
	if (!err)
		*ret = sample;
	return err;
}

uint64_t environment_memory_of_machine(const char *sysroot)
{
	char buf[128], *row;
	uint64_t kib, bytes = UINT64_MAX;

	row = environment_row(sysroot, "/proc/meminfo", "MemAvailable", buf,
			      sizeof(buf));
	if (row && environment_numbers(row, &kib, 1) && kib < UINT64_MAX >> 10)
		bytes = kib << 10;
	return bytes;
}

uint64_t environment_memory_available(const char *sysroot)
{
	uint64_t bytes = environment_memory_of_machine(sysroot);
	struct environment_cgroup cgroup;

	environment_cgroup(sysroot, &cgroup);
	return cgroup.memory_left < bytes ? cgroup.memory_left : bytes;
}
