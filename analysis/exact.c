// SPDX-License-Identifier: GPL-2.0-only
#include "exact.h"
#include "array.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An event that differs by less, per op or in parts, is the same. */
#define EVENT_LEAST	  0.02
#define EVENT_LEAST_SHARE 0.01

/* Of other kernels: the same point with that arm, or NULL. */
static const struct result_point *same_point(const struct result *r,
					     const struct result_point *p)
{
	long at = result_find_point(r, p->id);

	return at >= 0 && r->points[at].nr_launches ? &r->points[at] : NULL;
}

static const struct result_arm *same_arm(const struct result_point *p,
					 const char *name)
{
	long at = p ? result_find_arm(p, name) : RESULT_NONE;

	return at >= 0 && p->arms[at].nr_counts ? &p->arms[at] : NULL;
}

static int median_of(const struct result_arm *arm, double *ret)
{
	double *copy = malloc(arm->nr_counts * sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	memcpy(copy, arm->counts, arm->nr_counts * sizeof(*copy));
	*ret = stats_median(copy, arm->nr_counts) / arm->count_ops;
	free(copy);
	return 0;
}

static enum exact_verdict judge(const struct exact_cell *cell)
{
	if (cell->lo > 0 || cell->hi < 0)
		return EXACT_DIFFERS;
	return cell->lo < cell->hi ? EXACT_WITHIN : EXACT_IDENTICAL;
}

static int pair(const struct result_arm *a, const struct result_arm *b,
		struct exact_cell *cell)
{
	size_t n = a->nr_counts;
	struct stats_ci ci;
	double *more;
	int err;

	if (n != b->nr_counts || a->count_ops != b->count_ops) {
		cell->verdict = EXACT_UNLIKE;
		return 0;
	}
	more = malloc(n * sizeof(*more));
	if (!more)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		more[i] = b->counts[i] - a->counts[i];
	stats_sort(more, n);
	err = stats_median_ci(more, n, 0.95, &ci);
	free(more);
	if (err) {
		cell->verdict = EXACT_UNLIKE;
		return 0;
	}
	cell->more = ci.estimate / a->count_ops;
	cell->lo = ci.lo / a->count_ops;
	cell->hi = ci.hi / a->count_ops;
	cell->verdict = judge(cell);
	return 0;
}

static int fill_cell(const struct exact *x, size_t side, struct exact_row *row)
{
	const struct result_arm *first = same_arm(row->point, row->arm);
	const struct result_arm *arm = same_arm(
		same_point(x->sides[side], row->point), row->arm);
	struct exact_cell *cell = &row->cells[side];
	int err;

	*cell = (struct exact_cell){
		.per_op = NAN, .more = NAN, .lo = NAN, .hi = NAN
	};
	if (!arm)
		return 0;
	err = median_of(arm, &cell->per_op);
	return err || !side ? err : pair(first, arm, cell);
}

static int add_row(struct exact *x, const struct result_point *p,
		   const struct result_arm *arm)
{
	struct exact_row *more = array_more(x->rows, x->nr_rows, sizeof(*more));
	int err = 0;

	if (!more)
		return -ENOMEM;
	x->rows = more;
	more += x->nr_rows++;
	*more = (struct exact_row){ .point = p, .arm = arm->name };
	for (size_t i = 0; !err && i < x->nr_sides; i++)
		err = fill_cell(x, i, more);
	return err;
}

/* NaN where it was not counted. */
static double event_of(const struct result_point *p, const char *arm,
		       const struct result_counter *like)
{
	long at = p ? result_find_arm(p, arm) : RESULT_NONE;

	for (size_t i = 0; at >= 0 && i < p->nr_counters; i++) {
		const struct result_counter *c = &p->counters[i];

		if (c->arm == (size_t)at && c->nr_counted && c->ops > 0 &&
		    !strcmp(c->name, like->name) &&
		    !strcmp(c->scope, like->scope))
			return c->value / c->ops;
	}
	return NAN;
}

static bool is_other(double a, double b)
{
	double least = fmax(EVENT_LEAST, EVENT_LEAST_SHARE * fabs(a));

	return fabs(a - b) > least;
}

bool exact_is_paired(const struct exact_cell *cell)
{
	return cell->verdict != EXACT_MISSING && cell->verdict != EXACT_UNLIKE;
}

bool exact_is_event(const char *name)
{
	return !strstr(name, "task-clock") && !strstr(name, "cycles") &&
	       !strstr(name, "instructions");
}

static int add_event(struct exact *x, const struct result_point *p,
		     const struct result_counter *c)
{
	struct exact_event event = { .point = p,
				     .arm = p->arms[c->arm].name,
				     .name = c->name,
				     .scope = c->scope };
	struct exact_event *more;
	bool other = false;

	for (size_t i = 0; i < x->nr_sides; i++) {
		event.per_op[i] = event_of(same_point(x->sides[i], p),
					   event.arm, c);
		other = other || is_other(event.per_op[0], event.per_op[i]);
	}
	if (!other)
		return 0;
	more = array_more(x->events, x->nr_events, sizeof(*more));
	if (!more)
		return -ENOMEM;
	x->events = more;
	x->events[x->nr_events++] = event;
	return 0;
}

static int take_point(struct exact *x, const struct result_point *p)
{
	int err = 0;

	for (size_t i = 0; !err && i < p->nr_arms; i++)
		if (result_arm_is_shown(&p->arms[i]) && p->arms[i].nr_counts)
			err = add_row(x, p, &p->arms[i]);
	for (size_t i = 0; !err && i < p->nr_counters; i++)
		if (result_arm_is_shown(&p->arms[p->counters[i].arm]) &&
		    p->counters[i].nr_counted &&
		    exact_is_event(p->counters[i].name))
			err = add_event(x, p, &p->counters[i]);
	return err;
}

int exact_new(const struct result *const *sides, size_t nr,
	      struct exact **ret_exact)
{
	struct exact *x = calloc(1, sizeof(*x));
	int err = 0;

	if (!x || !nr || nr > EXACT_MAX_SIDES) {
		free(x);
		return x ? -E2BIG : -ENOMEM;
	}
	x->sides = sides;
	x->nr_sides = nr;
	for (size_t i = 0; i < nr; i++)
		x->letters[i] = (char)('A' + (int)i);
	for (size_t i = 0; !err && i < sides[0]->nr_points; i++)
		err = take_point(x, &sides[0]->points[i]);
	if (err) {
		exact_free(x);
		return err;
	}
	*ret_exact = x;
	return 0;
}

void exact_free(struct exact *x)
{
	if (!x)
		return;
	free(x->rows);
	free(x->events);
	free(x);
}

void exact_leave_out(struct exact *x,
		     bool (*is_out)(const void *ctx, const char *workload),
		     const void *ctx)
{
	size_t rows = 0, events = 0;

	for (size_t i = 0; i < x->nr_rows; i++)
		if (!is_out(ctx, x->rows[i].point->workload))
			x->rows[rows++] = x->rows[i];
	for (size_t i = 0; i < x->nr_events; i++)
		if (!is_out(ctx, x->events[i].point->workload))
			x->events[events++] = x->events[i];
	x->nr_rows = rows;
	x->nr_events = events;
}

size_t exact_count(const struct exact *x, size_t side,
		   enum exact_verdict verdict)
{
	size_t nr = 0;

	for (size_t i = 0; i < x->nr_rows; i++)
		nr += x->rows[i].cells[side].verdict == verdict;
	return nr;
}

double exact_share(const struct exact_row *row, size_t side)
{
	double first = row->cells[0].per_op;

	return first > 0 ? row->cells[side].more / first : (double)NAN;
}

size_t exact_largest(const struct exact *x, size_t side, size_t max,
		     const struct exact_row **ret)
{
	size_t nr = 0;

	for (size_t i = 0; i < x->nr_rows; i++) {
		const struct exact_row *row = &x->rows[i];
		size_t at = nr;

		if (row->cells[side].verdict != EXACT_DIFFERS)
			continue;
		while (at && fabs(exact_share(row, side)) >
				     fabs(exact_share(ret[at - 1], side)))
			at--;
		if (at == max)
			continue;
		nr += nr < max;
		for (size_t j = nr - 1; j > at; j--)
			ret[j] = ret[j - 1];
		ret[at] = row;
	}
	return nr;
}
