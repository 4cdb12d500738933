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

/* A value and the launch that it is of, from the largest down. */
struct top {
	double value;
	size_t launch;
};

struct tops {
	const struct stats_tail_launch *launches;
	size_t nr_launches;
	struct top *tops;
	size_t nr;
};

static size_t count_values(const struct tops *t)
{
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_launches; i++)
		nr += t->launches[i].nr;
	return nr;
}

/* The launch whose next value down is the largest. */
static size_t largest(const struct tops *t, const size_t *left)
{
	size_t best = t->nr_launches;
	double most = -INFINITY;

	for (size_t i = 0; i < t->nr_launches; i++)
		if (left[i] &&
		    (double)t->launches[i].values[left[i] - 1] > most) {
			most = (double)t->launches[i].values[left[i] - 1];
			best = i;
		}
	return best;
}

static int merge(struct tops *t)
{
	size_t half = count_values(t) / 2 + 1;
	size_t *left = calloc(t->nr_launches + 1, sizeof(*left));

	t->tops = calloc(half, sizeof(*t->tops));
	if (!left || !t->tops) {
		free(left);
		return -ENOMEM;
	}
	for (size_t i = 0; i < t->nr_launches; i++)
		left[i] = t->launches[i].nr;
	while (t->nr < half) {
		size_t at = largest(t, left);

		if (at == t->nr_launches)
			break;
		t->tops[t->nr++] = (struct top){
			(double)t->launches[at].values[--left[at]], at
		};
	}
	free(left);
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
		size_t launch = t->tops[i].launch;

		beyond += (counts ? counts[launch] : 1) /
			  (double)t->launches[launch].nr;
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

	err = merge(&t);
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
