/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether something happened while a call was under way, which is so from the
 * moment before it begins until it has returned.  Lies in the state of the
 * launch; zeroed, none is.
 */
#ifndef WORKLOADS_LIB_RACE_WINDOW_H
#define WORKLOADS_LIB_RACE_WINDOW_H

#include <stdatomic.h>
#include <stdbool.h>

enum {
	RACE_LINE_BYTES = 128
};

struct race_window {
	/* Odd while a call is under way. */
	_Alignas(RACE_LINE_BYTES) atomic_ullong turns;
};

/* Who makes the call, and only that thread. */
static inline void race_window_open(struct race_window *w)
{
	atomic_fetch_add(&w->turns, 1);
}

static inline void race_window_close(struct race_window *w)
{
	atomic_fetch_add(&w->turns, 1);
}

static inline unsigned long long race_window_now(struct race_window *w)
{
	return atomic_load(&w->turns);
}

static inline bool race_window_is_open(unsigned long long turns)
{
	return turns % 2;
}

/* @before, @after: what was seen around it; inside one window, and one only. */
static inline bool race_window_inside(unsigned long long before,
				      unsigned long long after)
{
	return race_window_is_open(before) && before == after;
}

#endif
