// SPDX-License-Identifier: GPL-2.0-only
/* What a proposal breaks: mistakes, pages and flushes, and rules. */
#include "debate_side.h"
#include "oracles.h"
#include "outcomes.h"

#include <math.h>
#include <string.h>

/* Events an op, where other CPUs add to them: less is the same. */
#define SAME_EVENTS 0.1

/* Every arm of a race is exposed at some places only; the question is. */
static bool is_question(const struct debate_spot *p)
{
	return p->now->point->arms[p->now_arm].kind == RESULT_ARM_REFERENCE;
}

static int add_blind(const struct debate_spot *p, const struct outcomes *was,
		     const struct outcomes *is, struct debate_entry *entry)
{
	struct debate_line line = { .base_of = outcomes_places(was),
				    .now_of = outcomes_places(is) };

	return debate_add(&entry->blind, p, &line);
}

static int add_mistakes(const struct debate_spot *p, const struct outcomes *was,
			const struct outcomes *is, struct debate_entry *entry)
{
	const struct result_point *now = p->now->point;
	bool found = false;
	int err = 0;

	for (size_t i = 0; i < now->nr_outcomes && !err; i++) {
		const char *name = now->outcomes[i].name;
		struct debate_line line = {
			.base = outcomes_mistakes(was, name),
			.now = outcomes_mistakes(is, name),
			.base_of = outcomes_places(was),
			.now_of = outcomes_places(is),
		};

		if (!outcomes_mistake_differs(was, is, name))
			continue;
		found = true;
		line.more = line.now / fmax(line.now_of, 1) -
			    line.base / fmax(line.base_of, 1);
		snprintf(line.what, sizeof(line.what), "%.40s", name);
		err = debate_add(&entry->breaks, p, &line);
	}
	if (!found && !outcomes_blind(is))
		entry->breaks.nr_same++;
	else if (!found && is_question(p))
		err = add_blind(p, was, is, entry);
	return err;
}

static int compare_trials(const struct debate_spot *p,
			  struct debate_entry *entry)
{
	struct outcomes was, is;
	int err;

	if (!outcomes_of(p->base->point, p->base_arm, &was) ||
	    !outcomes_of(p->now->point, p->now_arm, &is))
		return 0;
	err = add_mistakes(p, &was, &is, entry);
	return err ? err : debate_compare_observed(p, false, &entry->events);
}

static double per_op(const struct result_point *p, size_t arm, const char *name)
{
	for (size_t i = 0; i < p->nr_counters; i++) {
		const struct result_counter *c = &p->counters[i];

		if (c->arm == arm && !strcmp(c->name, name) && c->nr_counted &&
		    c->ops > 0)
			return c->value / c->ops;
	}
	return NAN;
}

/* Flushes, with those of other CPUs: one CPU alone sends none. */
static int compare_counters(const struct debate_spot *p,
			    struct debate_entry *entry)
{
	const struct result_point *now = p->now->point;
	int err = 0;

	for (size_t i = 0; i < now->nr_counters && !err; i++) {
		const struct result_counter *c = &now->counters[i];
		struct debate_line line = { 0 };

		if (c->arm != p->now_arm || strncmp(c->name, "tlb:", 4) != 0)
			continue;
		line.base = per_op(p->base->point, p->base_arm, c->name);
		line.now = per_op(now, p->now_arm, c->name);
		line.more = line.now - line.base;
		snprintf(line.what, sizeof(line.what), "%.40s, more CPUs",
			 c->name);
		if (isfinite(line.more) && fabs(line.more) >= SAME_EVENTS)
			err = debate_add(&entry->events, p, &line);
	}
	return err;
}

static int compare_spot(const struct debate_spot *p, struct debate_entry *entry)
{
	return result_is_of_trials(p->now->point) ? compare_trials(p, entry)
						  : compare_counters(p, entry);
}

static void name_rules(const struct oracles *o, char *text, size_t bytes)
{
	const char *between = "";

	if (o->verdict != ORACLES_ONE && o->verdict != ORACLES_MANY) {
		format_append(text, bytes, "none of the rules");
		return;
	}
	for (size_t i = 0; i < o->nr_rules; i++) {
		if (!oracles_is_left(&o->rules[i]))
			continue;
		format_append(text, bytes, "%s%.30s", between,
			      o->rules[i].name);
		between = " or ";
	}
}

/* By the points of a workload; "" if no rule predicts anything. */
static int find_rules(const struct debate_side *s, const char *workload,
		      char text[200])
{
	text[0] = '\0';
	for (size_t i = 0; i < s->groups.nr_groups; i++) {
		struct oracles o;
		int err;

		if (strcmp(s->groups.groups[i].workload, workload) != 0)
			continue;
		err = oracles_new(&s->groups.groups[i], &o);
		if (err)
			return err;
		if (o.nr_rules && o.verdict > ORACLES_FEW)
			name_rules(&o, text, 200);
		if (o.nr_rules)
			oracles_finish(&o);
	}
	return 0;
}

static int compare_rules(const struct debate_side *base,
			 const struct debate_side *now,
			 struct debate_entry *entry)
{
	const struct proposal *p = entry->proposal;

	for (size_t i = 0; i < p->nr_looks; i++) {
		char was[200], is[200];
		int err = find_rules(base, p->look[i], was);

		if (!err)
			err = find_rules(now, p->look[i], is);
		if (err)
			return err;
		if (*is)
			format_append(entry->rules, sizeof(entry->rules),
				      "%s%s: %s (beside it: %s)",
				      *entry->rules ? "; " : "", p->look[i], is,
				      *was ? was : "not known");
	}
	return 0;
}

int debate_compare_func(const struct debate_side *base,
			const struct debate_side *now,
			struct debate_entry *entry)
{
	int err = debate_each_spot(base, now, entry, compare_spot);

	return err ? err : compare_rules(base, now, entry);
}
