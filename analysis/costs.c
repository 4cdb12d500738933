// SPDX-License-Identifier: GPL-2.0-only
#include "costs.h"
#include "trials.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_cost(const struct result_metric *m)
{
	return m->kind && !strcmp(m->kind, "count") && m->unit &&
	       strchr(m->unit, '/') && !m->higher_is_better;
}

const struct summary_observed *costs_of(const struct summary_point *p,
					size_t arm,
					const struct result_metric *m)
{
	for (size_t i = 0; i < p->point->nr_observed; i++)
		if (p->point->observed[i].arm == arm &&
		    !strcmp(p->point->observed[i].metric, m->name) &&
		    p->observed[i].median.n)
			return &p->observed[i];
	return NULL;
}

/* Of the arms that are contrasts: what all are held against may do nothing. */
static void find_reference(struct costs *c)
{
	size_t most = 1;

	for (size_t i = 0; i < c->group->nr_points; i++) {
		const struct summary_point *p = c->group->points[i];

		for (size_t a = 0; a < p->point->nr_arms; a++) {
			size_t nr = 0;

			for (size_t m = 0; m < c->nr; m++)
				nr += costs_of(p, a, c->metrics[m]) != NULL;
			if (nr <= most || !result_arm_is_shown(p->arms[a].arm))
				continue;
			most = nr;
			c->reference = p->arms[a].arm->name;
		}
	}
}

void costs_find(const struct group *g, struct costs *ret)
{
	const struct result_point *p = group_richest(g);

	*ret = (struct costs){ .group = g };
	if (!trials_are_in(g))
		return;
	for (size_t i = 1; i < p->nr_metrics && ret->nr < COSTS_MAX; i++)
		if (is_cost(&p->metrics[i]))
			ret->metrics[ret->nr++] = &p->metrics[i];
	if (ret->nr < 2)
		ret->nr = 0;
	find_reference(ret);
}

bool costs_have(const struct costs *c, const char *metric)
{
	for (size_t i = 0; i < c->nr; i++)
		if (!strcmp(c->metrics[i]->name, metric))
			return true;
	return false;
}

double costs_unit(const struct result_metric *m, char buf[COSTS_UNIT_BYTES])
{
	bool ps = !strncmp(m->unit, "ps/", 3);

	snprintf(buf, COSTS_UNIT_BYTES, "%s%.20s", ps ? "ns" : "",
		 ps ? m->unit + 2 : m->unit);
	return ps ? 1e-3 : 1;
}

static void launch_values(const struct summary_observed *o, double *values,
			  size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		values[i] = NAN;
	for (size_t i = 0; i < o->observed->nr_sights; i++)
		if (o->observed->sights[i].launch < nr)
			values[o->observed->sights[i].launch] =
				o->observed->sights[i].median_ns;
}

static int paired(const struct summary_observed *of,
		  const struct summary_observed *to, size_t nr,
		  struct stats_ci *ret)
{
	double *values = calloc(2 * nr + 1, sizeof(*values));
	struct stats_judgement judgement;
	struct stats_ci ci;
	size_t n = 0;
	int err;

	if (!values)
		return -ENOMEM;

	launch_values(of, values, nr);
	launch_values(to, values + nr, nr);
	err = summary_paired(values + nr, values, nr, 0.01, &judgement, &n);
	free(values);
	if (err)
		return err;
	if (!n || judgement.verdict == STATS_TOO_FEW)
		return -ENODATA;

	ci = judgement.ci95;
	*ret = (struct stats_ci){ exp(ci.estimate), exp(ci.lo), exp(ci.hi),
				  ci.level };
	return 0;
}

int costs_relative(const struct costs *c, const struct summary_point *p,
		   size_t arm, const struct result_metric *m,
		   struct stats_ci *ret)
{
	long at = c->reference ? result_find_arm(p->point, c->reference)
			       : RESULT_NONE;
	const struct summary_observed *of = costs_of(p, arm, m);
	const struct summary_observed *to = at < 0 ? NULL
						   : costs_of(p, (size_t)at, m);

	return of && to ? paired(of, to, p->point->nr_launches, ret) : -ENODATA;
}

double costs_half_width(const struct stats_ci *ci)
{
	return isfinite(ci->lo) && isfinite(ci->hi) && ci->estimate > 0
		       ? (ci->hi - ci->lo) / 2 / ci->estimate
		       : (double)NAN;
}
