// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counter groups by libperf.
 *
 * No PERF_FORMAT_GROUP: perf_evsel__read() then returns the leader alone.  The
 * members stop together, so reading them one by one is consistent.
 */
#include "counter_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <perf/core.h>
#include <perf/evlist.h>
#include <perf/evsel.h>
#include <perf/threadmap.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct counter_set {
	struct perf_evlist *list;
	struct perf_thread_map *threads;
	size_t nr;
	struct perf_evsel *event[COUNTER_SET_MAX];
	int fd[COUNTER_SET_MAX]; /* -1: not found */
};

/* Held from the opening of a descriptor until it is known. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

const char *counter_set_backend(void)
{
	return "libperf";
}

/* What goes wrong is told by the return values. */
static int __attribute__((format(printf, 2, 0)))
no_words(enum libperf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static bool is_new_event(int dir, const char *name, int fd)
{
	static const char perf[] = "anon_inode:[perf_event]";
	char target[64];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	return n == sizeof(perf) - 1 && !memcmp(target, perf, (size_t)n) &&
	       !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/*
 * libperf opens without O_CLOEXEC and hides its descriptors: the last one
 * opened is the one event that has no FD_CLOEXEC yet.  Return: it, or -1.
 */
static int adopt_descriptor(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int found = -1;

	while (dir && found < 0 && (entry = readdir(dir))) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (is_new_event(dirfd(dir), entry->d_name, fd))
			found = fd;
	}
	if (found >= 0)
		fcntl(found, F_SETFD, FD_CLOEXEC);
	if (dir)
		closedir(dir);
	return found;
}

struct counter_set *counter_set_new(void)
{
	struct counter_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;

	libperf_init(no_words);
	set->list = perf_evlist__new();
	set->threads = perf_thread_map__new_dummy();
	if (!set->list || !set->threads) {
		counter_set_free(set);
		return NULL;
	}
	perf_thread_map__set_pid(set->threads, 0, 0);
	return set;
}

void counter_set_free(struct counter_set *set)
{
	if (!set)
		return;

	if (set->list) {
		perf_evlist__close(set->list);
		perf_evlist__delete(set->list);
	}
	perf_thread_map__put(set->threads);
	free(set);
}

static struct perf_evsel *event_new(const struct counter_event *e, bool leads)
{
	struct perf_event_attr attr = {
		.type = e->type,
		.size = sizeof(attr),
		.config = e->config,
		.disabled = leads,
		.exclude_kernel = e->user_only,
		.exclude_hv = e->user_only,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};

	return perf_evsel__new(&attr);
}

static int open_event(struct counter_set *set, struct perf_evsel *evsel)
{
	int err;

	pthread_mutex_lock(&opening);
	err = perf_evsel__open(evsel, NULL, set->threads);
	if (!err)
		set->fd[set->nr] = adopt_descriptor();
	pthread_mutex_unlock(&opening);
	return err;
}

int counter_set_add(struct counter_set *set, const struct counter_event *event)
{
	struct perf_evsel *evsel;
	int err;

	if (set->nr == COUNTER_SET_MAX)
		return -E2BIG;
	evsel = event_new(event, !set->nr);
	if (!evsel)
		return -ENOMEM;

	perf_evlist__add(set->list, evsel);
	perf_evlist__set_leader(set->list);
	err = open_event(set, evsel);
	if (err) {
		perf_evlist__remove(set->list, evsel);
		perf_evsel__delete(evsel);
		return err;
	}
	set->event[set->nr] = evsel;
	return (int)set->nr++;
}

int counter_set_filter(struct counter_set *set, size_t i, const char *filter)
{
	if (set->fd[i] < 0)
		return -EBADF;

	return ioctl(set->fd[i], PERF_EVENT_IOC_SET_FILTER, filter) ? -errno
								    : 0;
}

size_t counter_set_nr(const struct counter_set *set)
{
	return set->nr;
}

int counter_set_enable(struct counter_set *set)
{
	return perf_evsel__enable(set->event[0]);
}

int counter_set_disable(struct counter_set *set)
{
	return perf_evsel__disable(set->event[0]);
}

int counter_set_read(struct counter_set *set, size_t i,
		     struct counter_value *ret_value)
{
	struct perf_counts_values got = { 0 };
	int err = perf_evsel__read(set->event[i], 0, 0, &got);

	if (err)
		return err;

	*ret_value = (struct counter_value){ .value = got.val,
					     .enabled_ns = got.ena,
					     .running_ns = got.run };
	return 0;
}
