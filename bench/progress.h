/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a run stands: one line that is written over on a terminal, a plain
 * line now and then elsewhere.  Only called between launches.
 */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out; /* NULL: silent */
	bool terminal;
	bool shown; /* a line stands there */
	uint64_t last_ns;
};

struct progress_now {
	uint64_t now_ns; /* of any clock that only goes on */
	size_t points_done, points;
	uint64_t launches;
	uint64_t left_ns; /* of the budget */
	const char *what;
};

void progress_init(struct progress *p, FILE *out);
void progress_show(struct progress *p, const struct progress_now *now);

/* The line is taken away, so that something else can be printed. */
void progress_clear(struct progress *p);

#endif
