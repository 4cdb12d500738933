// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the fit would have been with other launches: counts of each launch are
 * drawn, and the trimmed mean of each row follows from its sorted launches.
 */
#include "model_internal.h"
#include "resample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define TRIM 0.2

/* A launch of a row, in the order of the row's levels. */
struct place {
	double level;
	size_t launch;
};

struct row {
	struct place *places;
	size_t nr_places;
	double base; /* trimmed mean of all of them */
};

struct bootstrap {
	const struct stats_model_data *d;
	const struct model_tries *tries;
	struct row *rows;
	struct place *places;
	size_t *first;	  /* by point: of its launches among the counts */
	unsigned *counts; /* of all launches of all points */
	size_t nr_launches;
	double *b;	/* by row: the level against the measured one */
	double *values; /* by column, then by resample */
	size_t same_limit;
	uint64_t seed;
};

static int compare_places(const void *a, const void *b)
{
	double x = ((const struct place *)a)->level;
	double y = ((const struct place *)b)->level;

	return (x > y) - (x < y);
}

/* NULL counts each launch once.  NaN if none of the launches was drawn. */
static double trimmed_mean(const struct row *row, const unsigned *counts)
{
	double n = 0, seen = 0, sum = 0, lo, hi;

	for (size_t i = 0; i < row->nr_places; i++)
		n += counts ? counts[row->places[i].launch] : 1;
	lo = TRIM * n;
	hi = n - lo;
	for (size_t i = 0; i < row->nr_places; i++) {
		double next = seen +
			      (counts ? counts[row->places[i].launch] : 1);

		sum += fmax(fmin(next, hi) - fmax(seen, lo), 0) *
		       row->places[i].level;
		seen = next;
	}
	return sum / (hi - lo);
}

static void sort_row(struct bootstrap *b, size_t at, struct place *places)
{
	struct row *row = &b->rows[at];

	row->places = places;
	for (size_t i = 0; i < b->d->nr_launches[b->d->point[at]]; i++) {
		double level = b->d->launch_level[at][i];

		if (isfinite(level))
			places[row->nr_places++] = (struct place){ level, i };
	}
	qsort(places, row->nr_places, sizeof(*places), compare_places);
	row->base = trimmed_mean(row, NULL);
}

static int prepare(struct bootstrap *b)
{
	const struct stats_model_data *d = b->d;
	size_t nr_places = 0, at = 0;

	b->first = calloc(d->nr_points + 1, sizeof(*b->first));
	b->rows = calloc(d->nr_rows, sizeof(*b->rows));
	b->b = calloc(d->nr_rows, sizeof(*b->b));
	b->values = calloc((size_t)2 * d->nr_terms * STATS_MODEL_RESAMPLES,
			   sizeof(*b->values));
	if (!b->first || !b->rows || !b->b || !b->values)
		return -ENOMEM;

	for (size_t i = 0; i < d->nr_points; i++) {
		b->first[i] = b->nr_launches;
		b->nr_launches += d->nr_launches[i];
	}
	for (size_t i = 0; i < d->nr_rows; i++)
		nr_places += d->nr_launches[d->point[i]];
	b->counts = calloc(b->nr_launches + 1, sizeof(*b->counts));
	b->places = calloc(nr_places + 1, sizeof(*b->places));
	if (!b->counts || !b->places)
		return -ENOMEM;

	for (size_t i = 0; i < d->nr_rows; i++) {
		sort_row(b, i, b->places + at);
		at += d->nr_launches[d->point[i]];
	}
	return 0;
}

/* Launches drawn with replacement spread a little less than launches do. */
static double widen(double n)
{
	return sqrt(n / (n - 1));
}

static void draw(struct bootstrap *b)
{
	const struct stats_model_data *d = b->d;

	for (size_t i = 0; i < d->nr_points; i++)
		resample_draw(&b->seed, d->nr_launches[i],
			      b->counts + b->first[i]);
	for (size_t i = 0; i < d->nr_rows; i++) {
		size_t point = d->point[i];
		double mean = trimmed_mean(&b->rows[i],
					   b->counts + b->first[point]);
		double moved = mean / b->rows[i].base - 1;

		b->b[i] = 1;
		if (isfinite(moved))
			b->b[i] += moved * widen((double)d->nr_launches[point]);
	}
	model_center(d, b->b);
}

static void refit(struct bootstrap *b, size_t best, size_t resample)
{
	const struct model_tries *t = b->tries;
	double c[QR_MAX_COLUMNS], x[QR_MAX_COLUMNS], least = INFINITY;
	size_t found = 0;

	for (size_t i = 0; i < t->nr; i++) {
		double score = model_score(t, i, b->b, c, NULL);

		if (score <= least) {
			least = score;
			found = i;
		}
	}
	b->same_limit += found == best;
	qr_residual(&t->tries[found].qr, b->b, c);
	qr_solve(&t->tries[found].qr, c, x);
	for (size_t j = 0; j < 2 * b->d->nr_terms; j++)
		b->values[j * STATS_MODEL_RESAMPLES + resample] =
			t->tries[found].qr.state[j] == QR_KNOWN ? x[j]
								: (double)NAN;
}

/* NaN, where a resample could not tell, comes last. */
static void interval(const double *sorted, struct stats_model_cost *cost)
{
	size_t n = STATS_MODEL_RESAMPLES;

	while (n && isnan(sorted[n - 1]))
		n--;
	if (cost->state != STATS_MODEL_KNOWN || n < STATS_MODEL_RESAMPLES / 2)
		return;

	cost->ci.lo = stats_quantile(sorted, n, 0.025);
	cost->ci.hi = stats_quantile(sorted, n, 0.975);
}

static void take_intervals(struct bootstrap *b, struct stats_model *m)
{
	size_t nr = b->d->nr_terms;

	for (size_t j = 0; j < 2 * nr; j++) {
		double *values = b->values + j * STATS_MODEL_RESAMPLES;

		stats_sort(values, STATS_MODEL_RESAMPLES);
		interval(values, j < nr ? &m->cost[j] : &m->beyond[j - nr]);
	}
	m->limit_share = (double)b->same_limit / STATS_MODEL_RESAMPLES;
}

int model_bootstrap(const struct stats_model_data *d,
		    const struct model_tries *t, size_t best,
		    struct stats_model *m)
{
	struct bootstrap b = { .d = d, .tries = t, .seed = RESAMPLE_SEED };
	int err = prepare(&b);

	for (size_t i = 0; !err && i < STATS_MODEL_RESAMPLES; i++) {
		draw(&b);
		refit(&b, best, i);
	}
	if (!err)
		take_intervals(&b, m);
	free(b.rows);
	free(b.places);
	free(b.first);
	free(b.counts);
	free(b.b);
	free(b.values);
	return err;
}
