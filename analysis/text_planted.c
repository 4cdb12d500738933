// SPDX-License-Identifier: GPL-2.0-only
/* The detector check of trials, and what each point of a workload is about. */
#include "array.h"
#include "format.h"
#include "out_text.h"
#include "rows.h"
#include "trials.h"

#include <string.h>

enum {
	MISSED_BYTES = 1024,
	MOST_NAMED = 4 /* points */
};

static void add(struct trials_planted *sum, const struct trials_planted *more)
{
	sum->nr += more->nr;
	sum->found += more->found;
}

/* Points where the detector did not find all, behind what is there already. */
static void add_missed(const struct group *g, const struct summary_point *p,
		       const struct trials_planted *planted, char *missed)
{
	char label[ROWS_SECTION_BYTES];

	group_label(g, p, NULL, label, sizeof(label));
	format_append(missed, MISSED_BYTES, "%s%s%.0f of %.0f%s%.100s",
		      *missed ? ", " : "; ", *missed ? "" : "only ",
		      planted->found, planted->nr, *label ? " at " : "", label);
}

static void print_outcome(const struct group *g, const char *arm,
			  const char *outcome, FILE *out)
{
	struct trials_planted sum = { 0 };
	char missed[MISSED_BYTES] = "";
	size_t nr_points = 0, nr_missed = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		struct trials_planted here = trials_find_planted(
			g->points[i]->point, arm, outcome);

		add(&sum, &here);
		nr_points += here.nr > 0;
		if (here.found >= here.nr)
			continue;
		if (nr_missed++ < MOST_NAMED)
			add_missed(g, g->points[i], &here, missed);
	}
	if (nr_missed > MOST_NAMED)
		format_append(missed, sizeof(missed),
			      ", less than all at %zu more",
			      nr_missed - MOST_NAMED);
	if (sum.nr > 0)
		format_paragraph(out, *missed ? "! " : "- ", 2,
				 "planted in arm %.40s: found %.0f of %.0f "
				 "%s, at %zu point%s%s",
				 arm, sum.found, sum.nr, outcome, nr_points,
				 nr_points == 1 ? "" : "s", missed);
}

static void print_arm(const struct group *g, const char *arm, FILE *out)
{
	const struct result_point *p = trials_most_outcomes(g);

	for (size_t i = 0; i < p->nr_outcomes; i++)
		print_outcome(g, arm, p->outcomes[i].name, out);
}

/* Whether a point before this one, or this one before @arm, has that arm. */
static bool came_before(const struct group *g, size_t at, const char *arm)
{
	for (size_t i = 0; i < at; i++)
		if (result_find_arm(g->points[i]->point, arm) >= 0)
			return true;
	return false;
}

void text_planted(const struct group *g, FILE *out)
{
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t a = 0; a < p->nr_arms; a++)
			if (p->arms[a].kind == RESULT_ARM_PLANTED &&
			    !came_before(g, i, p->arms[a].name))
				print_arm(g, p->arms[a].name, out);
	}
}

bool text_tells_scenario(const struct result_point *p)
{
	return result_is_of_trials(p) && result_fact(p, "scenario") &&
	       (result_fact(p, "path") || p->exposure || trials_are_planted(p));
}

/* Points that differ otherwise may be of one scenario. */
static bool was_told(const struct group *g, size_t at)
{
	const struct result_point *p = g->points[at]->point;

	for (size_t i = 0; i < at; i++) {
		const struct result_point *q = g->points[i]->point;

		if (text_tells_scenario(q) &&
		    result_same_text(result_fact(p, "scenario"),
				     result_fact(q, "scenario")) &&
		    result_same_text(result_fact(p, "path"),
				     result_fact(q, "path")))
			return true;
	}
	return false;
}

void text_scenarios(const struct group *g, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;
		const char *path = result_fact(p, "path");

		if (!text_tells_scenario(p) || was_told(g, i))
			continue;
		if (!any)
			fputs("\nScenarios\n", out);
		any = true;
		format_paragraph(out, "- ", 2, "%s%s%s%s",
				 result_fact(p, "scenario"), path ? " [" : "",
				 path ? path : "", path ? "]" : "");
	}
}
