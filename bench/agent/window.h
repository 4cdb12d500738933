/* SPDX-License-Identifier: GPL-2.0-only */
/* Window mode: the roles run side by side for a time, arm by arm. */
#ifndef AGENT_WINDOW_H
#define AGENT_WINDOW_H

#include "records.h"
#include "session.h"
#include "system_counts.h"

struct windows;

/* Takes what it wants of a window whose roles have stopped. */
typedef void window_take(struct session *s, unsigned slot,
			 const struct system_counts *total);

/* Runs the windows of a launch into s->windows.  0 or -errno. */
int window_run(struct session *s);

/**
 * window_once() - one window of a slot
 * @take:	called unless something failed; NULL: nothing is kept
 *
 * Return: 0 or -errno with run.why set; -ETIME if it would not end in time.
 */
int window_once(struct session *s, unsigned slot, uint64_t window_ns,
		window_take *take);

/* As window records. */
void window_emit(const struct session *s, struct records *out);

#endif
