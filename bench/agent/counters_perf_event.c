// SPDX-License-Identifier: GPL-2.0-only
/* Counter groups by perf_event_open(2). */
#include "counter_set.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct counter_set {
	size_t nr;
	int fd[COUNTER_SET_MAX];
};

const char *counter_set_backend(void)
{
	return "perf_event_open";
}

static int open_event(const struct counter_event *event, int leader)
{
	struct perf_event_attr attr = {
		.type = event->type,
		.size = sizeof(attr),
		.config = event->config,
		.disabled = leader < 0,
		.exclude_kernel = event->user_only,
		.exclude_hv = event->user_only,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader,
			  PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

struct counter_set *counter_set_new(void)
{
	return calloc(1, sizeof(struct counter_set));
}

int counter_set_add(struct counter_set *set, const struct counter_event *event)
{
	int fd;

	if (set->nr == COUNTER_SET_MAX)
		return -E2BIG;

	fd = open_event(event, set->nr ? set->fd[0] : -1);
	if (fd < 0)
		return fd;

	set->fd[set->nr] = fd;
	return (int)set->nr++;
}

int counter_set_filter(struct counter_set *set, size_t i, const char *filter)
{
	return ioctl(set->fd[i], PERF_EVENT_IOC_SET_FILTER, filter) ? -errno
								    : 0;
}

size_t counter_set_nr(const struct counter_set *set)
{
	return set->nr;
}

void counter_set_free(struct counter_set *set)
{
	for (size_t i = 0; set && i < set->nr; i++)
		close(set->fd[i]);
	free(set);
}

int counter_set_enable(struct counter_set *set)
{
	return ioctl(set->fd[0], PERF_EVENT_IOC_ENABLE, 0) ? -errno : 0;
}

int counter_set_disable(struct counter_set *set)
{
	return ioctl(set->fd[0], PERF_EVENT_IOC_DISABLE, 0) ? -errno : 0;
}

int counter_set_read(struct counter_set *set, size_t i,
		     struct counter_value *ret_value)
{
	uint64_t got[3];

	if (read(set->fd[i], got, sizeof(got)) != sizeof(got))
		return -EIO;

	*ret_value = (struct counter_value){ .value = got[0],
					     .enabled_ns = got[1],
					     .running_ns = got[2] };
	return 0;
}
