// SPDX-License-Identifier: GPL-2.0-only
/* p-values of many contrasts at once. */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

struct family {
	double **p; /* upwards, those that are not NaN */
	size_t n;
};

static int compare(const void *a, const void *b)
{
	double x = **(double *const *)a, y = **(double *const *)b;

	return (x > y) - (x < y);
}

/* Without memory for an order: Bonferroni, which is never too small. */
static void bonferroni(double *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isnan(p[i]))
			p[i] = fmin(1, p[i] * (double)n);
}

static bool family_take(double *p, size_t n, struct family *ret_family)
{
	struct family f = { .p = n ? malloc(n * sizeof(*f.p)) : NULL };

	if (!f.p)
		return false;

	for (size_t i = 0; i < n; i++)
		if (!isnan(p[i]))
			f.p[f.n++] = &p[i];
	qsort(f.p, f.n, sizeof(*f.p), compare);
	*ret_family = f;
	return true;
}

void stats_holm(double *p, size_t n)
{
	struct family f;
	double least = 0;

	if (!family_take(p, n, &f)) {
		bonferroni(p, n);
		return;
	}

	for (size_t i = 0; i < f.n; i++) {
		least = fmax(least, *f.p[i] * (double)(f.n - i));
		*f.p[i] = fmin(1, least);
	}
	free(f.p);
}

void stats_benjamini_hochberg(double *p, size_t n)
{
	struct family f;
	double most = 1;

	if (!family_take(p, n, &f)) {
		bonferroni(p, n);
		return;
	}

	for (size_t i = f.n; i > 0; i--) {
		most = fmin(most, *f.p[i - 1] * (double)f.n / (double)i);
		*f.p[i - 1] = most;
	}
	free(f.p);
}
