// SPDX-License-Identifier: GPL-2.0-only
/* What differs between two kernels, by what a mode can tell. */
#include "debate_side.h"

#include "array.h"
#include "load.h"
#include "oracles.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Less is the same: of instructions, and of events that others add to. */
#define SAME_INSTRUCTIONS 0.01
#define SAME_EVENTS	  0.05

struct spot {
	const struct group *group;
	const struct summary_point *base, *now;
	size_t base_arm, now_arm;
};

int debate_side_load(const char *dir, const char *kernel, const char *mode,
		     struct debate_side *ret, struct error *e)
{
	char path[4096];
	int err;

	if (snprintf(path, sizeof(path), "%s/%s/%s", dir, kernel, mode) >=
	    (int)sizeof(path))
		return error_set(e, -ENAMETOOLONG, "the path is too long");
	err = load_dir(path, &ret->result, e);
	if (!err)
		err = summary_new(ret->result, &ret->summary);
	return err ? err : groups_new(ret->summary, &ret->groups);
}

void debate_side_finish(struct debate_side *s)
{
	groups_finish(&s->groups);
	summary_free(s->summary);
	result_free(s->result);
	*s = (struct debate_side){ 0 };
}

static int add(struct debate_lines *lines, const struct spot *p,
	       const struct debate_line *line)
{
	const struct result_point *now = p->now->point;
	struct debate_line *more = array_more(lines->of, lines->nr,
					      sizeof(*more));
	char label[100];

	if (!more)
		return -ENOMEM;
	lines->of = more;
	more += lines->nr++;
	*more = *line;
	group_label(p->group, p->now, NULL, label, sizeof(label));
	snprintf(more->workload, sizeof(more->workload), "%.60s",
		 now->workload);
	snprintf(more->place, sizeof(more->place), "%.40s%s%s",
		 now->arms[p->now_arm].name, *label ? " " : "", label);
	return 0;
}

static int add_if(struct debate_lines *lines, const struct spot *p,
		  const struct debate_line *line, double same)
{
	if (!isfinite(line->base) || !isfinite(line->now))
		return 0;
	if (fabs(line->now - line->base) >= same)
		return add(lines, p, line);
	lines->nr_same++;
	return 0;
}

/* Calls for each arm that both have. */
static int each_place(const struct debate_side *base,
		      const struct debate_side *now, struct debate_entry *entry,
		      int (*call)(const struct spot *p,
				  struct debate_entry *entry))
{
	int err = 0;

	for (size_t i = 0; i < now->result->nr_points && !err; i++) {
		const struct result_point *point = &now->result->points[i];
		long at = result_find_point(base->result, point->id);
		struct spot p = { .now = &now->summary->points[i] };

		p.group = groups_find(&now->groups, point);
		if (at < 0 || !p.group ||
		    !proposal_looks_at(entry->proposal, point->workload))
			continue;
		p.base = &base->summary->points[at];
		for (size_t a = 0; a < point->nr_arms && !err; a++) {
			long arm = result_find_arm(p.base->point,
						   point->arms[a].name);

			if (arm < 0 || !result_arm_is_shown(&point->arms[a]))
				continue;
			p.now_arm = a;
			p.base_arm = (size_t)arm;
			err = call(&p, entry);
		}
	}
	return err;
}

static bool is_count_of_code(const char *unit)
{
	return !strcmp(unit, "ns") || !strcmp(unit, "instructions");
}

static const struct summary_observed *find_observed(
	const struct summary_point *p, size_t arm, const char *metric)
{
	for (size_t i = 0; p->observed && i < p->point->nr_observed; i++)
		if (p->point->observed[i].arm == arm &&
		    !strcmp(p->point->observed[i].metric, metric))
			return &p->observed[i];
	return NULL;
}

/* @code: instructions, or else counts. */
static int compare_observed(const struct spot *p, bool code,
			    struct debate_lines *lines, double same)
{
	const struct result_point *now = p->now->point;
	int err = 0;

	for (size_t i = 1; i < now->nr_metrics && !err; i++) {
		const struct result_metric *m = &now->metrics[i];
		const struct summary_observed *a, *b;
		struct debate_line line = { 0 };

		a = find_observed(p->base, p->base_arm, m->name);
		b = find_observed(p->now, p->now_arm, m->name);
		if (!a || !b || is_count_of_code(m->unit) != code)
			continue;
		line.base = a->median.ci.estimate;
		line.now = b->median.ci.estimate;
		snprintf(line.what, sizeof(line.what), "%.40s", m->name);
		err = add_if(lines, p, &line, same);
	}
	return err;
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

static int compare_counters(const struct spot *p, struct debate_entry *entry)
{
	const struct result_point *now = p->now->point;
	int err = 0;

	for (size_t i = 0; i < now->nr_counters && !err; i++) {
		const struct result_counter *c = &now->counters[i];
		struct debate_line line = { 0 };

		if (c->arm != p->now_arm ||
		    (strncmp(c->name, "tlb:", 4) != 0 &&
		     strncmp(c->name, "mmap_lock:", 10) != 0))
			continue;
		line.base = per_op(p->base->point, p->base_arm, c->name);
		line.now = per_op(now, p->now_arm, c->name);
		snprintf(line.what, sizeof(line.what), "%.60s", c->name);
		err = add_if(&entry->events, p, &line, SAME_EVENTS);
	}
	return err;
}

static int compare_counted(const struct spot *p, struct debate_entry *entry)
{
	struct debate_line line = {
		.base = p->base->arms[p->base_arm].level.ci.estimate,
		.now = p->now->arms[p->now_arm].level.ci.estimate,
		.what = "instructions",
	};
	int err;

	if (result_is_of_trials(p->now->point))
		return compare_observed(p, true, &entry->costs,
					SAME_INSTRUCTIONS);
	err = add_if(&entry->costs, p, &line, SAME_INSTRUCTIONS);
	return err ? err : compare_counters(p, entry);
}

/* Items that came out so though something else was expected. */
static double mistakes_of(const struct result_point *p,
			  const struct result_trials *t, const char *outcome)
{
	long at = result_find_word(p->outcomes, p->nr_outcomes, outcome);

	return at < 0 ? 0
		      : result_seen(p, t, (size_t)at) -
				result_as_due(p, t, (size_t)at);
}

static double places_for(const struct result_point *p,
			 const struct result_trials *t)
{
	double items = 0, exposed = 0;

	for (size_t i = 0; i < t->nr_launches; i++) {
		items += t->launches[i].items;
		exposed += t->launches[i].exposed;
	}
	return p->exposure ? exposed : items;
}

static int compare_trials(const struct spot *p, struct debate_entry *entry)
{
	const struct result_point *now = p->now->point, *base = p->base->point;
	const struct result_trials *b = result_find_trials(base, p->base_arm);
	const struct result_trials *t = result_find_trials(now, p->now_arm);
	int err = 0;

	for (size_t i = 0; t && b && i < now->nr_outcomes && !err; i++) {
		struct debate_line line = {
			.base = mistakes_of(base, b, now->outcomes[i].name),
			.now = mistakes_of(now, t, now->outcomes[i].name),
			.base_of = places_for(base, b),
			.now_of = places_for(now, t),
		};
		double was = line.base / fmax(line.base_of, 1);
		double is = line.now / fmax(line.now_of, 1);

		snprintf(line.what, sizeof(line.what), "%.40s",
			 now->outcomes[i].name);
		if (!line.base != !line.now || fabs(is - was) > 0.1)
			err = add(&entry->breaks, p, &line);
		else if (line.now > 0)
			entry->breaks.nr_same++;
	}
	if (!err)
		err = compare_observed(p, false, &entry->events, 0.5);
	return err;
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

static int compare_insn(const struct debate_side *base,
			const struct debate_side *now,
			struct debate_entry *entry)
{
	return each_place(base, now, entry, compare_counted);
}

static int compare_func(const struct debate_side *base,
			const struct debate_side *now,
			struct debate_entry *entry)
{
	int err = each_place(base, now, entry, compare_trials);

	if (!err)
		err = each_place(base, now, entry, compare_counters);
	return err ? err : compare_rules(base, now, entry);
}

static bool always(const struct proposal *p)
{
	(void)p;
	return true;
}

static bool looks_at_races(const struct proposal *p)
{
	return proposal_looks_at(p, "wp_race");
}

const struct debate_mode debate_modes[] = {
	{ "insn", always, compare_insn },
	{ "func", always, compare_func },
	{ "race", looks_at_races, compare_func },
};

const size_t debate_nr_modes = sizeof(debate_modes) / sizeof(debate_modes[0]);
