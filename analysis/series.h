/* SPDX-License-Identifier: GPL-2.0-only */
/* What each commit of a series costs: a kernel against the one before it. */
#ifndef ANALYSIS_SERIES_H
#define ANALYSIS_SERIES_H

#include "exact.h"
#include "group.h"

#include <stdio.h>

enum series_state {
	SERIES_COUNTED = 0,
	SERIES_SAME_IMAGE, /* byte by byte that of the commit before it */
	SERIES_NOT_BUILT,
	SERIES_NOT_RUN,
};

/**
 * struct series_step - a commit
 * @why:	it has no numbers, for the last two states
 * @result:	NULL unless it was counted
 * @sides:	the last before it that was counted, and it
 * @against:	these two; NULL without
 * @groups:	of the first of them
 */
struct series_step {
	const char *hash, *subject;
	bool merge;
	enum series_state state;
	char *why;
	struct result *result;
	const struct result *sides[2];
	struct exact *against;
	struct summary *summary;
	struct groups groups;
};

struct series {
	struct series_step *steps; /* the first is the base */
	size_t nr;
	struct series_step whole; /* the base and the last that was counted */
	bool cut_short;		  /* there are commits that were not come to */
};

/**
 * series_compare() - all steps that were counted
 *
 * One without numbers is passed over: the next is held against the last that
 * has some.
 *
 * Return: 0 or -ENOMEM.
 */
int series_compare(struct series *s);

/* The results too. */
void series_finish(struct series *s);

/* Text of 72 columns.  Return: 0 or -ENOMEM. */
int out_series(const struct series *s, FILE *out);

#endif
