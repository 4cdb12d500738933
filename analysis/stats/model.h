/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A level as a sum of costs: least squares of relative errors, with intervals
 * over launches.
 */
#ifndef STATS_MODEL_H
#define STATS_MODEL_H

#include "stats.h"

enum {
	STATS_MODEL_MAX_TERMS = 16,
	STATS_MODEL_MAX_ROWS = 4096,
	STATS_MODEL_MAX_LIMITS = 64, /* beyond it sizes are thinned out */
	STATS_MODEL_RESAMPLES = 1000,
};

/**
 * struct stats_model_data - what is to be explained
 * @capped:	by term: it counts up to a size that is to be found
 * @count, @size: by row, then by term
 * @level:	by row: above 0
 * @point:	by row: rows of a point share their launches, and stand together
 * @shared:	by point: the share of its rows' common deviation that is not to
 *		be explained, from 0 to below 1; NULL: none
 * @nr_launches: by point
 * @launch_level: by row: the level in each launch of its point, NaN if there
 *		is none; NULL: no intervals are wanted
 */
struct stats_model_data {
	size_t nr_terms, nr_rows, nr_points;
	const bool *capped;
	const double *count, *size;
	const double *level;
	const size_t *point;
	const double *shared;
	const size_t *nr_launches;
	const double *const *launch_level;
};

enum stats_model_state {
	STATS_MODEL_KNOWN,
	STATS_MODEL_ABSENT, /* no row has any of it */
	STATS_MODEL_MIXED,  /* the rows cannot tell it from others */
};

struct stats_model_cost {
	enum stats_model_state state;
	struct stats_ci ci; /* lo and hi are NaN without an interval */
};

/**
 * struct stats_model - the fit
 * @cost:	by term, of one count of one size
 * @beyond:	by capped term, of one count whose size is over the limit
 * @has_limit:	whether there is one among the sizes
 * @within, @above: the last size up to it and the first over it
 * @next_within, @next_above: of the next best limit; NaN, NaN if that is none
 * @next_worse:	how many times as large the next best limit's residual is
 * @limit_share: of the resamples, those that found the same limit
 * @rank:	coefficients that were fitted
 * @predicted:	by row
 */
struct stats_model {
	struct stats_model_cost cost[STATS_MODEL_MAX_TERMS];
	struct stats_model_cost beyond[STATS_MODEL_MAX_TERMS];
	bool has_limit;
	double within, above;
	double next_within, next_above, next_worse;
	double limit_share;
	size_t rank;
	double *predicted;
};

/* @common, @own: relative standard errors of a point and of each of its rows. */
double stats_model_shared(double common, double own, size_t nr_rows);

/**
 * stats_model_fit() - the costs that explain the levels best
 * @d:		the rows
 * @ret:	given back by stats_model_finish()
 *
 * Minimises the sum over rows of ((predicted - level) / level)^2, where a point
 * may be off as a whole: launches that ran while the machine was slow make all
 * arms of a point slow alike.  With @shared each row counts less that share of
 * the mean of its point, which is what least squares makes of an error that the
 * rows of a point have in common; see stats_model_shared().  A term
 * adds cost x count x size; a capped one does so up to the limit, and over it
 * each count adds one cost of its own, whatever its size.
 *
 * Each size of a capped term may be the limit, and there may be none.  The one
 * with the least residual wins, each further coefficient being charged for
 * (Bayes's information criterion), so that no limit is the answer where a
 * limit explains nothing.
 *
 * Intervals are a cluster bootstrap with the launch as the unit: launches of a
 * point are drawn with replacement, all its rows move together, and each level
 * moves as the trimmed mean (a fifth at either end) of its launches does.
 * The weights are those of the measured levels and the limit is found anew each
 * time.  They say what the noise does to a cost, not what a wrong model does:
 * that is the residual.
 *
 * Return: 0; -EINVAL for a level that is not positive, a count or a size that
 * is negative, or anything not finite; -E2BIG past the limits above; -ERANGE
 * without a row, or for intervals from a point of fewer than STATS_MIN_N
 * launches; -ENOMEM.
 */
int stats_model_fit(const struct stats_model_data *d, struct stats_model *ret);
void stats_model_finish(struct stats_model *m);

#endif
