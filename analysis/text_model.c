// SPDX-License-Identifier: GPL-2.0-only
/* How much of a group is decided, and what its levels are made up of. */
#include "format.h"
#include "model.h"
#include "out_text.h"
#include "table.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	TEXT_BYTES = 1024,
	UNIT_BYTES = 16
};

/* Levels are settled for a picture at this half-width. */
#define CLOSE 0.02

static bool is_decided(const struct summary_arm *a)
{
	return a->verdict != STATS_UNDECIDED && a->verdict != STATS_TOO_FEW;
}

struct decided {
	size_t points, decided; /* that have contrasts */
	size_t levels, close;
};

static void count_point(struct decided *d, const struct summary_point *p)
{
	bool any = false, all = true;

	for (size_t i = 0; i < p->point->nr_arms; i++) {
		const struct summary_arm *a = &p->arms[i];
		const struct stats_ci *ci = &a->level.ci;

		if (!result_arm_is_shown(a->arm))
			continue;
		d->levels++;
		d->close += (ci->hi - ci->lo) / 2 <= CLOSE * ci->estimate;
		if (a->arm->kind != RESULT_ARM_CONTRAST)
			continue;
		any = true;
		all = all && is_decided(a);
	}
	d->points += any;
	d->decided += any && all;
}

static void print_decided(const struct group *g, FILE *out)
{
	char verdicts[TEXT_BYTES] = "";
	struct decided d = { 0 };

	for (size_t i = 0; i < g->nr_points; i++)
		count_point(&d, g->points[i]);
	if (d.points)
		snprintf(verdicts, sizeof(verdicts),
			 "%zu of %zu points have a verdict on every contrast; ",
			 d.decided, d.points);
	fputc('\n', out);
	format_paragraph(out, "decided: ", 2,
			 "%s%zu of %zu levels are known within +-%g %%",
			 verdicts, d.close, d.levels, 100 * CLOSE);
}

static void list(char *text, const char *name, const char *more)
{
	format_append(text, TEXT_BYTES, "%s%.60s%s", *text ? ", " : "", name,
		      more);
}

/* "ns" of "ns/page". */
static const char *base_unit(const struct result_term *t, char buf[UNIT_BYTES])
{
	snprintf(buf, UNIT_BYTES, "%.*s",
		 (int)strcspn(t->unit, "/") % UNIT_BYTES, t->unit);
	return buf;
}

/* "page" of "ns/page". */
static const char *per_unit(const struct result_term *t)
{
	const char *slash = strchr(t->unit, '/');

	return slash ? slash + 1 : "";
}

static void cost_row(struct table *t, const char *name, const char *words,
		     const struct stats_ci *ci, const char *unit,
		     const char *per)
{
	struct summary_level level = { .ci = *ci, .n = 1 };
	double half = (ci->hi - ci->lo) / 2 / fabs(ci->estimate);
	char buf[FORMAT_BYTES];

	table_cell(t, "%.20s%s%.41s", name, *words ? ", " : "", words);
	table_cell(t, "%s", format_level(&level, unit, buf));
	isfinite(half) ? table_cell(t, "%.1f", 100 * half) : table_cell(t, "-");
	table_cell(t, "%.16s", per);
}

static void term_rows(struct table *t, const struct model *m)
{
	const struct result_point *p = m->first->point;
	char unit[UNIT_BYTES];

	for (size_t i = 0; i < p->nr_terms; i++) {
		const struct result_term *term = &p->terms[i];

		if (m->fit.cost[i].state == STATS_MODEL_KNOWN)
			cost_row(t, term->name, term->words, &m->fit.cost[i].ci,
				 base_unit(term, unit), per_unit(term));
		if (m->fit.beyond[i].state == STATS_MODEL_KNOWN)
			cost_row(t, term->name, "in place of it past the limit",
				 &m->fit.beyond[i].ci, base_unit(term, unit),
				 "");
	}
}

static int print_costs(const struct model *m, FILE *out)
{
	struct table t = { .nr_columns = 4, .right = 1U << 2 };

	table_cell(&t, "term");
	table_cell(&t, "cost [95 %%]");
	table_cell(&t, "+- %%");
	table_cell(&t, "per");
	term_rows(&t, m);
	return table_print(&t, out);
}

static void print_unknown(const struct model *m, FILE *out)
{
	const struct result_point *p = m->first->point;
	char mixed[TEXT_BYTES] = "", absent[TEXT_BYTES] = "";

	for (size_t i = 0; i < p->nr_terms; i++) {
		const char *name = p->terms[i].name;

		if (m->fit.cost[i].state == STATS_MODEL_MIXED)
			list(mixed, name, "");
		if (m->fit.beyond[i].state == STATS_MODEL_MIXED)
			list(mixed, name, " past the limit");
		if (m->fit.cost[i].state == STATS_MODEL_ABSENT)
			list(absent, name, "");
	}
	if (*mixed)
		format_paragraph(out, "not identifiable: ", 2,
				 "%s: these points cannot tell them apart from "
				 "other terms",
				 mixed);
	if (*absent)
		format_paragraph(out, "not identifiable: ", 2,
				 "%s: in none of these points", absent);
}

/* The largest size of capped terms among the rows. */
static double largest_size(const struct model *m)
{
	const struct result_point *p = m->first->point;
	double most = 0;

	for (size_t i = 0; i < m->nr_rows; i++) {
		const struct model_row *row = &m->rows[i];
		const struct result_amount *amounts =
			row->point->arms[row->arm].arm->amounts;

		for (size_t t = 0; t < p->nr_terms; t++)
			if (p->terms[t].capped && amounts[t].count > 0)
				most = fmax(most, amounts[t].size);
	}
	return most;
}

static void append_next(char *text, const struct stats_model *f)
{
	char buf[FORMAT_BYTES];

	if (!isfinite(f->next_worse))
		return;
	if (isfinite(f->next_within))
		format_append(text, TEXT_BYTES,
			      "; with the next best, %.12g to %.12g,",
			      f->next_within, f->next_above);
	else
		format_append(text, TEXT_BYTES, "; without a limit");
	format_append(text, TEXT_BYTES, " the residual is %s times as large",
		      format_number(f->next_worse, buf));
}

/* The terms that have one, and what their sizes count. */
static const char *limited(const struct model *m, char *names)
{
	const struct result_point *p = m->first->point;
	const char *per = "";

	for (size_t i = 0; i < p->nr_terms; i++) {
		if (!p->terms[i].capped ||
		    m->fit.cost[i].state == STATS_MODEL_ABSENT)
			continue;
		list(names, p->terms[i].name, "");
		per = per_unit(&p->terms[i]);
	}
	return per;
}

static void print_limit(const struct model *m, FILE *out)
{
	const struct stats_model *f = &m->fit;
	char names[TEXT_BYTES] = "", text[TEXT_BYTES] = "";
	const char *per = limited(m, names);

	if (!*names)
		return;

	if (f->has_limit)
		format_append(text, TEXT_BYTES, "%.12g to %.12g", f->within,
			      f->above);
	else
		format_append(text, TEXT_BYTES, "none up to %.12g",
			      largest_size(m));
	if (*per)
		format_append(text, TEXT_BYTES, " %.16ss", per);
	if (f->has_limit)
		format_append(text, TEXT_BYTES,
			      " (the last size within and the first past it)");
	if (isfinite(f->limit_share))
		format_append(text, TEXT_BYTES, ", in %.0f %% of the resamples",
			      100 * f->limit_share);
	append_next(text, f);
	format_paragraph(out, "", 2, "limit of %.60s: %s", names, text);
}

static void print_residual(const struct group *g, const struct model *m,
			   FILE *out)
{
	const struct model_row *worst = &m->rows[m->worst];
	char where[TEXT_BYTES] = "";

	for (size_t i = 0; i < g->nr_axes; i++) {
		const char *name = g->axes[i].name;
		const char *value = result_param(worst->point->point, name);

		if (g->axes[i].nr_values > 1 && value)
			format_append(where, TEXT_BYTES, "%s%.60s=%.60s",
				      *where ? " " : "", name, value);
	}
	if (m->fit.rank >= m->nr_rows)
		format_paragraph(out, "residual: ", 2,
				 "none, there are as many costs as levels");
	else
		format_paragraph(
			out, "residual: ", 2,
			"|predicted / measured - 1| has a median of %.2f %% "
			"and is at most %.2f %% (predicted %s, %.60s%s%s)",
			100 * m->median_off, 100 * fabs(worst->off),
			worst->off > 0 ? "more" : "less",
			worst->point->arms[worst->arm].arm->name,
			*where ? ", " : "", where);
	format_paragraph(out, "fitted to ", 2, "%zu levels of %zu launches%s",
			 m->nr_rows, m->nr_launches,
			 m->nr_left_out ? "; some have too few launches and "
					  "are left out"
					: "");
}

static int print_model(const struct group *g, const struct model *m, FILE *out)
{
	int err;

	fputc('\n', out);
	format_paragraph(out, "", 2, "Cost model%s%.150s",
			 *m->label ? ", " : "", m->label);
	if (m->err) {
		format_paragraph(
			out, "", 2, "none: %s",
			m->err == -ERANGE  ? "too few launches for an interval"
			: m->err == -E2BIG ? "too many levels"
					   : "counts or sizes out of bounds");
		return 0;
	}
	format_paragraph(out, "", 2,
			 "An arm's level is the sum over terms of cost x count "
			 "x size; intervals are of the noise, by launches.");
	err = print_costs(m, out);
	print_unknown(m, out);
	print_limit(m, out);
	print_residual(g, m, out);
	return err;
}

int text_model(struct group *g, FILE *out)
{
	struct models models;
	int err = models_new(g, true, &models);

	if (err)
		return err;

	print_decided(g, out);
	for (size_t i = 0; !err && i < models.nr_models; i++)
		err = print_model(g, &models.models[i], out);
	models_finish(&models);
	return err;
}
