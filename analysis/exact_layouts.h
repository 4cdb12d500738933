/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same comparison with other addresses and random numbers.
 *
 * A difference that is the code's is there wherever kernel and program lie; one
 * that comes from where things happen to lie, or from which process the
 * scheduler happens to choose, changes its size or its sign.  Random numbers
 * depend on when they are drawn, so the same layout is not the same addresses in
 * two kernels: with few layouts all may agree by chance.
 */
#ifndef ANALYSIS_EXACT_LAYOUTS_H
#define ANALYSIS_EXACT_LAYOUTS_H

#include "exact.h"
#include "group.h"

#include <stddef.h>
#include <stdio.h>

enum {
	EXACT_MAX_LAYOUTS = 16
};

enum layouts_verdict {
	LAYOUTS_MISSING = 0, /* a layout has no such number */
	LAYOUTS_IDENTICAL,   /* in all of them, and in the fixed one */
	LAYOUTS_UNSETTLED,   /* more in one and less, or the same, in another */
	LAYOUTS_DIFFERS,     /* all of them say more, or all say less */
};

/* How much more a kernel has than the first, over the layouts. */
struct layouts_cell {
	enum layouts_verdict verdict;
	double lowest, median, highest; /* instructions an op */
};

/**
 * layouts_judge() - a row of the fixed comparison, over the layouts
 * @layouts:	of the same kernels in the same order
 */
struct layouts_cell layouts_judge(const struct exact_row *row, size_t side,
				  const struct exact *const *layouts,
				  size_t nr);

/* What is not identical everywhere, as text of 72 columns.  0 or -ENOMEM. */
int out_layouts(const struct exact *fixed, const struct exact *const *layouts,
		size_t nr, struct groups *g, FILE *out);

#endif
