/* SPDX-License-Identifier: GPL-2.0-only */
/* The Walsh averages (x[i] + x[j]) / 2, i <= j, without storing them. */
#ifndef STATS_WALSH_H
#define STATS_WALSH_H

#include <stddef.h>

/* How many there are. */
static inline size_t walsh_nr(size_t n)
{
	return n * (n + 1) / 2;
}

/**
 * walsh_select() - one of them by its rank
 * @sorted:	the x, finite, sorted upwards
 * @n:		how many; at least 1
 * @rank:	1 is the smallest, walsh_nr() the largest
 *
 * Counting those under a limit takes two fingers and n steps; the limit is
 * found by bisection over the doubles.  So it is exact, takes at most 64 * 2n
 * steps and no memory.
 */
double walsh_select(const double *sorted, size_t n, size_t rank);

/* The median of all of them. */
double walsh_median(const double *sorted, size_t n);

#endif
