// SPDX-License-Identifier: GPL-2.0-only
/* The signed-rank test: estimate and interval by inversion, and p-value. */
#include "distribution.h"
#include "stats.h"
#include "walsh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool all_finite(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return false;

	return true;
}

/* Mean and variance of the sum of n ranks that are there by a coin each. */
static double rank_sum_mean(double n)
{
	return n * (n + 1) / 4;
}

static double rank_sum_variance(double n)
{
	return n * (n + 1) * (2 * n + 1) / 24;
}

/*
 * The largest k for which the interval from the k-th smallest to the k-th
 * largest Walsh average covers at least @level: its miss on either side,
 * P(V < k), is at most (1 - level) / 2.  0 if there is none.
 */
static size_t interval_rank(size_t n, double level)
{
	double tail = (1 - level) / 2, k;

	if (n <= STATS_EXACT_MAX_N) {
		k = qsignrank(tail, (double)n, true, false);
		/* Met exactly, but for rounding of the level. */
		if (psignrank(k, (double)n, true, false) <= tail * (1 + 1e-12))
			k++;
		signrank_free();
	} else {
		k = floor(rank_sum_mean((double)n) + 0.5 +
			  qnorm(tail, 0, 1, true, false) *
				  sqrt(rank_sum_variance((double)n)));
	}
	return (size_t)fmax(k, n > STATS_EXACT_MAX_N);
}

int stats_hodges_lehmann(const double *x, size_t n, double level,
			 struct stats_ci *ret_ci)
{
	double *sorted;
	size_t k;

	if (!(level > 0 && level < 1) || !all_finite(x, n))
		return -EINVAL;
	if (!n)
		return -ERANGE;

	k = interval_rank(n, level);
	if (!k)
		return -ERANGE;

	sorted = malloc(n * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;

	memcpy(sorted, x, n * sizeof(*sorted));
	stats_sort(sorted, n);
	*ret_ci = (struct stats_ci){
		.estimate = walsh_median(sorted, n),
		.lo = walsh_select(sorted, n, k),
		.hi = walsh_select(sorted, n, walsh_nr(n) + 1 - k),
		.level = level,
	};
	free(sorted);
	return 0;
}

struct signed_ranks {
	size_t n;    /* values that are not zero */
	double sum;  /* of the ranks of the positive ones */
	double ties; /* sum of t^3 - t over groups of t equal ranks */
	bool has_zeros;
};

static int compare_sizes(const void *a, const void *b)
{
	double x = fabs(*(const double *)a), y = fabs(*(const double *)b);

	return (x > y) - (x < y);
}

/* @x holds the values that are not zero; it is reordered. */
static void rank_values(double *x, struct signed_ranks *r)
{
	qsort(x, r->n, sizeof(*x), compare_sizes);

	for (size_t i = 0, end; i < r->n; i = end) {
		double t, rank;

		for (end = i + 1; end < r->n && !compare_sizes(&x[i], &x[end]);)
			end++;
		t = (double)(end - i);
		rank = (double)(i + 1 + end) / 2;
		r->ties += t * t * t - t;
		for (size_t j = i; j < end; j++)
			r->sum += x[j] > 0 ? rank : 0;
	}
}

static double exact_p(const struct signed_ranks *r)
{
	double n = (double)r->n;
	bool upper = r->sum > rank_sum_mean(n);
	double tail = upper ? psignrank(r->sum - 1, n, false, false)
			    : psignrank(r->sum, n, true, false);

	signrank_free();
	return fmin(1, 2 * tail);
}

static double normal_p(const struct signed_ranks *r)
{
	double n = (double)r->n;
	double off = fabs(r->sum - rank_sum_mean(n)) - 0.5;
	double variance = rank_sum_variance(n) - r->ties / 48;

	if (off <= 0)
		return 1;

	return 2 * pnorm(off / sqrt(variance), 0, 1, false, false);
}

double stats_signed_rank_p(const double *x, size_t n)
{
	struct signed_ranks r = { 0 };
	double *values, p = 1;

	if (!n || !all_finite(x, n))
		return (double)NAN;

	values = malloc(n * sizeof(*values));
	if (!values)
		return (double)NAN;

	for (size_t i = 0; i < n; i++)
		if (x[i] != 0)
			values[r.n++] = x[i];
	r.has_zeros = r.n < n;
	rank_values(values, &r);
	free(values);

	if (r.n > STATS_EXACT_MAX_N || r.ties > 0 || r.has_zeros)
		p = normal_p(&r);
	else
		p = exact_p(&r);
	return p;
}
