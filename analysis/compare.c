// SPDX-License-Identifier: GPL-2.0-only
/* Matching of points and Welch by the level that the data has. */
#include "compare.h"
#include "array.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One side of a row: the logarithms of its launches and of its boots. */
struct side {
	double *logs;  /* one a launch */
	size_t *boots; /* of each launch */
	double *means; /* one a boot */
	size_t nr, nr_boots;
	size_t nr_without_log; /* launches at zero */
};

static void side_finish(struct side *s)
{
	free(s->logs);
	free(s->boots);
	free(s->means);
}

static int side_init(struct side *s, size_t max)
{
	*s = (struct side){
		.logs = calloc(max + 1, sizeof(*s->logs)),
		.boots = calloc(max + 1, sizeof(*s->boots)),
		.means = calloc(max + 1, sizeof(*s->means)),
	};
	if (s->logs && s->boots && s->means)
		return 0;
	side_finish(s);
	return -ENOMEM;
}

static void side_add(struct side *s, double value, size_t boot)
{
	if (!isfinite(value) || value <= 0) {
		s->nr_without_log += !isnan(value);
		return;
	}
	s->boots[s->nr] = boot;
	s->logs[s->nr++] = log(value);
}

static bool seen_before(const struct side *s, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (s->boots[i] == s->boots[at])
			return true;
	return false;
}

static void side_means(struct side *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		double sum = 0;
		size_t nr = 0;

		if (seen_before(s, i))
			continue;
		for (size_t j = i; j < s->nr; j++)
			if (s->boots[j] == s->boots[i]) {
				sum += s->logs[j];
				nr++;
			}
		s->means[s->nr_boots++] = sum / (double)nr;
	}
}

/* The values of a row's side: an arm's levels, or an observed metric. */
static int side_fill(struct side *s, const struct summary_point *p,
		     const struct compare_row *row, bool unfiltered)
{
	const struct result_point *point = p->point;
	long at = result_find_arm(point, row->arm);
	int err = side_init(s, point->nr_launches);

	if (err || at < 0)
		return err;

	for (size_t i = 0; !row->metric && i < point->arms[at].nr_scores; i++) {
		const struct result_score *score = &point->arms[at].scores[i];

		side_add(s, unfiltered ? score->all_level_ns : score->level_ns,
			 point->launches[score->launch].boot);
	}
	for (size_t i = 0; row->metric && i < point->nr_observed; i++) {
		const struct result_observed *o = &point->observed[i];

		if (o->arm != (size_t)at || strcmp(o->metric, row->metric) != 0)
			continue;
		for (size_t j = 0; j < o->nr_sights; j++)
			side_add(s, o->sights[j].median_ns,
				 point->launches[o->sights[j].launch].boot);
	}
	side_means(s);
	return 0;
}

static double mean_of(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

/* Boots that agree to the last digit: a difference and no interval. */
static struct stats_ci bare_difference(const struct side *a,
				       const struct side *b)
{
	return (struct stats_ci){
		.estimate = mean_of(b->means, b->nr_boots) -
			    mean_of(a->means, a->nr_boots),
		.lo = NAN,
		.hi = NAN,
		.level = 0.95,
	};
}

static int judge(struct compare_row *row, const struct side *a,
		 const struct side *b, double m)
{
	int err;

	row->boots_a = a->nr_boots;
	row->boots_b = b->nr_boots;
	row->by_boots = a->nr_boots >= STATS_MIN_BOOTS &&
			b->nr_boots >= STATS_MIN_BOOTS && !a->nr_without_log &&
			!b->nr_without_log;
	if (row->by_boots) {
		err = stats_judge_welch(a->means, a->nr_boots, b->means,
					b->nr_boots, m, &row->judgement);
		row->verdict = row->judgement.verdict;
		if (!err && row->verdict == STATS_TOO_FEW)
			row->judgement.ci95 = bare_difference(a, b);
		return err;
	}
	err = stats_welch(a->logs, a->nr, b->logs, b->nr, 0.95,
			  &row->judgement.ci95);
	if (err)
		row->judgement.ci95 = (struct stats_ci){
			.estimate = NAN, .lo = NAN, .hi = NAN, .level = 0.95
		};
	return err == -ENOMEM ? err : 0;
}

/* The mean that the difference is taken of, so that both agree. */
static struct summary_level level_of(const struct side *s, bool by_boots)
{
	struct summary_level level = { .n = s->nr };

	if (s->nr)
		level.ci.estimate = exp(by_boots
						? mean_of(s->means, s->nr_boots)
						: mean_of(s->logs, s->nr));
	level.ci.lo = level.ci.hi = NAN;
	return level;
}

static int append_row(struct compare *c, const struct compare_row *row)
{
	struct compare_row *more = array_more(c->rows, c->nr_rows,
					      sizeof(*more));

	if (!more)
		return -ENOMEM;
	c->rows = more;
	c->rows[c->nr_rows++] = *row;
	return 0;
}

static int add_share(struct compare *c, struct compare_row row)
{
	int err;

	row.share = true;
	err = compare_share(&row, c->a->m);
	if (err)
		return err == -ERANGE ? 0 : err;
	return append_row(c, &row);
}

static int add_row(struct compare *c, struct compare_row row)
{
	bool unfiltered = row.a->unfiltered || row.b->unfiltered;
	struct side a = { 0 }, b = { 0 };
	int err = side_fill(&a, row.a, &row, unfiltered);

	if (!err)
		err = side_fill(&b, row.b, &row, unfiltered);
	if (!err && a.nr && b.nr)
		err = judge(&row, &a, &b, c->a->m);
	row.level_a = level_of(&a, row.by_boots);
	row.level_b = level_of(&b, row.by_boots);
	if (!err && a.nr && b.nr)
		err = append_row(c, &row);
	side_finish(&a);
	side_finish(&b);
	return err;
}

static int compare_point(struct compare *c, const struct summary_point *a,
			 const struct summary_point *b)
{
	const struct result_point *p = a->point;
	bool share = result_is_of_trials(p) && result_is_of_trials(b->point);
	int err = 0;

	for (size_t i = 0; !err && i < p->nr_arms; i++) {
		const struct compare_row row = { .a = a,
						 .b = b,
						 .arm = p->arms[i].name };

		if (result_arm_is_shown(&p->arms[i]) &&
		    result_find_arm(b->point, p->arms[i].name) >= 0)
			err = share ? add_share(c, row) : add_row(c, row);
	}
	for (size_t i = 0; !err && i < p->nr_observed; i++) {
		const struct result_arm *arm = &p->arms[p->observed[i].arm];

		if (arm->kind == RESULT_ARM_REFERENCE)
			err = add_row(
				c, (struct compare_row){
					   .a = a,
					   .b = b,
					   .arm = arm->name,
					   .metric = p->observed[i].metric });
	}
	return err;
}

static int add_only(const struct result_point ***list, size_t *nr,
		    const struct result_point *p)
{
	const struct result_point **more = array_more((void *)*list, *nr,
						      sizeof(void *));

	if (!more)
		return -ENOMEM;
	*list = more;
	more[(*nr)++] = p;
	return 0;
}

static const struct summary_point *measured(const struct summary *s,
					    const char *id)
{
	long at = result_find_point(s->result, id);

	return at >= 0 && s->result->points[at].nr_launches ? &s->points[at]
							    : NULL;
}

static int match(struct compare *c)
{
	const struct result *a = c->a->result, *b = c->b->result;
	int err = 0;

	for (size_t i = 0; !err && i < a->nr_points; i++) {
		const struct summary_point *other = measured(c->b,
							     a->points[i].id);

		if (!a->points[i].nr_launches)
			continue;
		err = other ? compare_point(c, &c->a->points[i], other)
			    : add_only(&c->only_a, &c->nr_only_a,
				       &a->points[i]);
	}
	for (size_t i = 0; !err && i < b->nr_points; i++)
		if (b->points[i].nr_launches &&
		    !measured(c->a, b->points[i].id))
			err = add_only(&c->only_b, &c->nr_only_b,
				       &b->points[i]);
	return err;
}

static int adjust(struct compare *c)
{
	double *p = calloc(c->nr_rows + 1, sizeof(*p));
	size_t n = 0;

	if (!p)
		return -ENOMEM;

	for (size_t i = 0; i < c->nr_rows; i++)
		if (c->rows[i].by_boots && !isnan(c->rows[i].judgement.p))
			p[n++] = c->rows[i].judgement.p;
	c->nr_judged = n;
	if (n > SUMMARY_HOLM_MAX)
		stats_benjamini_hochberg(p, n);
	else if (n)
		stats_holm(p, n);
	n = 0;
	for (size_t i = 0; i < c->nr_rows; i++)
		if (c->rows[i].by_boots && !isnan(c->rows[i].judgement.p))
			c->rows[i].verdict = summary_adjust(c->rows[i].verdict,
							    p[n++]);
	free(p);
	return 0;
}

int compare_new(const struct summary *a, const struct summary *b,
		struct compare **ret_compare)
{
	struct compare *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;

	c->a = a;
	c->b = b;
	err = match(c);
	if (!err)
		err = adjust(c);
	if (err) {
		compare_free(c);
		return err;
	}
	*ret_compare = c;
	return 0;
}

void compare_free(struct compare *c)
{
	if (!c)
		return;

	free(c->rows);
	free((void *)c->only_a);
	free((void *)c->only_b);
	free(c);
}
