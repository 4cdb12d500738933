// SPDX-License-Identifier: GPL-2.0-only
/* A comparison as text. */
#include "compare.h"
#include "format.h"
#include "rows.h"
#include "table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	MAX_LISTED = 20
};

static const char *text_or(const char *text, const char *otherwise)
{
	return text && *text ? text : otherwise;
}

static void print_side(const char *first, const struct result *r, FILE *out)
{
	const struct result_boot *b = r->nr_boots ? &r->boots[0] : NULL;

	format_paragraph(out, first, 4, "%s", r->path);
	format_paragraph(out, "    ", 4, "Linux %s, %s, %zu boot%s, %s",
			 text_or(b ? b->kernel : NULL, "of unknown release"),
			 text_or(b ? b->cpu : NULL, "unknown CPU"), r->nr_boots,
			 r->nr_boots == 1 ? "" : "s",
			 text_or(r->runs[0].started, "no date"));
	for (size_t i = 0; i < r->nr_runs; i++) {
		if (!r->runs[i].end)
			format_paragraph(out, "  ! ", 4,
					 "INCOMPLETE: run %s has no end "
					 "record",
					 r->runs[i].id);
		if (!r->runs[i].comparable)
			format_paragraph(out, "  ! ", 4,
					 "NOT COMPARABLE: made by a build for "
					 "debugging (%s)",
					 text_or(r->runs[i].build, "?"));
	}
}

static bool differs(const char *a, const char *b)
{
	return strcmp(text_or(a, ""), text_or(b, "")) != 0;
}

static bool share_a_boot(const struct result *a, const struct result *b)
{
	for (size_t i = 0; i < a->nr_boots; i++)
		if (result_find_boot(b, a->boots[i].id) >= 0)
			return true;
	return false;
}

static void print_differences(const struct result *a, const struct result *b,
			      FILE *out)
{
	const struct result_boot *x, *y;

	if (!a->nr_boots || !b->nr_boots)
		return;

	x = &a->boots[0];
	y = &b->boots[0];
	if (differs(x->cpu, y->cpu) || x->nr_cpus != y->nr_cpus ||
	    differs(a->runs[0].host, b->runs[0].host))
		format_paragraph(out, "! ", 2,
				 "DIFFERENT MACHINES: what differs may be "
				 "theirs, not the kernel's.");
	if (differs(x->kernel, y->kernel))
		format_paragraph(out, "", 2, "The kernels differ.");
	if (differs(x->thp, y->thp))
		format_paragraph(out, "! ", 2, "THP differs: %s against %s.",
				 text_or(x->thp, "?"), text_or(y->thp, "?"));
	if (share_a_boot(a, b))
		format_paragraph(out, "", 2, "Both ran in the same boot.");
	if (a->runs[0].m != b->runs[0].m)
		format_paragraph(out, "! ", 2, "M differs; A's is used.");
}

static size_t count_shares(const struct compare *c)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->nr_rows; i++)
		nr += c->rows[i].share;
	return nr;
}

static void print_method(const struct compare *c, FILE *out)
{
	if (c->nr_judged)
		format_paragraph(out, "", 2,
				 "B against A with 95 %% intervals: Welch on "
				 "boot means; M = %g %%. Verdicts are adjusted "
				 "for %zu numbers (%s).",
				 100 * c->a->m, c->nr_judged,
				 c->nr_judged > SUMMARY_HOLM_MAX
					 ? "Benjamini-Hochberg"
					 : "Holm");
	if (count_shares(c))
		format_paragraph(
			out, "", 2,
			"Shares as expected: %% of the items of all "
			"trials; their difference in points, by "
			"square-and-add of intervals over launches, or "
			"over boots where there is a verdict.");
	if (c->nr_judged < c->nr_rows)
		format_paragraph(out, "", 2,
				 "%sWelch on launches; no verdict: one boot a "
				 "side, or a launch that came to nothing. At "
				 "least %d boots of each are needed.",
				 c->nr_judged ? "Others: "
					      : "B against A with 95 % "
						"intervals: ",
				 STATS_MIN_BOOTS);
}

/* "-61.0 [-64.3, -57.5]", in points. */
static const char *points_of(const struct stats_ci *ci, char buf[FORMAT_BYTES])
{
	if (isfinite(ci->lo) && isfinite(ci->hi))
		snprintf(buf, FORMAT_BYTES, "%+.1f [%+.1f, %+.1f]",
			 100 * ci->estimate, 100 * ci->lo, 100 * ci->hi);
	else
		snprintf(buf, FORMAT_BYTES, "%+.1f", 100 * ci->estimate);
	return buf;
}

static void difference_cells(const struct compare_row *row, const char *unit,
			     struct table *t)
{
	const struct stats_ci *ci = &row->judgement.ci95;
	char buf[FORMAT_BYTES];

	if (row->share) {
		table_cell(t, "%s %%",
			   format_share(row->level_a.ci.estimate, buf));
		table_cell(t, "%s %%",
			   format_share(row->level_b.ci.estimate, buf));
		table_cell(t, "%s", points_of(ci, buf));
		return;
	}
	table_cell(t, "%s", format_value(row->level_a.ci.estimate, unit, buf));
	table_cell(t, "%s", format_value(row->level_b.ci.estimate, unit, buf));
	table_cell(t, "%s", format_ratio(ci, buf));
}

static void add_row(const struct compare_row *row, const struct rows *rows,
		    const char *unit, struct table *t)
{
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];

	table_cell(t, "%s", rows_label(rows, row->a, label));
	difference_cells(row, unit, t);
	if (!row->by_boots)
		table_cell(t, "no verdict");
	else
		table_cell(t, "%s",
			   format_verdict(row->verdict,
					  row->verdict == row->judgement.verdict
						  ? row->judgement.more
						  : 0,
					  buf));
}

static const struct compare_row *find_row(const struct compare *c,
					  const struct summary_point *p,
					  const struct compare_row *like)
{
	for (size_t i = 0; i < c->nr_rows; i++)
		if (c->rows[i].a == p && !strcmp(c->rows[i].arm, like->arm) &&
		    result_same_text(c->rows[i].metric, like->metric))
			return &c->rows[i];
	return NULL;
}

static const char *unit_of(const struct compare_row *row)
{
	const struct result_point *p = row->a->point;

	for (size_t i = 0; row->metric && i < p->nr_metrics; i++)
		if (!strcmp(p->metrics[i].name, row->metric))
			return p->metrics[i].unit;
	return p->metrics[0].unit;
}

/* The table of one arm or metric over the points of a group. */
static int print_table(const struct compare *c, struct group *g,
		       const struct rows *rows, const struct compare_row *like,
		       FILE *out)
{
	struct table t = { .nr_columns = 5 };
	char label[ROWS_LABEL_BYTES];

	fputc('\n', out);
	format_paragraph(out, "", 2, "%s%s%s", like->arm,
			 like->metric  ? ", single ops: "
			 : like->share ? ", share as expected"
				       : "",
			 like->metric ? like->metric : "");
	table_cell(&t, "%s", rows_heading(rows, label));
	table_cell(&t, "A");
	table_cell(&t, "B");
	table_cell(&t, like->share ? "B less A, points" : "B against A");
	table_cell(&t, "verdict");
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct compare_row *row = find_row(c, g->points[i], like);

		if (row)
			add_row(row, rows, unit_of(row), &t);
	}
	return table_print(&t, out);
}

static bool in_group(const struct group *g, const struct summary_point *p)
{
	for (size_t i = 0; i < g->nr_points; i++)
		if (g->points[i] == p)
			return true;
	return false;
}

static bool printed_before(const struct compare *c, const struct group *g,
			   size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (in_group(g, c->rows[i].a) &&
		    !strcmp(c->rows[i].arm, c->rows[at].arm) &&
		    result_same_text(c->rows[i].metric, c->rows[at].metric))
			return true;
	return false;
}

static int print_group(const struct compare *c, struct group *g, FILE *out)
{
	struct rows rows;
	bool titled = false;
	int err = 0;

	rows_init(&rows, g, ROWS_LABEL_BYTES);
	for (size_t i = 0; !err && i < c->nr_rows; i++) {
		if (!in_group(g, c->rows[i].a) || printed_before(c, g, i))
			continue;
		if (!titled)
			fprintf(out, "\n== %.40s%s%.24s ==\n", g->workload,
				g->what ? " " : "", g->what ? g->what : "");
		titled = true;
		err = print_table(c, g, &rows, &c->rows[i], out);
	}
	return err;
}

static void print_only(const char *side, const struct result_point **points,
		       size_t nr, FILE *out)
{
	if (!nr)
		return;

	fprintf(out, "\nOnly in %s: %zu point%s\n", side, nr,
		nr == 1 ? "" : "s");
	for (size_t i = 0; i < nr && i < MAX_LISTED; i++) {
		char text[1024] = "";

		for (size_t j = 0; j < points[i]->nr_params; j++) {
			size_t len = strlen(text);

			if (len < sizeof(text))
				snprintf(text + len, sizeof(text) - len,
					 " %s=%s", points[i]->params[j].name,
					 points[i]->params[j].value);
		}
		format_paragraph(out, "  ", 4, "%s%s", points[i]->workload,
				 text);
	}
	if (nr > MAX_LISTED)
		fprintf(out, "  ... and %zu more\n", nr - MAX_LISTED);
}

int out_compare(const struct compare *c, struct groups *g, FILE *out)
{
	int err = 0;

	print_side("A = ", c->a->result, out);
	print_side("B = ", c->b->result, out);
	print_differences(c->a->result, c->b->result, out);
	if (c->nr_rows)
		print_method(c, out);
	else
		format_paragraph(out, "", 2,
				 "No point was measured on both sides.");
	for (size_t i = 0; !err && i < g->nr_groups; i++)
		err = print_group(c, &g->groups[i], out);
	print_only("A", c->only_a, c->nr_only_a, out);
	print_only("B", c->only_b, c->nr_only_b, out);
	return err;
}
