/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events that a launch can count, by name: the words that an fl_expect
 * row may use as its counter.
 *
 * thread scope (perf):	page-faults, minor-faults, context-switches,
 *			task-clock, exceptions:page_fault_user, tlb:tlb_flush,
 *			tlb:tlb_flush/full, tlb:tlb_flush/local,
 *			tlb:tlb_flush/send, mmap_lock:mmap_lock_start_locking,
 *			cycles, instructions, dTLB-load-misses
 * system scope (/proc):	see system_counts.h
 *
 * A flush that reaches other CPUs is two events of the thread that asked for
 * it: /send, to them, and /local, its own CPU's.  /full are those of either
 * kind that drop all entries of the address space.  The kernel also flushes
 * when it switches tasks, and where another CPU asks for it: only the
 * unfiltered event counts that.
 *
 * Each event is tried alone and has a status of its own.  An event that was
 * not counted has no value, never 0.
 */
#ifndef AGENT_COUNTERS_H
#define AGENT_COUNTERS_H

#include <faultline/workload.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum counter_status {
	COUNTER_OK,
	COUNTER_USER_ONLY, /* the kernel's part is denied */
	COUNTER_UNSUPPORTED,
	COUNTER_DENIED,
	COUNTER_BUSY,
	COUNTER_INVALID,
	COUNTER_ABSENT,
};

const char *counter_status_word(enum counter_status status);

enum {
	COUNTERS_WHY_BYTES = 160
};

/* One event and what was counted of it since the last reset. */
struct counter {
	const char *name;
	bool system;
	enum counter_status status;
	char why[COUNTERS_WHY_BYTES]; /* unless it was counted */
	uint64_t value, enabled_ns, running_ns;
	bool user_suffices; /* user-only is all there is of this event */
};

/* Whether it is counted, and so has a value. */
static inline bool counter_has_value(const struct counter *c)
{
	return c->status == COUNTER_OK || c->status == COUNTER_USER_ONLY;
}

struct counters;

/* Whether an expectation about it needs tracepoints to be counted. */
bool counters_is_tracepoint(const char *name);

/**
 * counters_new() - open what can be opened
 * @tracepoints: also those: to close one takes the kernel tens of milliseconds
 *
 * Return: 0 or -ENOMEM; that nothing can be counted is no error.
 */
int counters_new(bool tracepoints, struct counters **ret_counters);
void counters_free(struct counters *c);

/* Values count from here. */
void counters_reset(struct counters *c);

/* Around op(); page faults of the harness do not fall between the two. */
void counters_enable(struct counters *c);
void counters_disable(struct counters *c);

/* Reads the values since the reset into the events below. */
void counters_collect(struct counters *c);

size_t counters_nr(const struct counters *c);
const struct counter *counters_at(const struct counters *c, size_t i);

#endif
