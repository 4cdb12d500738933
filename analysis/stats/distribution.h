/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rmath as a library of its own.  Its signed-rank functions keep a table
 * between calls: whoever calls them calls signrank_free() after, and no two
 * threads may do it at once.  They exit() when that table cannot be had, so
 * they are used for small n only (STATS_EXACT_MAX_N: 5 KB).
 */
#ifndef STATS_DISTRIBUTION_H
#define STATS_DISTRIBUTION_H

#define MATHLIB_STANDALONE 1
#include <Rmath.h>

#endif
