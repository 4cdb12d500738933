/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trials cost, beside what became of their items: metrics of the kind
 * "count" whose unit is one per something ("ps/page"), arm by arm.  Where a
 * group has two of them or more they make a table and a picture of their own.
 */
#ifndef ANALYSIS_COSTS_H
#define ANALYSIS_COSTS_H

#include "group.h"

#include <stdbool.h>

enum {
	COSTS_MAX = 8, /* metrics */
	COSTS_UNIT_BYTES = 24,
};

/* More than this on each side of a cost leaves it undecided. */
#define COSTS_HALF_WIDTH 0.03

struct costs {
	const struct group *group;
	const struct result_metric *metrics[COSTS_MAX];
	size_t nr;
	const char *reference; /* the arm that has most of them, or NULL */
};

/* Nothing in it (nr is 0) if the group has no two such metrics. */
void costs_find(const struct group *g, struct costs *ret);

/* Whether it is one of them, so that it needs no other table. */
bool costs_have(const struct costs *c, const char *metric);

/* Units of picoseconds are shown in ns: the factor, and the unit to print. */
double costs_unit(const struct result_metric *m, char buf[COSTS_UNIT_BYTES]);

/* NULL if the arm did not observe it. */
const struct summary_observed *costs_of(const struct summary_point *p,
					size_t arm,
					const struct result_metric *m);

/**
 * costs_relative() - a cost as a multiple of the reference arm's
 * @ret:	of the ratio, launch by launch; NaN ends without an interval
 *
 * Return: 0; -ENODATA without a reference or a launch that has both;
 * -ENOMEM.
 */
int costs_relative(const struct costs *c, const struct summary_point *p,
		   size_t arm, const struct result_metric *m,
		   struct stats_ci *ret);

/* Half the interval as a share of the estimate; NaN without one. */
double costs_half_width(const struct stats_ci *ci);

#endif
