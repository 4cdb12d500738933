// SPDX-License-Identifier: GPL-2.0-only
/* The tables of a group: levels, contrasts, and CPU time of long ops. */
#include "array.h"
#include "format.h"
#include "out_text.h"
#include "rows.h"
#include "table.h"
#include "text_counters.h"
#include "trials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of the table that is being written. */
struct block {
	struct group *group;
	struct rows rows;
	const char *arm;       /* NULL for a table of levels alone */
	const char *reference; /* that it is held against */
	const char *unit;
	FILE *out;
};

static void print_title(const struct group *g, FILE *out)
{
	const struct result_metric *m = &g->points[0]->point->metrics[0];
	char text[1024] = "";

	fprintf(out, "== %.40s%s%.24s ==%s%.8s%s\n", g->workload,
		g->what ? " " : "", g->what ? g->what : "", g->mode ? " (" : "",
		g->mode ? g->mode : "", g->mode ? ")" : "");
	for (size_t i = 0; i < g->nr_axes; i++) {
		size_t len = strlen(text);

		if (g->axes[i].nr_values == 1 && len < sizeof(text))
			snprintf(text + len, sizeof(text) - len, "%s%s=%s",
				 len ? " " : "", g->axes[i].name,
				 g->axes[i].first);
	}
	if (*text)
		format_paragraph(out, "everywhere: ", 2, "%s", text);
	if (!group_has_times(g) && !trials_are_in(g))
		return;
	format_paragraph(out, "", 2, "metric: %s, %s%s%s is better", m->name,
			 m->unit ? m->unit : "no unit",
			 m->unit && !*m->unit ? "" : ", ",
			 m->higher_is_better ? "higher" : "lower");
}

static void level_cell(struct table *t, const struct summary_level *l,
		       const char *unit)
{
	char buf[FORMAT_BYTES];

	table_cell(t, "%s", format_level(l, unit, buf));
}

/* A point most of whose launches went up or down from start to end. */
static bool drifts(const struct summary_point *p)
{
	return p->point->nr_unsteady * 2 > p->point->nr_judged_steady;
}

static const char *marks_of(const struct summary_point *p)
{
	if (p->unfiltered)
		return drifts(p) ? " *~" : " *";
	return drifts(p) ? " ~" : "";
}

static void contrast_heading(const struct block *b, struct table *t)
{
	char label[ROWS_LABEL_BYTES];

	t->nr_columns = 5;
	table_cell(t, "%s", rows_heading(&b->rows, label));
	table_cell(t, "A");
	table_cell(t, "B");
	table_cell(t, "B against A");
	table_cell(t, "verdict");
}

/* One launch is enough to know how many instructions it takes. */
static bool counted_once(const struct block *b, const struct summary_arm *x)
{
	return format_is_exact(b->unit) &&
	       x->judgement.verdict == STATS_TOO_FEW;
}

static const char *difference(const struct block *b,
			      const struct summary_arm *a,
			      const struct summary_arm *x,
			      char buf[FORMAT_BYTES])
{
	return counted_once(b, x) ? format_difference(a->level.ci.estimate,
						      x->level.ci.estimate, buf)
				  : "-";
}

static void contrast_row(const struct block *b, struct table *t,
			 const struct summary_point *p)
{
	const struct summary_arm *a = summary_arm(p, b->reference);
	const struct summary_arm *x = summary_arm(p, b->arm);
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];

	table_cell(t, "%s%s", rows_label(&b->rows, p, label), marks_of(p));
	level_cell(t, &a->level, b->unit);
	table_cell(t, "%s", format_value(x->level.ci.estimate, b->unit, buf));
	table_cell(t, "%s",
		   x->judgement.verdict == STATS_TOO_FEW
			   ? difference(b, a, x, buf)
			   : format_ratio(&x->judgement.ci95, buf));
	table_cell(t, "%s",
		   counted_once(b, x)
			   ? "counted"
			   : format_verdict(x->verdict,
					    x->judgement.verdict == x->verdict
						    ? x->judgement.more
						    : 0,
					    buf));
}

static void level_heading(const struct block *b, struct table *t)
{
	char label[ROWS_LABEL_BYTES];

	t->nr_columns = 4;
	t->right = 1U << 2;
	table_cell(t, "%s", rows_heading(&b->rows, label));
	table_cell(t, "level [95 %%]");
	table_cell(t, "launches");
	table_cell(t, "switched away");
}

static void level_row(const struct block *b, struct table *t,
		      const struct summary_point *p)
{
	const struct summary_arm *a = summary_reference(p);
	char label[ROWS_LABEL_BYTES];

	table_cell(t, "%s%s", rows_label(&b->rows, p, label), marks_of(p));
	level_cell(t, &a->level, b->unit);
	table_cell(t, "%zu", a->level.n);
	table_cell(t, "%.1f %%", 100 * a->marked);
}

/* An arm is not part of each point. */
static bool has_row(const struct block *b, const struct summary_point *p)
{
	if (!b->arm)
		return summary_reference(p);

	return summary_arm(p, b->reference) && summary_arm(p, b->arm);
}

static int print_sections(const struct block *b)
{
	const struct group *g = b->group;
	struct table t = { 0 };
	char section[ROWS_SECTION_BYTES];
	bool begins = false;
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_points; i++) {
		if (rows_section(&b->rows, g, i, section, sizeof(section)))
			begins = true;
		if (!has_row(b, g->points[i]))
			continue;
		if (begins || !t.nr_columns) {
			err = t.nr_columns ? table_print(&t, b->out) : 0;
			if (begins)
				format_paragraph(b->out, "", 2, "%s", section);
			begins = false;
			b->arm ? contrast_heading(b, &t) : level_heading(b, &t);
		}
		b->arm ? contrast_row(b, &t, g->points[i])
		       : level_row(b, &t, g->points[i]);
	}
	if (!err && t.nr_columns)
		err = table_print(&t, b->out);
	return err;
}

static int print_contrasts(struct block *b)
{
	const struct result_arm **arms;
	size_t nr = group_arms(b->group, true, &arms);
	int err = 0;

	for (size_t i = 0; !err && i < nr; i++) {
		b->arm = arms[i]->name;
		b->reference = arms[i]->reference;
		rows_init(&b->rows, b->group, 7);
		fputc('\n', b->out);
		format_paragraph(b->out, "", 2, "A = %s, B = %s", b->reference,
				 b->arm);
		err = print_sections(b);
	}
	free((void *)arms);
	b->arm = NULL;
	return nr ? err : 1;
}

static int print_levels(struct block *b)
{
	const struct result_arm **arms;
	size_t nr = group_arms(b->group, false, &arms);

	rows_init(&b->rows, b->group, 30);
	fputc('\n', b->out);
	if (nr)
		format_paragraph(b->out, "", 2, "%s", arms[0]->name);
	free((void *)arms);
	return print_sections(b);
}

static void long_cell(struct table *t, const struct summary_level *l,
		      double p10, const char *unit)
{
	char buf[FORMAT_BYTES];

	level_cell(t, l, unit);
	table_cell(t, "%s", format_value(p10, unit, buf));
}

static void long_rows(const struct block *b, struct table *t,
		      const struct summary_point *p)
{
	for (size_t i = 0; i < p->point->nr_arms; i++) {
		const struct summary_arm *a = &p->arms[i];
		char label[ROWS_LABEL_BYTES];

		if (!a->cpu.n || a->arm->kind == RESULT_ARM_AGAIN ||
		    a->arm->kind == RESULT_ARM_INJECT)
			continue;
		table_cell(t, "%s", rows_label(&b->rows, p, label));
		table_cell(t, "%.18s", a->arm->name);
		long_cell(t, &a->cpu, a->cpu_p10, b->unit);
		table_cell(t, "%s", format_value(a->wall_p10, b->unit, label));
	}
}

/* Where switches cannot be left out, CPU time is what they do not touch. */
static int print_long(struct block *b)
{
	struct table t = { .nr_columns = 5 };
	char label[ROWS_LABEL_BYTES];
	bool any = false;

	for (size_t i = 0; i < b->group->nr_points; i++)
		any = any || b->group->points[i]->point->nr_long;
	if (!any)
		return 0;

	rows_init(&b->rows, b->group, 10);
	fputc('\n', b->out);
	format_paragraph(b->out, "", 2,
			 "Ops over 1 ms: nothing is left out; the CPU time of "
			 "the thread beside, and what one launch in ten beats");
	table_cell(&t, "%s", rows_heading(&b->rows, label));
	table_cell(&t, "arm");
	table_cell(&t, "CPU time");
	table_cell(&t, "p10");
	table_cell(&t, "wall p10");
	for (size_t i = 0; i < b->group->nr_points; i++)
		long_rows(b, &t, b->group->points[i]);
	return table_print(&t, b->out);
}

static void print_remarks(const struct group *g, bool verbose, FILE *out)
{
	bool unfiltered = false, drifting = false;

	for (size_t i = 0; i < g->nr_points; i++) {
		unfiltered = unfiltered || g->points[i]->unfiltered;
		drifting = drifting || drifts(g->points[i]);
	}
	if (unfiltered && group_has_times(g))
		format_paragraph(out, "* ", 2,
				 "the arms were switched away from unequally: "
				 "nothing is left out");
	if (drifting && group_has_times(g))
		format_paragraph(out, "~ ", 2,
				 "in most launches the last third differs from "
				 "the first by more than M and more than "
				 "chance: the level depends on how long one "
				 "measures");
	if (!verbose)
		return;

	fputs("\ncase ids\n", out);
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;
		char text[1024] = "";

		for (size_t j = 0; j < p->nr_params; j++) {
			size_t len = strlen(text);

			if (len < sizeof(text))
				snprintf(text + len, sizeof(text) - len,
					 " %s=%s", p->params[j].name,
					 p->params[j].value);
		}
		format_paragraph(out, "  ", 4, "%s%s", p->id, text);
	}
}

/* Shares of items, or levels and what arms differ by. */
static int print_headline(struct block *b)
{
	int err;

	if (trials_are_in(b->group)) {
		err = text_trials(b->group, b->out);
		return err ? err : text_oracles(b->group, b->out);
	}
	if (!group_has_times(b->group))
		return 0;
	err = print_contrasts(b);
	return err == 1 ? print_levels(b) : err;
}

/* What else there is of times, and of what is done in them. */
static int print_times(struct block *b, double m)
{
	int err = text_windows(b->group, m, b->out);

	if (!err)
		err = text_costs(b->group, b->out);
	if (!err)
		err = text_observed(b->group, b->out);
	if (!err && !trials_are_in(b->group))
		err = text_crossover(b->group, m, b->out);
	if (!err)
		err = print_long(b);
	if (!err && !trials_are_in(b->group))
		err = text_model(b->group, b->out);
	return err;
}

int text_group(struct group *g, double m, bool verbose, FILE *out)
{
	struct block b = { .group = g, .out = out };
	int err;

	b.unit = g->points[0]->point->metrics[0].unit;
	print_title(g, out);
	err = print_headline(&b);
	if (!err && group_has_times(g))
		err = print_times(&b, m);
	if (!err)
		err = text_counters(g, verbose, out);
	if (!err)
		print_remarks(g, verbose, out);
	return err;
}
