// SPDX-License-Identifier: GPL-2.0-only
#include "oracles.h"
#include "array.h"
#include "trials.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void find_rules(const struct group *g, struct oracles *o)
{
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		if (p->nr_oracles <= o->nr_rules)
			continue;
		o->nr_rules = p->nr_oracles;
		for (size_t j = 0; j < p->nr_oracles; j++)
			o->rules[j] = (struct oracles_rule){
				.name = p->oracles[j].name,
				.words = p->oracles[j].words
			};
	}
}

static bool is_contradicted(const struct stats_share *against)
{
	return isfinite(against->ci.lo) && against->ci.lo > ORACLES_LIMIT &&
	       against->hits >= ORACLES_LEAST;
}

static int mark(const struct oracles_rule *rule, struct oracles_place *place,
		size_t at)
{
	const struct result_point *p = place->point->point;
	long oracle = result_find_word(p->oracles, p->nr_oracles, rule->name);
	struct oracles_mark *m = &place->mark[at];
	struct stats_share for_it;
	int err;

	if (oracle < 0)
		return 0;
	err = trials_share(place->trials,
			   offsetof(struct result_verdicts, told) +
				   (size_t)oracle * sizeof(double),
			   offsetof(struct result_verdicts, agreed) +
				   (size_t)oracle * sizeof(double),
			   &for_it);
	if (err)
		return err == -ERANGE ? 0 : err;

	m->against = for_it;
	m->against.hits = for_it.items - for_it.hits;
	m->against.ci.estimate = 1 - for_it.ci.estimate;
	m->against.ci.lo = 1 - for_it.ci.hi;
	m->against.ci.hi = 1 - for_it.ci.lo;
	m->contradicted = is_contradicted(&m->against);
	return 0;
}

static int add_place(struct oracles *o, const struct summary_point *p,
		     const struct result_trials *t)
{
	struct oracles_place place = {
		.point = p,
		.trials = t,
		.counts = p->point->arms[t->arm].kind != RESULT_ARM_TOGGLE,
	};
	struct oracles_place *more = array_more(o->places, o->nr_places,
						sizeof(*more));
	bool any = false;
	int err = 0;

	if (!more)
		return -ENOMEM;
	o->places = more;

	for (size_t i = 0; !err && i < o->nr_rules; i++)
		err = mark(&o->rules[i], &place, i);
	for (size_t i = 0; i < o->nr_rules; i++)
		any = any || place.mark[i].against.items > 0;
	if (!err && any)
		o->places[o->nr_places++] = place;
	return err;
}

static void add_up(struct oracles *o)
{
	size_t nr_left = 0, nr_told = 0;
	bool any_interval = false;

	for (size_t i = 0; i < o->nr_places; i++)
		o->nr_counted += o->places[i].counts;
	for (size_t i = 0; i < o->nr_rules; i++) {
		struct oracles_rule *r = &o->rules[i];

		for (size_t j = 0; j < o->nr_places; j++) {
			const struct oracles_mark *m = &o->places[j].mark[i];

			if (!o->places[j].counts || m->against.items <= 0)
				continue;
			any_interval = any_interval ||
				       isfinite(m->against.ci.lo);
			r->nr_places++;
			r->nr_against += m->contradicted;
			r->items += m->against.items;
			r->agreed += m->against.items - m->against.hits;
		}
		nr_told += r->nr_places > 0;
		nr_left += oracles_is_left(r);
	}
	o->verdict = !nr_told	     ? ORACLES_NONE
		     : !any_interval ? ORACLES_FEW
		     : nr_left > 1   ? ORACLES_MANY
		     : nr_left	     ? ORACLES_ONE
				     : ORACLES_MIXED;
}

int oracles_new(const struct group *g, struct oracles *ret)
{
	struct oracles o = { 0 };
	int err = 0;

	find_rules(g, &o);
	for (size_t i = 0; o.nr_rules && i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t a = 0; !err && a < p->nr_arms; a++) {
			const struct result_trials *t = result_find_trials(p,
									   a);

			if (t && result_arm_is_shown(&p->arms[a]))
				err = add_place(&o, g->points[i], t);
		}
	}
	if (err) {
		oracles_finish(&o);
		return err;
	}
	add_up(&o);
	*ret = o;
	return 0;
}

void oracles_finish(struct oracles *o)
{
	free(o->places);
	*o = (struct oracles){ 0 };
}

/* The pair of unlike outcomes that most items have. */
static void find_pair(const struct oracles_place *place, const char *rule,
		      struct oracles_evidence *e)
{
	const struct result_point *p = place->point->point;
	size_t nr = p->nr_outcomes;
	long at = result_find_word(p->oracles, p->nr_oracles, rule);
	const double *cells =
		at < 0 ? NULL : &place->trials->predicted[(size_t)at * nr * nr];

	*e = (struct oracles_evidence){ .place = place };
	for (size_t i = 0; cells && i < nr; i++) {
		double items = 0;

		for (size_t j = 0; j < nr; j++)
			items += cells[i * nr + j];
		for (size_t j = 0; j < nr; j++) {
			double seen = cells[i * nr + j];

			if (i == j || seen <= e->seen_items)
				continue;
			e->predicted = p->outcomes[i].name;
			e->seen = p->outcomes[j].name;
			e->seen_items = seen;
			e->items = items;
		}
	}
}

size_t oracles_find_evidence(const struct oracles *o, size_t rule, size_t max,
			     struct oracles_evidence *ret)
{
	double against[16];
	size_t nr = 0;

	if (max > sizeof(against) / sizeof(against[0]))
		max = sizeof(against) / sizeof(against[0]);
	for (size_t i = 0; i < o->nr_places; i++) {
		const struct oracles_place *place = &o->places[i];
		double share = place->mark[rule].against.ci.estimate;
		size_t at = nr < max ? nr : max;

		if (!place->counts || !place->mark[rule].contradicted)
			continue;
		while (at > 0 && share > against[at - 1])
			at--;
		if (at == max)
			continue;
		nr += nr < max;
		for (size_t j = nr - 1; j > at; j--) {
			against[j] = against[j - 1];
			ret[j] = ret[j - 1];
		}
		against[at] = share;
		find_pair(place, o->rules[rule].name, &ret[at]);
	}
	return nr;
}
