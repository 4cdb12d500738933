/* SPDX-License-Identifier: GPL-2.0-only */
/* Quantiles far out, of what all launches saw together. */
#ifndef STATS_TAIL_H
#define STATS_TAIL_H

#include "stats.h"

/*
 * What one launch saw: launches weigh alike, whatever the number of values.
 * @counts says how often each was seen; NULL: once.
 */
struct stats_tail_launch {
	const float *values;
	size_t nr;
	const float *counts;
};

/**
 * stats_tail() - the quantile @q of all launches together
 * @q:		from 0.9 on
 * @ret_ci:	the interval is NaN, NaN with fewer than STATS_MIN_LAUNCHES
 *
 * The interval is a cluster bootstrap with the launch as the unit.  Only the
 * upper half of what was seen is looked at.
 *
 * Return: 0; -ERANGE without a value; -EINVAL for another @q; -ENOMEM.
 */
int stats_tail(const struct stats_tail_launch *launches, size_t nr, double q,
	       struct stats_ci *ret_ci);

#endif
