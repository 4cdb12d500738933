// SPDX-License-Identifier: GPL-2.0-only
#include "outcomes.h"

#include "trials.h"

#include <math.h>

bool outcomes_of(const struct result_point *p, size_t arm, struct outcomes *ret)
{
	const struct result_trials *t = result_find_trials(p, arm);
	struct outcomes o = { .point = p };

	if (!t)
		return false;
	for (size_t i = 0; i < p->nr_outcomes; i++) {
		o.seen[i] = result_seen(p, t, i);
		o.mistaken[i] = o.seen[i] - result_as_due(p, t, i);
		o.items += o.seen[i];
	}
	if (o.items <= 0)
		return false;
	for (size_t i = 0; i < t->nr_launches; i++)
		o.exposed += t->launches[i].exposed;
	*ret = o;
	return true;
}

double outcomes_places(const struct outcomes *o)
{
	return o->point->exposure ? o->exposed : o->items;
}

bool outcomes_blind(const struct outcomes *o)
{
	struct trials_planted planted = trials_find_planted(o->point, NULL,
							    NULL);

	return outcomes_places(o) <= 0 ||
	       (planted.nr > 0 && planted.found <= 0);
}

static double of_name(const struct outcomes *o, const double *nr,
		      const char *name)
{
	long at = result_find_word(o->point->outcomes, o->point->nr_outcomes,
				   name);

	return at >= 0 ? nr[at] : 0;
}

double outcomes_mistakes(const struct outcomes *o, const char *name)
{
	return of_name(o, o->mistaken, name);
}

bool outcomes_mistake_differs(const struct outcomes *a,
			      const struct outcomes *b, const char *name)
{
	double least = b->point->exposure ? 1 : OUTCOMES_LEAST;
	double x = outcomes_mistakes(a, name), y = outcomes_mistakes(b, name);

	if ((x <= 0 || y <= 0) && fmax(x, y) >= least)
		return true;
	return fabs(x / fmax(outcomes_places(a), 1) -
		    y / fmax(outcomes_places(b), 1)) >= OUTCOMES_ALIKE;
}

bool outcomes_differ(const struct outcomes *a, const struct outcomes *b)
{
	for (size_t i = 0; i < b->point->nr_outcomes; i++) {
		const char *name = b->point->outcomes[i].name;

		if (fabs(of_name(a, a->seen, name) / a->items -
			 b->seen[i] / b->items) >= OUTCOMES_ALIKE ||
		    outcomes_mistake_differs(a, b, name))
			return true;
	}
	return false;
}
