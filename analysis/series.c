// SPDX-License-Identifier: GPL-2.0-only
#include "series.h"

#include <stdlib.h>

static int compare(struct series_step *step, const struct result *before,
		   const struct result *after)
{
	int err;

	step->sides[0] = before;
	step->sides[1] = after;
	err = exact_new(step->sides, 2, &step->against);
	if (!err)
		err = summary_new(before, &step->summary);
	if (!err)
		err = groups_new(step->summary, &step->groups);
	return err;
}

int series_compare(struct series *s)
{
	const struct result *first = NULL, *before = NULL;
	int err = 0;

	for (size_t i = 0; i < s->nr && !err; i++) {
		struct series_step *step = &s->steps[i];

		if (!step->result)
			continue;
		if (before)
			err = compare(step, before, step->result);
		before = step->result;
		if (!first)
			first = before;
	}
	if (!err && before != first)
		err = compare(&s->whole, first, before);
	return err;
}

static void forget(struct series_step *step)
{
	exact_free(step->against);
	groups_finish(&step->groups);
	summary_free(step->summary);
	free(step->why);
}

void series_finish(struct series *s)
{
	/* A result is looked at by the steps behind it too. */
	for (size_t i = 0; i < s->nr; i++)
		forget(&s->steps[i]);
	forget(&s->whole);
	for (size_t i = 0; i < s->nr; i++)
		result_free(s->steps[i].result);
	free(s->steps);
	*s = (struct series){ 0 };
}
