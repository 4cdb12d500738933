/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group of counters of the calling thread.  There are two ways to have one:
 * libperf, and perf_event_open(2) itself; the build picks one.
 */
#ifndef AGENT_COUNTER_SET_H
#define AGENT_COUNTER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	COUNTER_SET_MAX = 16
};

struct counter_event {
	uint32_t type; /* PERF_TYPE_* */
	bool user_only;
	uint64_t config;
};

struct counter_value {
	uint64_t value, enabled_ns, running_ns;
};

struct counter_set;

/* "libperf" or "perf_event_open". */
const char *counter_set_backend(void);

/* An empty group; NULL if there is no memory. */
struct counter_set *counter_set_new(void);
/* The last to close a tracepoint waits tens of ms for the kernel. */
void counter_set_free(struct counter_set *set);

/**
 * counter_set_add() - open an event, not counting yet
 *
 * The first one leads the group.  A failure leaves the set as it was.
 *
 * Return: its index, or -errno as perf_event_open(2) gave it.
 */
int counter_set_add(struct counter_set *set, const struct counter_event *event);

/**
 * counter_set_filter() - let an event count only what passes a filter
 * @i:		a tracepoint of the set
 * @filter:	in the kernel's words and numbers
 *
 * Return: 0 or -errno; then the event still counts all.
 */
int counter_set_filter(struct counter_set *set, size_t i, const char *filter);

size_t counter_set_nr(const struct counter_set *set);

/*
 * One system call each; all of the group starts and stops together.  The set
 * must not be empty.
 */
int counter_set_enable(struct counter_set *set);
int counter_set_disable(struct counter_set *set);

int counter_set_read(struct counter_set *set, size_t i,
		     struct counter_value *ret_value);

#endif
