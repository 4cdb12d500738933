// SPDX-License-Identifier: GPL-2.0-only
#include "debate_side.h"

#include "array.h"
#include "load.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define SAME_MEDIAN 0.5

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

int debate_add(struct debate_lines *lines, const struct debate_spot *p,
	       const struct debate_line *line)
{
	const struct result_point *now = p->now->point;
	const struct group *group = groups_find(&p->side->groups, now);
	struct debate_line *more = array_more(lines->of, lines->nr,
					      sizeof(*more));
	const char *arm = now->arms[p->now_arm].name;
	char label[100] = "";

	if (!more)
		return -ENOMEM;
	lines->of = more;
	more += lines->nr++;
	*more = *line;
	if (group)
		group_label(group, p->now, NULL, label, sizeof(label));
	snprintf(more->workload, sizeof(more->workload), "%.60s",
		 now->workload);
	snprintf(more->place, sizeof(more->place), "%.40s%s%s", arm,
		 *label ? " " : "", label);
	return 0;
}

int debate_each_spot(const struct debate_side *base,
		     const struct debate_side *now, struct debate_entry *entry,
		     int (*call)(const struct debate_spot *p,
				 struct debate_entry *entry))
{
	int err = 0;

	for (size_t i = 0; i < now->result->nr_points && !err; i++) {
		const struct result_point *point = &now->result->points[i];
		long at = result_find_point(base->result, point->id);
		struct debate_spot p = { .side = now,
					 .now = &now->summary->points[i] };

		if (at < 0 ||
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

struct middle {
	double from, to; /* half of the values lie between them */
};

static struct middle middle_of(const struct summary_observed *o)
{
	const struct result_observed *observed = o->observed;
	const struct result_sight *s = observed->sights;
	size_t nr = observed->nr_sights ? s->nr_quantiles : 0;

	if (!nr)
		return (struct middle){ -INFINITY, INFINITY };
	return (struct middle){ s->quantiles[nr / 4],
				s->quantiles[nr - 1 - nr / 4] };
}

/* Single values of a launch: the middle halves have nothing in common. */
static bool stand_apart(const struct summary_observed *a,
			const struct summary_observed *b)
{
	struct middle x = middle_of(a), y = middle_of(b);

	return x.to < y.from || y.to < x.from;
}

int debate_compare_observed(const struct debate_spot *p, bool code,
			    struct debate_lines *lines)
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
		line.more = line.now - line.base;
		snprintf(line.what, sizeof(line.what), "%.40s", m->name);
		if (!isfinite(line.more))
			continue;
		if (fabs(line.more) < SAME_MEDIAN)
			lines->nr_same++;
		else if (code && !stand_apart(a, b))
			lines->nr_unsure++;
		else
			err = debate_add(lines, p, &line);
	}
	return err;
}

static bool looks_at_races(const struct proposal *p)
{
	return proposal_looks_at(p, "wp_race");
}

static bool looks_at_more(const struct proposal *p)
{
	return p->nr_looks > looks_at_races(p);
}

const struct debate_mode debate_modes[] = {
	{ "insn", looks_at_more, debate_compare_insn },
	{ "func", looks_at_more, debate_compare_func },
	{ "race", looks_at_races, debate_compare_func },
};

const size_t debate_nr_modes = sizeof(debate_modes) / sizeof(debate_modes[0]);
