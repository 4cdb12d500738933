// SPDX-License-Identifier: GPL-2.0-only
/* What one point of one kernel says: outcomes, rules, events, levels. */
#include "atlas_build.h"
#include "format.h"
#include "oracles.h"
#include "outcomes.h"
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define LOCKING "faulter: mmap_lock:mmap_lock_start_locking"
#define FLUSH	"tlb:tlb_flush"

enum {
	SHORT_NAME = 7, /* of an outcome, beside a share */
	MAX_RULES = RESULT_MAX_ORACLES,
	MAX_LAUNCHES = 64,
};

/* Below it a share is none, and above the rest it is all. */
#define SHARE_NONE 0.0005

void atlas_count(struct atlas_cell *cell, double value)
{
	cell->state = ATLAS_COUNTED;
	cell->value = value;
	if (fabs(value - round(value)) < 0.005 || fabs(value) >= 1000)
		snprintf(cell->text, sizeof(cell->text), "%.0f", value);
	else
		snprintf(cell->text, sizeof(cell->text), "%.*f",
			 fabs(value) < 100 ? 2 : 1, value);
}

static void tell(struct atlas_cell *cell, const char *name, double share)
{
	cell->state = ATLAS_TOLD;
	cell->value = share;
	if (share > 1 - SHARE_NONE)
		snprintf(cell->text, sizeof(cell->text), "%.20s", name);
	else
		snprintf(cell->text, sizeof(cell->text), "%.*s %.*f%%",
			 SHORT_NAME, name, share < 0.01 ? 1 : 0, share * 100);
}

/* All items that should have come out as the mistaken ones should. */
static double all_due(const struct result_point *p,
		      const struct result_trials *t, size_t seen)
{
	double due = 0;

	for (size_t i = 0; i < p->nr_outcomes; i++)
		if (i != seen && t->judged[seen * p->nr_outcomes + i] > 0)
			due += result_due(p, t, i);
	return due;
}

/* The mistake that was made most often; else what came most often. */
static size_t find_worst(const struct outcomes *all)
{
	size_t worst = 0;

	for (size_t i = 1; i < all->point->nr_outcomes; i++)
		if (all->mistaken[i] > all->mistaken[worst] ||
		    (all->mistaken[worst] <= 0 &&
		     all->seen[i] > all->seen[worst]))
			worst = i;
	return worst;
}

static size_t count_outcomes(const struct outcomes *all)
{
	size_t nr = 0;

	for (size_t i = 0; i < all->point->nr_outcomes; i++)
		nr += all->seen[i] > 0;
	return nr;
}

/*
 * Where a rule decides, the outcome is the answer; elsewhere several come by
 * the script of the trial, and all that matters is that they are right.
 */
static void fill_outcome(struct atlas_cell *cell, const struct result_point *p,
			 const struct result_trials *t)
{
	struct outcomes all;
	size_t worst;

	if (!outcomes_of(p, t->arm, &all))
		return;
	worst = find_worst(&all);
	cell->mistake = all.mistaken[worst] > 0;
	if (cell->mistake)
		tell(cell, p->outcomes[worst].name,
		     all.mistaken[worst] / all_due(p, t, worst));
	else if (outcomes_blind(&all))
		tell(cell, "blind", 1);
	else if (count_outcomes(&all) > 1 && !p->nr_oracles)
		tell(cell, "right", 1);
	else
		tell(cell, p->outcomes[worst].name,
		     all.seen[worst] / all.items);
}

int atlas_add_trials(struct atlas_build *b, const struct result_point *p)
{
	for (size_t i = 0; i < p->nr_trials; i++) {
		const struct result_trials *t = &p->trials[i];
		const struct result_arm *arm = &p->arms[t->arm];
		struct atlas_key key = { .section = ATLAS_OUTCOMES,
					 .point = p,
					 .workload = p->workload,
					 .arm = arm->name };
		struct atlas_row *row;

		if (!result_arm_is_shown(arm))
			continue;
		row = atlas_row(b, &key);
		if (!row)
			return -ENOMEM;
		fill_outcome(atlas_cell(b, row), p, t);
	}
	return 0;
}

/* Of one rule: what it said at all points of a workload. */
struct rule {
	const char *name;
	double told, agreed;
	bool contradicted;
};

static void add_place(struct rule *rule, const struct result_point *p,
		      const struct result_trials *t, size_t oracle)
{
	size_t nr = p->nr_outcomes;
	double told = 0, agreed = 0;

	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < nr; j++) {
			double n = t->predicted[(oracle * nr + i) * nr + j];

			told += n;
			agreed += i == j ? n : 0;
		}
	rule->told += told;
	rule->agreed += agreed;
	if (told - agreed >= ORACLES_LEAST &&
	    told - agreed > ORACLES_LIMIT * told)
		rule->contradicted = true;
}

static size_t find_rules(const struct result *r, const char *workload,
			 struct rule rules[MAX_RULES])
{
	size_t nr = 0;

	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];

		if (!p->workload || strcmp(p->workload, workload) != 0)
			continue;
		for (size_t j = 0; j < p->nr_oracles; j++) {
			rules[j].name = p->oracles[j].name;
			nr = j >= nr ? j + 1 : nr;
			for (size_t k = 0; k < p->nr_trials; k++)
				if (result_arm_is_shown(
					    &p->arms[p->trials[k].arm]))
					add_place(&rules[j], p, &p->trials[k],
						  j);
		}
	}
	return nr;
}

/*
 * The first rule that nothing contradicts, and how many more; else the one that
 * was right most often.
 */
static void name_rule(struct atlas_cell *cell, const struct rule *rules,
		      size_t nr)
{
	const struct rule *best = NULL;
	size_t nr_left = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct rule *r = &rules[i];

		if (r->told <= 0)
			continue;
		if (!r->contradicted && nr_left++ == 0)
			snprintf(cell->text, sizeof(cell->text), "%.24s",
				 r->name);
		if (!best || r->agreed * best->told > best->agreed * r->told)
			best = r;
	}
	if (!best)
		return;
	cell->state = ATLAS_TOLD;
	cell->value = best->agreed / best->told;
	if (nr_left > 1)
		format_append(cell->text, sizeof(cell->text), "/+%zu",
			      nr_left - 1);
	if (!nr_left)
		tell(cell, best->name, fmin(cell->value, 1 - 2 * SHARE_NONE));
}

static bool is_first(const struct result *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (r->points[i].workload && r->points[i].nr_oracles &&
		    !strcmp(r->points[i].workload, r->points[at].workload))
			return false;
	return true;
}

int atlas_add_rules(struct atlas_build *b, const struct result *r)
{
	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];
		struct atlas_key key = { .section = ATLAS_RULES,
					 .workload = p->workload,
					 .what = "rule" };
		struct rule rules[MAX_RULES] = { { 0 } };
		struct atlas_row *row;
		size_t nr;

		if (!p->workload || !p->nr_oracles || !is_first(r, i))
			continue;
		nr = find_rules(r, p->workload, rules);
		row = atlas_row(b, &key);
		if (!row)
			return -ENOMEM;
		name_rule(atlas_cell(b, row), rules, nr);
	}
	return 0;
}

static const struct result_counter *find_event(const struct result_point *p,
					       size_t arm, const char *name)
{
	for (size_t i = 0; i < p->nr_counters; i++)
		if (p->counters[i].arm == arm &&
		    !strcmp(p->counters[i].name, name))
			return &p->counters[i];
	return NULL;
}

/* An event that this kernel does not have makes no row, but fills one. */
static int add_event(struct atlas_build *b, const struct result_point *p,
		     size_t arm, const char *event, const char *unit)
{
	const struct result_counter *c = find_event(p, arm, event);
	struct atlas_key key = { .section = ATLAS_EVENTS,
				 .point = p,
				 .workload = p->workload,
				 .arm = p->arms[arm].name,
				 .what = event,
				 .unit = unit };
	struct atlas_row *row;

	if (!c)
		return 0;
	if (!c->nr_counted || c->ops <= 0) {
		row = atlas_find_row(b, &key);
		if (row)
			atlas_say(atlas_cell(b, row), ATLAS_SKIPPED, c->why);
		return 0;
	}
	row = atlas_row(b, &key);
	if (!row)
		return -ENOMEM;
	atlas_count(atlas_cell(b, row), c->value / c->ops);
	return 0;
}

/* Pages that were counted in trials: the median of the launches. */
static int add_observed(struct atlas_build *b, const struct result_point *p,
			const struct result_observed *o)
{
	struct atlas_key key = { .section = ATLAS_EVENTS,
				 .point = p,
				 .workload = p->workload,
				 .arm = p->arms[o->arm].name,
				 .what = o->metric,
				 .unit = "pages" };
	double values[MAX_LAUNCHES];
	struct atlas_row *row;
	size_t nr = 0;

	for (size_t i = 0; i < o->nr_sights && nr < MAX_LAUNCHES; i++)
		values[nr++] = o->sights[i].median_ns;
	if (!nr)
		return 0;
	row = atlas_row(b, &key);
	if (!row)
		return -ENOMEM;
	atlas_count(atlas_cell(b, row), stats_median(values, nr));
	return 0;
}

static bool counts_pages(const struct result_point *p, const char *metric)
{
	for (size_t i = 0; i < p->nr_metrics; i++)
		if (!strcmp(p->metrics[i].name, metric))
			return result_same_text(p->metrics[i].kind, "count") &&
			       result_same_text(p->metrics[i].unit, "pages");
	return false;
}

int atlas_add_events(struct atlas_build *b, const struct result_point *p)
{
	int err = 0;

	for (size_t i = 0; i < p->nr_arms && !err; i++) {
		if (!result_arm_is_shown(&p->arms[i]))
			continue;
		err = add_event(b, p, i, FLUSH, "flushes an op");
		if (!err)
			err = add_event(b, p, i, LOCKING, "mmap_lock an op");
	}
	for (size_t i = 0; i < p->nr_observed && !err; i++)
		if (result_arm_is_shown(&p->arms[p->observed[i].arm]) &&
		    counts_pages(p, p->observed[i].metric))
			err = add_observed(b, p, &p->observed[i]);
	return err;
}

int atlas_add_levels(struct atlas_build *b, const struct result_point *p)
{
	for (size_t i = 0; i < p->nr_arms; i++) {
		const struct result_arm *arm = &p->arms[i];
		struct atlas_key key = { .section = ATLAS_INSTRUCTIONS,
					 .point = p,
					 .workload = p->workload,
					 .arm = arm->name,
					 .unit = "instructions an op" };
		double values[MAX_LAUNCHES];
		struct atlas_row *row;
		size_t nr = 0;

		if (!result_arm_is_shown(arm))
			continue;
		for (size_t j = 0; j < arm->nr_scores && nr < MAX_LAUNCHES; j++)
			if (isfinite(arm->scores[j].all_level_ns))
				values[nr++] = arm->scores[j].all_level_ns;
		if (!nr)
			continue;
		row = atlas_row(b, &key);
		if (!row)
			return -ENOMEM;
		atlas_count(atlas_cell(b, row), stats_median(values, nr));
	}
	return 0;
}
