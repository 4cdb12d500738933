// SPDX-License-Identifier: GPL-2.0-only
/* Sorting, quantiles, medians. */
#include "stats.h"

#include "distribution.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Partitions before select_kth() gives up on its pivots and sorts. */
enum {
	SELECT_MAX_ROUNDS = 64
};

/* A total order: NaN comes last. */
static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);

	return (x > y) - (x < y);
}

void stats_sort(double *x, size_t n)
{
	if (n > 1)
		qsort(x, n, sizeof(*x), compare);
}

double stats_quantile(const double *sorted, size_t n, double q)
{
	double at = (double)(n - 1) * fmin(fmax(q, 0), 1);
	size_t below = (size_t)at;

	if (below >= n - 1)
		return sorted[n - 1];

	return sorted[below] +
	       (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static double middle_of(double a, double b, double c)
{
	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

static void swap(double *a, double *b)
{
	double x = *a;

	*a = *b;
	*b = x;
}

/* x[k] becomes the k-th, nothing larger before it, nothing smaller behind. */
static void select_kth(double *x, ptrdiff_t n, ptrdiff_t k)
{
	ptrdiff_t lo = 0, hi = n - 1;

	for (unsigned round = 0; lo < hi && round < SELECT_MAX_ROUNDS;
	     round++) {
		double pivot = middle_of(x[lo], x[lo + (hi - lo) / 2], x[hi]);
		ptrdiff_t i = lo, j = hi;

		while (i <= j) {
			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i <= j)
				swap(&x[i++], &x[j--]);
		}
		if (k <= j)
			hi = j;
		else if (k >= i)
			lo = i;
		else
			return;
	}
	if (lo < hi)
		stats_sort(x + lo, (size_t)(hi - lo + 1));
}

double stats_median(double *x, size_t n)
{
	size_t half = n / 2;
	double below;

	if (!n)
		return (double)NAN;

	select_kth(x, (ptrdiff_t)n, (ptrdiff_t)half);
	if (n % 2)
		return x[half];

	below = x[0];
	for (size_t i = 1; i < half; i++)
		below = fmax(below, x[i]);
	return below + (x[half] - below) / 2;
}

int stats_median_ci(const double *sorted, size_t n, double level,
		    struct stats_ci *ret_ci)
{
	/* How many of the values on each side are left out. */
	double out = qbinom((1 - level) / 2, (double)n, 0.5, 1, 0);

	if (out > 0 && pbinom(out, (double)n, 0.5, 1, 0) > (1 - level) / 2)
		out--;
	if (!n || pbinom(out, (double)n, 0.5, 1, 0) > (1 - level) / 2)
		return -ERANGE;

	*ret_ci = (struct stats_ci){
		.estimate = stats_quantile(sorted, n, 0.5),
		.lo = sorted[(size_t)out],
		.hi = sorted[n - 1 - (size_t)out],
		.level = level,
	};
	return 0;
}
