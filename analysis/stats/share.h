/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of items whose launches are not alike, and whose items need not be
 * independent: pages of one trial tend to go the same way.
 */
#ifndef STATS_SHARE_H
#define STATS_SHARE_H

#include "stats.h"

/* One unit (a launch): of so many items so many were hits. */
struct stats_share_unit {
	double items, hits;
};

/**
 * struct stats_share - a share of all units together
 * @ci:		the interval is NaN, NaN with fewer than two units
 * @effective:	as many independent items would tell as much; NaN likewise
 */
struct stats_share {
	struct stats_ci ci;
	double items, hits;
	double effective;
};

/**
 * stats_share() - hits by items, with an interval over units
 * @units:	those without items are left out
 * @trials:	in which the items were, all units together; 0: not known, then
 *		each unit is one
 * @level:	of the interval, in (0, 1)
 *
 * The interval is that of Clopper and Pearson for the effective number of
 * items (Korn and Graubard 1998, Survey Methodology 24:193): the items by the
 * design effect, which is the variance of the share between units by that of
 * independent items, at least 1; and less for the few units that the variance
 * is known from, by the squares of Student's quantiles.
 *
 * Where all items are hits, or none is, nothing varies and nothing is known of
 * how alike the items of a trial are.  They then count for no more than one a
 * trial.
 *
 * Return: 0; -ERANGE without an item; -EINVAL for a number that is negative or
 * not finite, or more hits than items.
 */
int stats_share(const struct stats_share_unit *units, size_t nr, double trials,
		double level, struct stats_share *ret_share);

/**
 * stats_share_difference() - share of @b less that of @a
 * @ret_ci:	NaN, NaN if either has no interval
 *
 * Square-and-add (Newcombe 1998, Statistics in Medicine 17:873): the distance
 * to an end of the interval is the root of the sum of squares of the distances
 * to the ends of the two.  So it is right also where one or both do not vary.
 */
void stats_share_difference(const struct stats_share *a,
			    const struct stats_share *b,
			    struct stats_ci *ret_ci);

#endif
