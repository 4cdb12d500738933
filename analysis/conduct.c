// SPDX-License-Identifier: GPL-2.0-only
#include "conduct.h"
#include "array.h"
#include "format.h"
#include "outcomes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Events an op: at least so many, and the op does it. */
#define DOES_IT 0.5

static const struct {
	const char *workload, *words;
} rules[] = {
	{ "cow", "a written page is copied or reused by" },
	{ "fault_around", "fault-around with userfaultfd" },
	{ "unprotect_fault", "the write bit, when a page is unprotected" },
};

static const struct {
	const char *workload, *what, *arm, *event, *words;
} flushes[] = {
	{ "uffd_wp", "protect", "protect", "tlb:tlb_flush",
	  "protecting flushes" },
	{ "uffd_wp", "protect", "already-protected", "tlb:tlb_flush",
	  "protecting again flushes" },
	{ "uffd_wp", "unprotect", "unprotect", "tlb:tlb_flush",
	  "unprotecting flushes" },
};

static struct conduct_row *add_row(struct conduct_row **rows, size_t *nr)
{
	struct conduct_row *more = array_more(*rows, *nr, sizeof(*more));

	if (!more)
		return NULL;
	*rows = more;
	more += (*nr)++;
	memset(more, 0, sizeof(*more));
	return more;
}

static void drop_row(struct conduct_row *rows, size_t *nr)
{
	memset(&rows[--*nr], 0, sizeof(*rows));
}

/* Only what is known of both can differ. */
static void note_difference(struct conduct_row *row, size_t nr_sides)
{
	for (size_t i = 1; i < nr_sides; i++)
		row->differs = row->differs ||
			       (*row->does[0] && *row->does[i] &&
				strcmp(row->does[0], row->does[i]) != 0);
}

/* Items of which a rule said something, and those of which it was right. */
static void add_up_rule(const struct result_point *p, size_t oracle, bool *told,
			bool *against)
{
	for (size_t i = 0; i < p->nr_trials; i++) {
		const struct result_trials *t = &p->trials[i];
		double items = 0, agreed = 0;

		if (!result_arm_is_shown(&p->arms[t->arm]))
			continue;
		for (size_t j = 0; j < t->nr_launches; j++) {
			items += t->launches[j].told[oracle];
			agreed += t->launches[j].agreed[oracle];
		}
		*told = *told || items > 0;
		*against = *against ||
			   (items - agreed >= OUTCOMES_LEAST &&
			    items - agreed > OUTCOMES_ALIKE * items);
	}
}

/* Names of the rules that nothing speaks against. */
static void find_rules(const struct result *r, const char *workload,
		       char text[CONDUCT_TEXT_BYTES])
{
	const struct result_point *first = NULL;
	bool any = false;

	for (size_t i = 0; i < r->nr_points && !first; i++)
		if (!strcmp(r->points[i].workload, workload) &&
		    r->points[i].nr_oracles)
			first = &r->points[i];
	for (size_t k = 0; first && k < first->nr_oracles; k++) {
		bool told = false, against = false;

		for (size_t i = 0; i < r->nr_points; i++) {
			const struct result_point *p = &r->points[i];

			if (!strcmp(p->workload, workload) && k < p->nr_oracles)
				add_up_rule(p, k, &told, &against);
		}
		any = any || told;
		if (told && !against)
			format_append(text, CONDUCT_TEXT_BYTES, "%s%s",
				      *text ? " or " : "",
				      first->oracles[k].name);
	}
	if (any && !*text)
		snprintf(text, CONDUCT_TEXT_BYTES, "none of the rules");
}

static int take_rules(struct conduct *c, const struct result *const *sides)
{
	for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]); k++) {
		struct conduct_row *row = add_row(&c->traits, &c->nr_traits);

		if (!row)
			return -ENOMEM;
		snprintf(row->what, sizeof(row->what), "%s", rules[k].words);
		for (size_t i = 0; i < c->nr_sides; i++)
			find_rules(sides[i], rules[k].workload, row->does[i]);
		note_difference(row, c->nr_sides);
		if (!*row->does[0])
			drop_row(c->traits, &c->nr_traits);
	}
	return 0;
}

/* Events an op of the first such point; NaN. */
static double find_event(const struct result *r, size_t k)
{
	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];
		const char *what = result_param(p, "what");
		long arm = result_find_arm(p, flushes[k].arm);

		if (strcmp(p->workload, flushes[k].workload) != 0 || arm < 0 ||
		    !result_same_text(what, flushes[k].what))
			continue;
		for (size_t j = 0; j < p->nr_counters; j++)
			if (p->counters[j].arm == (size_t)arm &&
			    p->counters[j].nr_counted &&
			    p->counters[j].ops > 0 &&
			    !strcmp(p->counters[j].name, flushes[k].event))
				return p->counters[j].value /
				       p->counters[j].ops;
	}
	return NAN;
}

/* An arm that rests on there being no flush is left out where there is one. */
static bool is_left_out(const struct result *r, size_t k)
{
	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];

		if (strcmp(p->workload, flushes[k].workload) != 0 ||
		    !result_same_text(result_param(p, "what"), flushes[k].what))
			continue;
		for (size_t j = 0; j < p->left_out.nr_notes; j++)
			if (result_same_text(p->left_out.notes[j].name,
					     flushes[k].arm))
				return true;
	}
	return false;
}

static bool is_known(const struct conduct_row *row, size_t nr_sides)
{
	for (size_t i = 0; i < nr_sides; i++)
		if (*row->does[i])
			return true;
	return false;
}

static int take_flushes(struct conduct *c, const struct result *const *sides)
{
	for (size_t k = 0; k < sizeof(flushes) / sizeof(flushes[0]); k++) {
		struct conduct_row *row = add_row(&c->traits, &c->nr_traits);

		if (!row)
			return -ENOMEM;
		snprintf(row->what, sizeof(row->what), "%s", flushes[k].words);
		for (size_t i = 0; i < c->nr_sides; i++) {
			double per_op = find_event(sides[i], k);

			if (!isnan(per_op))
				snprintf(row->does[i], CONDUCT_TEXT_BYTES, "%s",
					 per_op >= DOES_IT ? "yes" : "no");
			else if (is_left_out(sides[i], k))
				snprintf(row->does[i], CONDUCT_TEXT_BYTES,
					 "yes");
		}
		note_difference(row, c->nr_sides);
		if (!is_known(row, c->nr_sides))
			drop_row(c->traits, &c->nr_traits);
	}
	return 0;
}

/* "reused 100 %", with all outcomes that a tenth of the items had. */
static void describe(const struct outcomes *o, char text[CONDUCT_TEXT_BYTES])
{
	for (size_t i = 0; i < o->point->nr_outcomes; i++)
		if (o->seen[i] >= OUTCOMES_ALIKE * o->items)
			format_append(text, CONDUCT_TEXT_BYTES,
				      "%s%.24s %.0f %%", *text ? ", " : "",
				      o->point->outcomes[i].name,
				      100 * o->seen[i] / o->items);
}

static const struct result_point *same_point(const struct result *r,
					     const struct result_point *p)
{
	long at = result_find_point(r, p->id);

	return at >= 0 && r->points[at].nr_launches ? &r->points[at] : NULL;
}

static bool find_outcomes(const struct result *r, const struct result_point *p,
			  const char *arm, struct outcomes *ret)
{
	const struct result_point *same = same_point(r, p);
	long at = same ? result_find_arm(same, arm) : RESULT_NONE;

	return at >= 0 && outcomes_of(same, (size_t)at, ret);
}

static int take_arm(struct conduct *c, const struct result *const *sides,
		    const struct result_point *p, const char *arm)
{
	const char *scenario = result_param(p, "scenario");
	struct outcomes first, other;
	struct conduct_row *row;

	if (!find_outcomes(sides[0], p, arm, &first))
		return 0;
	row = add_row(&c->outcomes, &c->nr_outcomes);
	if (!row)
		return -ENOMEM;
	snprintf(row->what, sizeof(row->what), "%.30s%s%.60s, %.30s",
		 p->workload, scenario ? " " : "", scenario ? scenario : "",
		 arm);
	describe(&first, row->does[0]);
	for (size_t i = 1; i < c->nr_sides; i++) {
		if (!find_outcomes(sides[i], p, arm, &other))
			continue;
		describe(&other, row->does[i]);
		row->differs = row->differs || outcomes_differ(&first, &other);
	}
	return 0;
}

static int take_outcomes(struct conduct *c, const struct result *const *sides)
{
	int err = 0;

	for (size_t i = 0; i < sides[0]->nr_points; i++) {
		const struct result_point *p = &sides[0]->points[i];

		for (size_t j = 0; !err && j < p->nr_arms; j++)
			if (result_is_of_trials(p) &&
			    result_arm_is_shown(&p->arms[j]))
				err = take_arm(c, sides, p, p->arms[j].name);
	}
	return err;
}

int conduct_new(const struct result *const *sides, size_t nr,
		struct conduct **ret_conduct)
{
	struct conduct *c = calloc(1, sizeof(*c));
	int err;

	if (!c || !nr || nr > CONDUCT_MAX_SIDES) {
		free(c);
		return c ? -E2BIG : -ENOMEM;
	}
	c->nr_sides = nr;
	err = take_rules(c, sides);
	if (!err)
		err = take_flushes(c, sides);
	if (!err)
		err = take_outcomes(c, sides);
	if (err) {
		conduct_free(c);
		return err;
	}
	*ret_conduct = c;
	return 0;
}

void conduct_free(struct conduct *c)
{
	if (!c)
		return;
	free(c->traits);
	free(c->outcomes);
	free(c);
}

size_t conduct_count(const struct conduct_row *rows, size_t nr)
{
	size_t sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += rows[i].differs;
	return sum;
}
