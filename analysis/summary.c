// SPDX-License-Identifier: GPL-2.0-only
/* Launch scores to levels, contrasts and verdicts. */
#include "summary.h"
#include "stats/tail.h"
#include "windows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int summary_level(double *values, size_t n, struct summary_level *ret_level)
{
	struct summary_level level = { .n = n };
	int err = -ERANGE;

	if (n >= STATS_MIN_N)
		err = stats_hodges_lehmann(values, n, 0.95, &level.ci);
	if (err && err != -ERANGE)
		return err;
	if (err)
		level.ci = (struct stats_ci){
			.estimate = stats_median(values, n),
			.lo = NAN,
			.hi = NAN,
			.level = 0.95,
		};
	*ret_level = level;
	return 0;
}

static double mean_marked(const struct result_arm *arm)
{
	double sum = 0;

	for (size_t i = 0; i < arm->nr_scores; i++)
		sum += arm->scores[i].marked;
	return arm->nr_scores ? sum / (double)arm->nr_scores : 0;
}

static bool shares_differ(const struct summary_point *p)
{
	double lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < p->point->nr_arms; i++) {
		lo = fmin(lo, p->arms[i].marked);
		hi = fmax(hi, p->arms[i].marked);
	}
	return hi - lo > SUMMARY_SHARE_LIMIT;
}

enum field {
	LEVEL,
	CPU,
	RATIO
};

static double score_field(const struct result_score *s, enum field field,
			  bool unfiltered)
{
	switch (field) {
	case LEVEL:
		return unfiltered ? s->all_level_ns : s->level_ns;
	case CPU:
		return s->cpu_ns;
	case RATIO:
		return unfiltered ? s->all_ratio : s->ratio;
	}
	return NAN;
}

/* The finite values of a field; how many. */
static size_t collect(const struct result_arm *arm, enum field field,
		      bool unfiltered, double *values)
{
	size_t n = 0;

	for (size_t i = 0; i < arm->nr_scores; i++) {
		double v = score_field(&arm->scores[i], field, unfiltered);

		if (isfinite(v))
			values[n++] = v;
	}
	return n;
}

void summary_launch_levels(const struct summary_point *p, size_t arm,
			   double *ret_levels)
{
	const struct result_arm *a = &p->point->arms[arm];

	for (size_t i = 0; i < p->point->nr_launches; i++)
		ret_levels[i] = NAN;
	for (size_t i = 0; i < a->nr_scores; i++)
		ret_levels[a->scores[i].launch] = score_field(
			&a->scores[i], LEVEL, p->unfiltered);
}

int summary_paired(const double *a, const double *b, size_t n, double m,
		   struct stats_judgement *ret_judgement, size_t *ret_n)
{
	double *ratios = calloc(n + 1, sizeof(*ratios));
	struct stats_judgement judgement = { 0 };
	size_t nr = 0;
	int err = 0;

	if (!ratios)
		return -ENOMEM;

	for (size_t i = 0; i < n; i++) {
		if (isnan(a[i]) || isnan(b[i]))
			continue;
		if (!(a[i] > 0) || !(b[i] > 0)) {
			nr = 0;
			break;
		}
		ratios[nr++] = log(b[i] / a[i]);
	}
	if (nr)
		err = stats_judge_paired(ratios, nr, m, &judgement);
	free(ratios);
	*ret_judgement = judgement;
	*ret_n = nr;
	return err;
}

static bool has_infinite(const struct result_arm *arm, bool unfiltered)
{
	for (size_t i = 0; i < arm->nr_scores; i++)
		if (isinf(score_field(&arm->scores[i], RATIO, unfiltered)))
			return true;

	return false;
}

/* Only long ops have CPU times. */
static int summarise_long(struct summary_arm *a, bool unfiltered,
			  double *values)
{
	size_t n = collect(a->arm, CPU, unfiltered, values);
	int err = n ? summary_level(values, n, &a->cpu) : 0;

	if (err || !n)
		return err;

	stats_sort(values, n);
	a->cpu_p10 = stats_quantile(values, n, 0.1);
	n = collect(a->arm, LEVEL, unfiltered, values);
	stats_sort(values, n);
	a->wall_p10 = n ? stats_quantile(values, n, 0.1) : 0;
	return 0;
}

static int summarise_arm(struct summary_arm *a, bool unfiltered, double *values)
{
	size_t n = collect(a->arm, LEVEL, unfiltered, values);
	int err = summary_level(values, n, &a->level);

	if (err)
		return err;
	return summarise_long(a, unfiltered, values);
}

static int judge_arm(struct summary_arm *a, double m, bool unfiltered,
		     double *values)
{
	int err;

	a->nr_ratios = collect(a->arm, RATIO, unfiltered, values);
	/* What is left when some launches came to nothing would be a lie. */
	if (has_infinite(a->arm, unfiltered))
		a->nr_ratios = 0;
	err = a->nr_ratios ? stats_judge_paired(values, a->nr_ratios, m,
						&a->judgement)
			   : 0;
	a->verdict = a->judgement.verdict;
	a->adjusted_p = a->judgement.p;
	return err;
}

static int summarise_arms(struct summary_point *p, double m)
{
	double *values;
	int err = 0;

	values = calloc(p->point->nr_launches + 1, sizeof(*values));
	if (!values)
		return -ENOMEM;

	for (size_t i = 0; i < p->point->nr_arms; i++) {
		p->arms[i].arm = &p->point->arms[i];
		p->arms[i].marked = mean_marked(&p->point->arms[i]);
	}
	p->unfiltered = shares_differ(p);
	for (size_t i = 0; !err && i < p->point->nr_arms; i++) {
		struct summary_arm *a = &p->arms[i];

		err = summarise_arm(a, p->unfiltered, values);
		/* Shares are judged by the items that they are of. */
		if (!err && a->arm->reference && !result_is_of_trials(p->point))
			err = judge_arm(a, m, p->unfiltered, values);
	}

	free(values);
	return err;
}

static int tail(
	const struct result_observed *o, double q,
	struct stats_tail_launch (*of)(const struct result_sight *sight),
	struct summary_level *ret_level)
{
	struct stats_tail_launch *launches;
	int err;

	launches = calloc(o->nr_sights + 1, sizeof(*launches));
	if (!launches)
		return -ENOMEM;

	for (size_t i = 0; i < o->nr_sights; i++)
		launches[i] = of(&o->sights[i]);
	ret_level->n = o->nr_sights;
	err = stats_tail(launches, o->nr_sights, q, &ret_level->ci);
	free(launches);
	return err;
}

static struct stats_tail_launch sample_of(const struct result_sight *sight)
{
	return (struct stats_tail_launch){ .values = sight->quantiles,
					   .nr = sight->nr_quantiles };
}

static struct stats_tail_launch all_of(const struct result_sight *sight)
{
	return (struct stats_tail_launch){ .values = sight->buckets,
					   .nr = sight->nr_buckets,
					   .counts = sight->counts };
}

/* A file may leave out the histogram of some launches. */
static int summarise_far_tail(struct summary_observed *s)
{
	const struct result_observed *o = s->observed;
	double most = 0;

	for (size_t i = 0; i < o->nr_sights; i++) {
		const struct result_sight *sight = &o->sights[i];

		if (!sight->nr_buckets)
			return 0;
		most = fmax(most,
			    (double)sight->buckets[sight->nr_buckets - 1]);
	}
	s->most_ns = most;
	return tail(o, 0.999, all_of, &s->p999);
}

static int summarise_tails(struct summary_observed *s)
{
	int err = tail(s->observed, 0.99, sample_of, &s->p99);

	return err ? err : summarise_far_tail(s);
}

static int summarise_observed(struct summary_observed *s)
{
	const struct result_observed *o = s->observed;
	double *values = calloc(o->nr_sights + 1, sizeof(*values));
	int err;

	if (!values)
		return -ENOMEM;

	for (size_t i = 0; i < o->nr_sights; i++)
		values[i] = o->sights[i].median_ns;
	err = summary_level(values, o->nr_sights, &s->median);
	free(values);
	return err ? err : summarise_tails(s);
}

static int summarise_point(struct summary_point *p, double m)
{
	int err;

	p->arms = calloc(p->point->nr_arms + 1, sizeof(*p->arms));
	p->observed = calloc(p->point->nr_observed + 1, sizeof(*p->observed));
	if (!p->arms || !p->observed)
		return -ENOMEM;

	err = summarise_arms(p, m);
	if (!err)
		err = windows_by_cpu(p, m);
	for (size_t i = 0; !err && i < p->point->nr_observed; i++) {
		p->observed[i].observed = &p->point->observed[i];
		err = summarise_observed(&p->observed[i]);
	}
	return err;
}

/* @sign: -1 if more is better, so that slower has one sign everywhere. */
static void check(struct summary_check *c, const struct stats_judgement *j,
		  double sign)
{
	double estimate = sign * j->ci95.estimate;

	if (j->verdict == STATS_TOO_FEW)
		return;

	c->lowest = c->nr ? fmin(c->lowest, estimate) : estimate;
	c->highest = c->nr ? fmax(c->highest, estimate) : estimate;
	c->widest = fmax(c->widest, (j->ci95.hi - j->ci95.lo) / 2);
	c->nr++;
	c->nr_changed += j->verdict == STATS_CHANGED ||
			 j->verdict == STATS_CHANGED_BELOW_M;
}

static void check_arm(struct summary *s, const struct result_point *p,
		      const struct summary_arm *a)
{
	const struct result_metric *m = p->metrics;
	double sign = p->nr_metrics && m->higher_is_better ? -1 : 1;

	if (a->arm->kind == RESULT_ARM_AGAIN) {
		check(&s->again, &a->judgement, sign);
		check(&s->again_by_cpu, &a->by_cpu.judgement, sign);
	} else if (a->arm->kind == RESULT_ARM_INJECT) {
		check(&s->inject, &a->judgement, sign);
		check(&s->inject_by_cpu, &a->by_cpu.judgement, sign);
	}
}

static void check_self(struct summary *s)
{
	for (size_t i = 0; i < s->result->nr_points; i++)
		for (size_t j = 0; j < s->result->points[i].nr_arms; j++)
			check_arm(s, &s->result->points[i],
				  &s->points[i].arms[j]);
}

int summary_new(const struct result *r, struct summary **ret_summary)
{
	struct summary *s = calloc(1, sizeof(*s));
	int err = 0;

	if (!s)
		return -ENOMEM;

	s->result = r;
	s->m = r->runs[0].m;
	s->points = calloc(r->nr_points + 1, sizeof(*s->points));
	if (!s->points)
		err = -ENOMEM;
	for (size_t i = 0; !err && i < r->nr_points; i++) {
		s->points[i].point = &r->points[i];
		err = summarise_point(&s->points[i], s->m);
	}
	if (!err)
		err = summary_adjust_families(s);
	if (err) {
		summary_free(s);
		return err;
	}
	check_self(s);
	*ret_summary = s;
	return 0;
}

void summary_free(struct summary *s)
{
	if (!s)
		return;

	for (size_t i = 0; s->points && i < s->result->nr_points; i++) {
		free(s->points[i].arms);
		free(s->points[i].observed);
	}
	free(s->points);
	free(s);
}

const struct summary_arm *summary_reference(const struct summary_point *p)
{
	for (size_t i = 0; i < p->point->nr_arms; i++)
		if (p->arms[i].arm->kind == RESULT_ARM_REFERENCE)
			return &p->arms[i];
	return NULL;
}

const struct summary_arm *summary_arm(const struct summary_point *p,
				      const char *name)
{
	for (size_t i = 0; i < p->point->nr_arms; i++)
		if (!strcmp(p->point->arms[i].name, name))
			return &p->arms[i];
	return NULL;
}
