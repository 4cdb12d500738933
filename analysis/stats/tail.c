// SPDX-License-Identifier: GPL-2.0-only
#include "tail.h"
#include "distribution.h"
#include "resample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
	RESAMPLES = 500
};

/* A value, the launch that it is of, and its share of that. */
struct top {
	double value, share;
	size_t launch;
};

struct tops {
	const struct stats_tail_launch *launches;
	size_t nr_launches;
	struct top *tops; /* from the largest down */
	size_t nr;
};

static double count_of(const struct stats_tail_launch *l, size_t i)
{
	return l->counts ? (double)l->counts[i] : 1;
}

static double total_of(const struct stats_tail_launch *l)
{
	double total = 0;

	for (size_t i = 0; i < l->nr; i++)
		total += count_of(l, i);
	return total;
}

static size_t count_values(const struct tops *t)
{
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_launches; i++)
		nr += t->launches[i].nr;
	return nr;
}

static int compare(const void *a, const void *b)
{
	const struct top *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? 1 : -1;
	return (x->launch > y->launch) - (x->launch < y->launch);
}

/* What lies below the upper half is let go of. */
static void cut(struct tops *t)
{
	double sum = 0, half = 0;
	size_t i;

	for (i = 0; i < t->nr; i++)
		half += t->tops[i].share / 2;
	for (i = 0; i < t->nr && sum <= half; i++)
		sum += t->tops[i].share;
	t->nr = i;
}

static int sort(struct tops *t)
{
	t->tops = calloc(count_values(t) + 1, sizeof(*t->tops));
	if (!t->tops)
		return -ENOMEM;

	for (size_t i = 0; i < t->nr_launches; i++) {
		const struct stats_tail_launch *l = &t->launches[i];
		double total = total_of(l);

		for (size_t j = 0; j < l->nr; j++)
			t->tops[t->nr++] = (struct top){ (double)l->values[j],
							 count_of(l, j) / total,
							 i };
	}
	qsort(t->tops, t->nr, sizeof(*t->tops), compare);
	cut(t);
	return t->nr ? 0 : -ERANGE;
}

/* NULL counts each launch once. */
static double quantile(const struct tops *t, double q, const unsigned *counts)
{
	double beyond = 0, nr = 0;
	size_t i;

	for (i = 0; i < t->nr_launches; i++)
		if (t->launches[i].nr)
			nr += counts ? counts[i] : 1;
	for (i = 0; i + 1 < t->nr; i++) {
		const struct top *top = &t->tops[i];

		beyond += (counts ? counts[top->launch] : 1) * top->share;
		if (beyond > (1 - q) * nr)
			break;
	}
	return t->tops[i].value;
}

/*
 * Launches drawn with replacement spread less than launches do, and of few the
 * spread is not well known.
 */
static double widen(double n)
{
	return sqrt(n / (n - 1)) * qt(0.975, n - 1, true, false) /
	       qnorm(0.975, 0, 1, true, false);
}

static int bootstrap(const struct tops *t, double q, struct stats_ci *ci)
{
	unsigned *counts = calloc(t->nr_launches, sizeof(*counts));
	double *values = calloc(RESAMPLES, sizeof(*values));
	uint64_t seed = RESAMPLE_SEED;
	double wide = widen((double)t->nr_launches);

	if (counts && values) {
		for (size_t i = 0; i < RESAMPLES; i++) {
			resample_draw(&seed, t->nr_launches, counts);
			values[i] = quantile(t, q, counts);
		}
		stats_sort(values, RESAMPLES);
		ci->lo = ci->estimate -
			 wide * (ci->estimate -
				 stats_quantile(values, RESAMPLES, 0.025));
		ci->hi = ci->estimate +
			 wide * (stats_quantile(values, RESAMPLES, 0.975) -
				 ci->estimate);
	}
	free(counts);
	free(values);
	return isfinite(ci->lo) ? 0 : -ENOMEM;
}

int stats_tail(const struct stats_tail_launch *launches, size_t nr, double q,
	       struct stats_ci *ret_ci)
{
	struct tops t = { .launches = launches, .nr_launches = nr };
	struct stats_ci ci = { .lo = NAN, .hi = NAN, .level = 0.95 };
	int err;

	if (!(q >= 0.9 && q < 1))
		return -EINVAL;

	err = sort(&t);
	if (!err) {
		ci.estimate = quantile(&t, q, NULL);
		if (nr >= STATS_MIN_LAUNCHES)
			err = bootstrap(&t, q, &ci);
	}
	free(t.tops);
	if (!err)
		*ret_ci = ci;
	return err;
}
