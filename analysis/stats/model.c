// SPDX-License-Identifier: GPL-2.0-only
/* The fit: its rows, its limits, and which one is taken. */
#include "model_internal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(2 * STATS_MODEL_MAX_TERMS <= QR_MAX_COLUMNS,
	       "a cost up to the limit and one beyond it, each a column");

static size_t at_row(const struct stats_model_data *d, size_t row, size_t term)
{
	return row * d->nr_terms + term;
}

static bool is_amount(double v)
{
	return isfinite(v) && v >= 0;
}

static int check(const struct stats_model_data *d)
{
	if (d->nr_terms > STATS_MODEL_MAX_TERMS ||
	    d->nr_rows > STATS_MODEL_MAX_ROWS)
		return -E2BIG;
	if (!d->nr_rows || !d->nr_terms)
		return -ERANGE;

	for (size_t i = 0; i < d->nr_rows; i++)
		if (!(d->level[i] > 0) || !isfinite(d->level[i]) ||
		    d->point[i] >= d->nr_points ||
		    (i && d->point[i] < d->point[i - 1]))
			return -EINVAL;
	for (size_t i = 0; d->shared && i < d->nr_points; i++)
		if (!(d->shared[i] >= 0 && d->shared[i] < 1))
			return -EINVAL;
	for (size_t i = 0; i < d->nr_rows * d->nr_terms; i++)
		if (!is_amount(d->count[i]) || !is_amount(d->size[i]))
			return -EINVAL;
	for (size_t i = 0; d->launch_level && i < d->nr_points; i++)
		if (d->nr_launches[i] < STATS_MIN_N)
			return -ERANGE;
	return 0;
}

/* The different sizes of capped terms, upwards; how many. */
static size_t capped_sizes(const struct stats_model_data *d, double *sizes)
{
	size_t nr = 0, different = 0;

	for (size_t i = 0; i < d->nr_rows; i++)
		for (size_t t = 0; t < d->nr_terms; t++)
			if (d->capped[t] && d->count[at_row(d, i, t)] > 0)
				sizes[nr++] = d->size[at_row(d, i, t)];
	stats_sort(sizes, nr);
	for (size_t i = 0; i < nr; i++)
		if (!different || sizes[i] > sizes[different - 1])
			sizes[different++] = sizes[i];
	return different;
}

/* What the row has in a column: the terms, then the same over the limit. */
static double entry(const struct stats_model_data *d, size_t row, size_t column,
		    double limit)
{
	size_t term = column % d->nr_terms;
	double count = d->count[at_row(d, row, term)];
	double size = d->size[at_row(d, row, term)];

	if (column >= d->nr_terms)
		return d->capped[term] && size > limit ? count : 0;
	return d->capped[term] && size > limit ? 0 : count * size;
}

double stats_model_shared(double common, double own, size_t nr_rows)
{
	double both = own * own + (double)nr_rows * common * common;

	return both > 0 ? 1 - own / sqrt(both) : 0;
}

void model_center(const struct stats_model_data *d, double *v)
{
	size_t end;

	for (size_t from = 0; d->shared && from < d->nr_rows; from = end) {
		double sum = 0, off;

		for (end = from;
		     end < d->nr_rows && d->point[end] == d->point[from]; end++)
			sum += v[end];
		off = d->shared[d->point[from]] * sum / (double)(end - from);
		for (size_t i = from; i < end; i++)
			v[i] -= off;
	}
}

static int try_limit(const struct stats_model_data *d, struct model_try *try)
{
	size_t nr_columns = 2 * d->nr_terms;
	double *a = calloc(nr_columns * d->nr_rows + 1, sizeof(*a));
	int err;

	if (!a)
		return -ENOMEM;

	for (size_t j = 0; j < nr_columns; j++) {
		for (size_t i = 0; i < d->nr_rows; i++)
			a[j * d->nr_rows + i] = entry(d, i, j, try->within) /
						d->level[i];
		model_center(d, a + j * d->nr_rows);
	}
	err = qr_init(&try->qr, a, d->nr_rows, nr_columns);
	free(a);
	return err;
}

static int try_limits(const struct stats_model_data *d, struct model_tries *t)
{
	double *sizes = calloc(d->nr_rows * d->nr_terms + 1, sizeof(*sizes));
	size_t nr = sizes ? capped_sizes(d, sizes) : 0, step;
	int err = sizes ? 0 : -ENOMEM;

	step = 1 + nr / STATS_MODEL_MAX_LIMITS;
	for (size_t i = 0; !err && i + step < nr; i += step) {
		struct model_try *try = &t->tries[t->nr++];

		try->within = sizes[i];
		try->above = sizes[i + step];
		err = try_limit(d, try);
	}
	free(sizes);
	if (err)
		return err;

	t->tries[t->nr].within = t->tries[t->nr].above = INFINITY;
	return try_limit(d, &t->tries[t->nr++]);
}

double model_score(const struct model_tries *t, size_t at, const double *b,
		   double *c, double *ret_residual)
{
	const struct qr *qr = &t->tries[at].qr;
	double n = (double)qr->nr_rows;
	double k = (double)qr->rank + (at + 1 < t->nr);
	double residual = qr_residual(qr, b, c);

	if (ret_residual)
		*ret_residual = residual;
	/* Below it there is only rounding to be explained. */
	return n * log(residual / n + 1e-18) + k * log(n);
}

static void describe_limit(const struct model_tries *t, size_t best,
			   const double *scores, const double *residuals,
			   struct stats_model *m)
{
	size_t next = best ? 0 : 1;

	m->has_limit = best + 1 < t->nr;
	m->within = t->tries[best].within;
	m->above = t->tries[best].above;
	if (t->nr < 2)
		return;

	for (size_t i = 0; i < t->nr; i++)
		if (i != best && scores[i] < scores[next])
			next = i;
	m->next_worse = sqrt(residuals[next] / fmax(residuals[best], 1e-18));
	if (next + 1 < t->nr) {
		m->next_within = t->tries[next].within;
		m->next_above = t->tries[next].above;
	}
}

static size_t choose(const struct model_tries *t, const double *ones,
		     struct stats_model *m)
{
	double scores[STATS_MODEL_MAX_LIMITS];
	double residuals[STATS_MODEL_MAX_LIMITS];
	double c[QR_MAX_COLUMNS];
	size_t best = 0;

	for (size_t i = 0; i < t->nr; i++) {
		scores[i] = model_score(t, i, ones, c, &residuals[i]);
		if (scores[i] <= scores[best])
			best = i;
	}
	describe_limit(t, best, scores, residuals, m);
	return best;
}

static struct stats_model_cost cost_of(const struct qr *qr, size_t column,
				       const double *x)
{
	static const enum stats_model_state states[] = {
		[QR_KNOWN] = STATS_MODEL_KNOWN,
		[QR_ZERO] = STATS_MODEL_ABSENT,
		[QR_MIXED] = STATS_MODEL_MIXED,
	};
	bool known = qr->state[column] == QR_KNOWN;

	return (struct stats_model_cost){
		.state = states[qr->state[column]],
		.ci = { .estimate = known ? x[column] : (double)NAN,
			.lo = NAN,
			.hi = NAN,
			.level = 0.95 },
	};
}

static int fill(const struct stats_model_data *d, const struct model_try *try,
		const double *ones, struct stats_model *m)
{
	double c[QR_MAX_COLUMNS], x[QR_MAX_COLUMNS];

	m->predicted = calloc(d->nr_rows, sizeof(*m->predicted));
	if (!m->predicted)
		return -ENOMEM;

	qr_residual(&try->qr, ones, c);
	qr_solve(&try->qr, c, x);
	m->rank = try->qr.rank;
	for (size_t t = 0; t < d->nr_terms; t++) {
		m->cost[t] = cost_of(&try->qr, t, x);
		m->beyond[t] = cost_of(&try->qr, d->nr_terms + t, x);
	}
	for (size_t i = 0; i < d->nr_rows; i++)
		for (size_t j = 0; j < 2 * d->nr_terms; j++)
			m->predicted[i] += x[j] * entry(d, i, j, try->within);
	return 0;
}

static int fit(const struct stats_model_data *d, struct model_tries *t,
	       struct stats_model *m)
{
	double *ones = calloc(d->nr_rows, sizeof(*ones));
	size_t best;
	int err = ones ? try_limits(d, t) : -ENOMEM;

	if (!err) {
		for (size_t i = 0; i < d->nr_rows; i++)
			ones[i] = 1;
		model_center(d, ones);
		best = choose(t, ones, m);
		err = fill(d, &t->tries[best], ones, m);
		if (!err && d->launch_level)
			err = model_bootstrap(d, t, best, m);
	}
	free(ones);
	return err;
}

int stats_model_fit(const struct stats_model_data *d, struct stats_model *ret)
{
	struct stats_model m = { .next_within = NAN,
				 .next_above = NAN,
				 .next_worse = NAN,
				 .limit_share = NAN };
	struct model_tries *t;
	int err = check(d);

	if (err)
		return err;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;

	err = fit(d, t, &m);
	for (size_t i = 0; i < t->nr; i++)
		qr_finish(&t->tries[i].qr);
	free(t);
	if (err)
		stats_model_finish(&m);
	else
		*ret = m;
	return err;
}

void stats_model_finish(struct stats_model *m)
{
	free(m->predicted);
	m->predicted = NULL;
}
