// SPDX-License-Identifier: GPL-2.0-only
#include "crossover.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int side_of(const struct crossover_step *s)
{
	if (s->lo > 0)
		return 1;
	return s->hi < 0 ? -1 : 0;
}

static void take_open(struct crossover *c, const struct crossover_step *s)
{
	if (!c->nr_open++)
		c->open_first = s->name;
	c->open_last = s->name;
	c->nr_equal += s->equal;
}

static void take_change(struct crossover *c, const char *until,
			const char *from)
{
	if (!c->nr_changes++) {
		c->until = until;
		c->from = from;
	}
	c->last_until = until;
	c->last_from = from;
}

int crossover_find(const struct crossover_step *steps, size_t nr,
		   struct crossover *ret)
{
	struct crossover c = { 0 };
	const char *before = NULL;
	int last = 0;

	if (nr < 2)
		return -ERANGE;

	c.nr_steps = nr;
	c.first = steps[0].name;
	c.last = steps[nr - 1].name;
	for (size_t i = 0; i < nr; i++) {
		int side = side_of(&steps[i]);

		if (!side) {
			take_open(&c, &steps[i]);
			continue;
		}
		c.side = c.side ? c.side : side;
		if (last && side != last)
			take_change(&c, before, steps[i].name);
		before = steps[i].name;
		last = side;
	}
	c.kind = !last		    ? CROSSOVER_OPEN
		 : !c.nr_changes    ? CROSSOVER_NONE
		 : c.nr_changes < 2 ? CROSSOVER_ONCE
				    : CROSSOVER_OFTEN;
	*ret = c;
	return 0;
}

static const struct result_observed *find(const struct result_point *p,
					  size_t arm, const char *metric)
{
	for (size_t i = 0; i < p->nr_observed; i++)
		if (p->observed[i].arm == arm &&
		    !strcmp(p->observed[i].metric, metric))
			return &p->observed[i];
	return NULL;
}

static void medians(const struct result_observed *o, size_t nr, double *values)
{
	for (size_t i = 0; i < nr; i++)
		values[i] = NAN;
	for (size_t i = 0; i < o->nr_sights; i++)
		values[o->sights[i].launch] = o->sights[i].median_ns;
}

static void take_judgement(const struct stats_judgement *j,
			   struct crossover_step *step)
{
	if (j->verdict == STATS_TOO_FEW)
		return;
	step->lo = j->ci95.lo;
	step->hi = j->ci95.hi;
	step->equal = j->verdict == STATS_EQUIVALENT;
}

/* The interval of ln(@b / @a), by launch; NaN, NaN if there is none. */
static int observed_interval(const struct result_point *p,
			     const struct result_observed *a,
			     const struct result_observed *b, double m,
			     struct crossover_step *step)
{
	size_t n = p->nr_launches, nr;
	double *values = calloc(2 * n + 1, sizeof(*values));
	struct stats_judgement j;
	int err;

	if (!values)
		return -ENOMEM;

	medians(a, n, values);
	medians(b, n, values + n);
	err = summary_paired(values, values + n, n, m, &j, &nr);
	free(values);
	if (!err)
		take_judgement(&j, step);
	return err;
}

/* 1 if the point has that arm and metric, 0 if not, or -ENOMEM. */
static int take_step(const struct summary_point *p,
		     const struct crossover_line *line,
		     struct crossover_step *step)
{
	const struct summary_arm *arm = summary_arm(p, line->arm);
	long reference = arm && arm->arm->reference
				 ? result_find_arm(p->point,
						   arm->arm->reference)
				 : RESULT_NONE;
	const struct result_observed *a, *b;
	int err;

	if (reference < 0)
		return 0;
	step->lo = step->hi = NAN;
	if (!line->metric) {
		take_judgement(&arm->judgement, step);
		return 1;
	}
	a = find(p->point, (size_t)reference, line->metric);
	b = find(p->point, (size_t)(arm - p->arms), line->metric);
	if (!a || !b)
		return 0;
	err = observed_interval(p->point, a, b, line->m, step);
	return err ? err : 1;
}

long crossover_steps(const struct crossover_line *line,
		     struct crossover_step *ret_steps)
{
	const struct group *g = line->group;
	long nr = 0;

	for (size_t i = 0; i < g->nr_points && nr < CROSSOVER_MAX_SIZES; i++) {
		const struct summary_point *p = g->points[i];
		const char *value = result_param(p->point, line->axis->name);
		struct crossover_step step = { .name = value };
		int took;

		if (!value || !group_same_line(g, line->axis, line->like, p))
			continue;
		step.size = group_number(value);
		took = take_step(p, line, &step);
		if (took < 0)
			return took;
		if (took && isfinite(step.size))
			ret_steps[nr++] = step;
	}
	return nr;
}

static void print_open(const struct crossover *c, char *buf, size_t size)
{
	const char *what = c->nr_equal == c->nr_open ? "equal within M"
						     : "not decided";
	size_t len = strlen(buf);

	if (!c->nr_open || c->kind == CROSSOVER_OPEN || len >= size)
		return;
	if (c->nr_open == 1)
		snprintf(buf + len, size - len, "; %s at %s", what,
			 c->open_first);
	else
		snprintf(buf + len, size - len,
			 "; %s at %zu sizes from %s to %s", what, c->nr_open,
			 c->open_first, c->open_last);
}

void crossover_print(const struct crossover *c, const char *below,
		     const char *above, const char *reference, char *buf,
		     size_t size)
{
	const char *one = c->side < 0 ? below : above;
	const char *other = c->side < 0 ? above : below;

	if (c->kind == CROSSOVER_NONE && 2 * c->nr_open > c->nr_steps) {
		snprintf(buf, size,
			 "%s %.60s at %zu of %zu sizes from %s to %s; %s at "
			 "the rest",
			 c->nr_equal == c->nr_open ? "within M of"
						   : "not decided against",
			 reference, c->nr_open, c->nr_steps, c->first, c->last,
			 one);
		return;
	}
	switch (c->kind) {
	case CROSSOVER_OPEN:
		snprintf(buf, size, "%s %.60s at %s size from %s to %s",
			 c->nr_equal == c->nr_open ? "within M of"
						   : "not decided against",
			 reference, c->nr_equal == c->nr_open ? "every" : "any",
			 c->first, c->last);
		break;
	case CROSSOVER_NONE:
		snprintf(buf, size,
			 "no crossover: %s than %.60s at every %ssize from %s "
			 "to %s",
			 one, reference, c->nr_open ? "other " : "", c->first,
			 c->last);
		break;
	case CROSSOVER_ONCE:
		snprintf(buf, size, "%s than %.60s up to %s and %s from %s on",
			 one, reference, c->until, other, c->from);
		break;
	case CROSSOVER_OFTEN:
		snprintf(buf, size,
			 "%s than %.60s at first, changes sides %zu times, "
			 "first between %s and %s, last between %s and %s",
			 one, reference, c->nr_changes, c->until, c->from,
			 c->last_until, c->last_from);
		break;
	}
	print_open(c, buf, size);
}
