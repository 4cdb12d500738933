// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the control groups allow.  A limit may be set on the process's own group
 * or on any above it, so all of them are read.  Version 1 and 2 may be mounted
 * side by side: a controller named in /proc/self/cgroup is a version 1 one.
 *
 * In a container the path of /proc/self/cgroup may not exist below the mount;
 * then the mount itself is the container's own group.
 */
#include "bench/environment_read.h"

#include <stdlib.h>
#include <string.h>

static const char *const v2_mounts[] = {
	"/sys/fs/cgroup",
	"/sys/fs/cgroup/unified",
};

/* One controller's hierarchy and our group in it. */
struct hierarchy {
	unsigned version; /* 0: not found */
	char mount[64];
	char group[512]; /* below the mount, "" for its root */
};

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = list; s; s = strchr(s, ',')) {
		s += *s == ',';
		if (!strncmp(s, word, len) && (!s[len] || s[len] == ','))
			return true;
	}
	return false;
}

static void take_group(struct hierarchy *h, const char *group)
{
	size_t len = strcspn(group, "\n");

	while (len && group[len - 1] == '/')
		len--;

	if (len >= sizeof(h->group) || strstr(group, ".."))
		len = 0;

	memcpy(h->group, group, len);
	h->group[len] = '\0';
}

/* A line "4:memory:/path" or, for version 2, "0::/path". */
static void take_line(struct hierarchy *h, const char *controller, char *line)
{
	char *list = strchr(line, ':'), *group;

	if (!list)
		return;

	group = strchr(++list, ':');
	if (!group)
		return;

	*group++ = '\0';
	if (has_word(list, controller)) {
		h->version = 1;
		snprintf(h->mount, sizeof(h->mount), "/sys/fs/cgroup/%s",
			 controller);
		take_group(h, group);
	} else if (!*list && h->version != 1) {
		h->version = 2;
		take_group(h, group);
	}
}

static bool file_there(const char *sysroot, const char *folder,
		       const char *name)
{
	char path[ENVIRONMENT_PATH_BYTES];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = environment_open(sysroot, path);
	if (!file)
		return false;

	fclose(file);
	return true;
}

static void find_v2_mount(const char *sysroot, struct hierarchy *h)
{
	h->version = 0;
	for (size_t i = 0; i < sizeof(v2_mounts) / sizeof(*v2_mounts); i++) {
		if (!file_there(sysroot, v2_mounts[i], "cgroup.controllers"))
			continue;
		h->version = 2;
		snprintf(h->mount, sizeof(h->mount), "%s", v2_mounts[i]);
		return;
	}
}

static void find(const char *sysroot, const char *controller,
		 struct hierarchy *ret)
{
	char line[ENVIRONMENT_LINE_BYTES];
	FILE *file = environment_open(sysroot, "/proc/self/cgroup");

	*ret = (struct hierarchy){ 0 };
	if (!file)
		return;

	while (fgets(line, sizeof(line), file))
		take_line(ret, controller, line);
	fclose(file);

	if (ret->version == 2)
		find_v2_mount(sysroot, ret);
}

/* A file of the group; "" if its name is too long to be there. */
static const char *file_of(const struct hierarchy *h, const char *name,
			   char buf[ENVIRONMENT_PATH_BYTES])
{
	int len = snprintf(buf, ENVIRONMENT_PATH_BYTES, "%s%s/%s", h->mount,
			   h->group, name);

	if (len >= ENVIRONMENT_PATH_BYTES)
		*buf = '\0';
	return buf;
}

static bool go_up(struct hierarchy *h)
{
	char *slash = strrchr(h->group, '/');

	if (!slash)
		return false;

	*slash = '\0';
	return true;
}

/* "max" and version 1's huge number are no limit. */
static uint64_t read_limit(const char *sysroot, const struct hierarchy *h,
			   const char *name)
{
	char path[ENVIRONMENT_PATH_BYTES];
	uint64_t value;

	if (!environment_u64(sysroot, file_of(h, name, path), &value) ||
	    value > INT64_MAX / 2)
		return UINT64_MAX;

	return value;
}

/* Pages of files that nobody uses are given back before a limit bites. */
static uint64_t used_bytes(const char *sysroot, const struct hierarchy *h)
{
	bool v1 = h->version == 1;
	char path[ENVIRONMENT_PATH_BYTES], buf[128], *text;
	uint64_t used, idle = 0;

	used = read_limit(sysroot, h,
			  v1 ? "memory.usage_in_bytes" : "memory.current");
	if (used == UINT64_MAX)
		return 0;

	text = environment_row(sysroot, file_of(h, "memory.stat", path),
			       v1 ? "total_inactive_file" : "inactive_file",
			       buf, sizeof(buf));
	if (text)
		environment_numbers(text, &idle, 1);

	return idle < used ? used - idle : 0;
}

static void read_memory(const char *sysroot, struct hierarchy *h,
			struct environment_cgroup *ret)
{
	const char *name = h->version == 1 ? "memory.limit_in_bytes"
					   : "memory.max";

	do {
		uint64_t limit = read_limit(sysroot, h, name);
		uint64_t used;

		if (limit == UINT64_MAX)
			continue;

		used = used_bytes(sysroot, h);
		used = used < limit ? used : limit;
		if (limit < ret->memory_bytes)
			ret->memory_bytes = limit;
		if (limit - used < ret->memory_left)
			ret->memory_left = limit - used;
	} while (go_up(h));
}

/* Version 1 limits memory and swap as one, which says nothing of swap alone. */
static void read_swap(const char *sysroot, struct hierarchy *h,
		      struct environment_cgroup *ret)
{
	if (h->version != 2)
		return;

	do {
		uint64_t limit = read_limit(sysroot, h, "memory.swap.max");
		uint64_t used = read_limit(sysroot, h, "memory.swap.current");

		if (limit == UINT64_MAX)
			continue;
		if (used == UINT64_MAX)
			used = 0;
		used = used < limit ? used : limit;
		if (limit - used < ret->swap_left)
			ret->swap_left = limit - used;
	} while (go_up(h));
}

/* CPUs that the quota of one group pays for; 0: no quota. */
static double quota_of(const char *sysroot, const struct hierarchy *h)
{
	uint64_t both[2]; /* quota, period */

	if (h->version == 1) {
		both[0] = read_limit(sysroot, h, "cpu.cfs_quota_us");
		both[1] = read_limit(sysroot, h, "cpu.cfs_period_us");
		if (both[0] == UINT64_MAX || both[1] == UINT64_MAX)
			return 0;
	} else {
		char path[ENVIRONMENT_PATH_BYTES], buf[64], *line;

		line = environment_line(sysroot, file_of(h, "cpu.max", path),
					buf, sizeof(buf));
		if (!line || environment_numbers(line, both, 2) != 2)
			return 0;
	}
	return both[1] ? (double)both[0] / (double)both[1] : 0;
}

static void read_cpu(const char *sysroot, struct hierarchy *h,
		     struct environment_cgroup *ret)
{
	do {
		double cpus = quota_of(sysroot, h);

		if (cpus > 0 && (ret->cpus == 0 || cpus < ret->cpus))
			ret->cpus = cpus;
	} while (go_up(h));
}

void environment_cgroup(const char *sysroot, struct environment_cgroup *ret)
{
	struct hierarchy h;

	*ret = (struct environment_cgroup){ .memory_bytes = UINT64_MAX,
					    .memory_left = UINT64_MAX,
					    .swap_left = UINT64_MAX };
	find(sysroot, "memory", &h);
	ret->version = h.version;
	if (h.version) {
		struct hierarchy again = h;

		read_memory(sysroot, &h, ret);
		read_swap(sysroot, &again, ret);
	}

	find(sysroot, "cpu", &h);
	if (h.version)
		read_cpu(sysroot, &h, ret);
}
