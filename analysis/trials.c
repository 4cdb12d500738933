// SPDX-License-Identifier: GPL-2.0-only
#include "trials.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool trials_are_in(const struct group *g)
{
	for (size_t i = 0; i < g->nr_points; i++)
		if (result_is_of_trials(g->points[i]->point))
			return true;
	return false;
}

static bool is_planted(const struct result_point *p,
		       const struct result_trials *t)
{
	return p->arms[t->arm].kind == RESULT_ARM_PLANTED;
}

bool trials_are_planted(const struct result_point *p)
{
	for (size_t i = 0; i < p->nr_trials; i++)
		if (is_planted(p, &p->trials[i]))
			return true;
	return p->planted_left_out;
}

static void add_planted(const struct result_point *p,
			const struct result_trials *t, size_t outcome,
			struct trials_planted *sum)
{
	sum->nr += result_due(p, t, outcome);
	sum->found += result_as_due(p, t, outcome);
}

struct trials_planted trials_find_planted(const struct result_point *p,
					  const char *arm, const char *outcome)
{
	struct trials_planted sum = { 0 };

	for (size_t i = 0; i < p->nr_trials; i++) {
		const struct result_trials *t = &p->trials[i];

		if (!is_planted(p, t) ||
		    (arm && strcmp(arm, p->arms[t->arm].name) != 0))
			continue;
		for (size_t j = 0; j < p->nr_outcomes; j++)
			if (!outcome || !strcmp(outcome, p->outcomes[j].name))
				add_planted(p, t, j, &sum);
	}
	return sum;
}

/* Items of all arms with this outcome, and how many of them expected it. */
static void count_outcome(const struct group *g, const char *name,
			  double *ret_seen, double *ret_expected,
			  double *ret_as_expected)
{
	*ret_seen = *ret_expected = *ret_as_expected = 0;
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;
		long at = result_find_word(p->outcomes, p->nr_outcomes, name);

		for (size_t j = 0; at >= 0 && j < p->nr_trials; j++) {
			const struct result_trials *t = &p->trials[j];

			if (is_planted(p, t))
				continue;
			*ret_seen += result_seen(p, t, (size_t)at);
			*ret_expected += result_due(p, t, (size_t)at);
			*ret_as_expected += result_as_due(p, t, (size_t)at);
		}
	}
}

/* Whether an oracle predicted it or named so what was seen. */
static bool is_predicted(const struct group *g, const char *name)
{
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;
		size_t nr = p->nr_outcomes, nr_cells = nr * nr * p->nr_oracles;
		long at = result_find_word(p->outcomes, nr, name);

		for (size_t j = 0; at >= 0 && j < p->nr_trials; j++)
			for (size_t k = 0;
			     !is_planted(p, &p->trials[j]) && k < nr_cells; k++)
				if (p->trials[j].predicted[k] > 0 &&
				    (k % nr == (size_t)at ||
				     k / nr % nr == (size_t)at))
					return true;
	}
	return false;
}

static bool is_planted_in(const struct group *g, const char *name)
{
	for (size_t i = 0; i < g->nr_points; i++)
		if (trials_find_planted(g->points[i]->point, NULL, name).nr > 0)
			return true;
	return false;
}

const struct result_point *trials_most_outcomes(const struct group *g)
{
	const struct result_point *most = g->points[0]->point;

	for (size_t i = 1; i < g->nr_points; i++)
		if (g->points[i]->point->nr_outcomes > most->nr_outcomes)
			most = g->points[i]->point;
	return most;
}

struct trials_mistakes trials_find_mistakes(const struct group *g)
{
	const struct result_point *p = trials_most_outcomes(g);
	struct trials_mistakes m = { 0 };

	for (size_t i = 0; i < p->nr_outcomes; i++) {
		double seen, expected, as_expected;

		count_outcome(g, p->outcomes[i].name, &seen, &expected,
			      &as_expected);
		if (expected <= 0 && seen <= 0 &&
		    is_predicted(g, p->outcomes[i].name) &&
		    !is_planted_in(g, p->outcomes[i].name))
			continue;
		if (expected <= 0)
			m.names[m.nr++] = p->outcomes[i].name;
		else if (seen > as_expected)
			m.other = true;
	}
	return m;
}

static double items_of(const struct result_trials *t, double *ret_as_expected)
{
	double sum = 0;

	*ret_as_expected = 0;
	for (size_t i = 0; i < t->nr_launches; i++) {
		sum += t->launches[i].items;
		*ret_as_expected += t->launches[i].as_expected;
	}
	return sum;
}

static size_t find_arm(const struct trials_arms *arms, const char *name)
{
	size_t i = 0;

	while (i < arms->nr && strcmp(arms->arms[i].name, name) != 0)
		i++;
	return i;
}

static void add_arm(struct trials_arms *arms, const char *name,
		    const struct result_trials *t)
{
	double as_expected, items = items_of(t, &as_expected);
	size_t at = find_arm(arms, name);

	if (items <= 0 || at == TRIALS_MAX_ARMS)
		return;
	if (at == arms->nr) {
		arms->nr++;
		arms->arms[at].name = name;
		arms->arms[at].quiet = true;
	}
	arms->arms[at].items += items;
	arms->arms[at].nr_points++;
	if (as_expected < items)
		arms->arms[at].quiet = false;
}

void trials_find_arms(const struct group *g, struct trials_arms *ret)
{
	*ret = (struct trials_arms){ 0 };
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t a = 0; a < p->nr_arms; a++) {
			const struct result_trials *t = result_find_trials(p,
									   a);

			if (t && result_arm_is_shown(&p->arms[a]))
				add_arm(ret, p->arms[a].name, t);
		}
	}
	for (size_t i = 0; i < ret->nr; i++)
		ret->nr_loud += !ret->arms[i].quiet;
}

const struct result_trials *trials_to_show(const struct trials_arms *arms,
					   const struct result_point *p,
					   size_t arm)
{
	const struct result_trials *t = result_find_trials(p, arm);
	double as_expected;
	size_t at;

	if (!t || !result_arm_is_shown(&p->arms[arm]) ||
	    items_of(t, &as_expected) <= 0)
		return NULL;

	at = find_arm(arms, p->arms[arm].name);
	return at < arms->nr && arms->arms[at].quiet && arms->nr_loud ? NULL
								      : t;
}

double trials_count(const struct result_trials *t)
{
	double sum = 0;

	for (size_t i = 0; i < t->nr_launches; i++) {
		if (t->launches[i].items <= 0)
			continue;
		if (t->launches[i].trials <= 0)
			return 0;
		sum += t->launches[i].trials;
	}
	return sum;
}

int trials_share(const struct result_trials *t, size_t of, size_t part,
		 struct stats_share *ret)
{
	struct stats_share_unit *units = calloc(t->nr_launches + 1,
						sizeof(*units));
	int err;

	if (!units)
		return -ENOMEM;

	for (size_t i = 0; i < t->nr_launches; i++) {
		const char *v = (const char *)&t->launches[i];

		units[i].items = *(const double *)(const void *)(v + of);
		units[i].hits = *(const double *)(const void *)(v + part);
	}
	err = stats_share(units, t->nr_launches, trials_count(t), 0.95, ret);
	free(units);
	return err;
}

/* Of a launch with that mistake, or that are neither; -1: it has no name here. */
static double items_with(const struct result_point *p,
			 const struct result_verdicts *v,
			 const struct trials_mistakes *m, size_t at)
{
	double others = v->items - v->as_expected;

	for (size_t i = 0; i < m->nr; i++) {
		long outcome = result_find_word(p->outcomes, p->nr_outcomes,
						m->names[i]);

		if (i == at)
			return outcome < 0 ? -1 : v->outcome[outcome];
		if (outcome >= 0)
			others -= v->outcome[outcome];
	}
	return others;
}

/* Whether the detector found all of those that were planted at the point. */
static bool was_found(const struct result_point *p, const char *mistake)
{
	struct trials_planted planted = trials_find_planted(p, NULL, mistake);

	return planted.nr > 0 && planted.found >= planted.nr;
}

/* A mistake makes what it is made in an exposure, however that is counted. */
static int describe_mistake(const struct result_point *p,
			    const struct result_trials *t,
			    const struct trials_mistakes *m, size_t at,
			    struct trials_rate *ret)
{
	struct stats_share_unit *units = calloc(t->nr_launches + 1,
						sizeof(*units));
	double trials = p->exposure ? 0 : trials_count(t), exposed = 0;
	int err = units ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < t->nr_launches; i++) {
		const struct result_verdicts *v = &t->launches[i];

		units[i].hits = items_with(p, v, m, at);
		if (units[i].hits < 0) {
			free(units);
			return 0;
		}
		exposed += fmax(v->exposed, units[i].hits);
		units[i].items = p->exposure ? fmax(v->exposed, units[i].hits)
					     : v->items;
	}
	if (!err)
		err = stats_share(units, t->nr_launches,
				  p->exposure ? exposed : trials, 0.95,
				  &ret->share);
	free(units);
	if (err == -ERANGE && p->exposure) {
		ret->share.ci = (struct stats_ci){ NAN, NAN, NAN, 0.95 };
		err = 0;
	}
	if (!err && ret->share.hits <= 0)
		ret->blind = (p->exposure && exposed <= 0) ||
			     (at < m->nr && trials_are_planted(p) &&
			      !was_found(p, m->names[at]));
	return err;
}

int trials_describe(const struct result_point *p, const struct result_trials *t,
		    const struct trials_mistakes *m, struct trials_shares *ret)
{
	struct trials_shares s = { 0 };
	int err = trials_share(t, offsetof(struct result_verdicts, items),
			       offsetof(struct result_verdicts, as_expected),
			       &s.expected);

	for (size_t i = 0; !err && i <= m->nr; i++)
		err = describe_mistake(p, t, m, i, &s.mistake[i]);
	for (size_t i = 0; i < t->nr_launches; i++)
		s.exposed += t->launches[i].exposed;
	if (!err)
		*ret = s;
	return err;
}

static bool has_blind(const struct trials_shares *s, size_t nr_mistakes)
{
	for (size_t i = 0; i < nr_mistakes; i++)
		if (s->mistake[i].blind)
			return true;
	return false;
}

int trials_count_blind(const struct group *g, const struct trials_mistakes *m,
		       const char *arm, size_t *ret_nr)
{
	size_t nr = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;
		long at = result_find_arm(p, arm);
		const struct result_trials *t = at < 0 ? NULL
						       : result_find_trials(
								 p, (size_t)at);
		struct trials_shares s;
		int err = t ? trials_describe(p, t, m, &s) : -ERANGE;

		if (err && err != -ERANGE)
			return err;
		nr += !err && has_blind(&s, m->nr);
	}
	*ret_nr = nr;
	return 0;
}
