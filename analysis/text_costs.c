// SPDX-License-Identifier: GPL-2.0-only
/* What trials cost: a row a point and arm, mistakes and then costs beside it. */
#include "costs.h"
#include "format.h"
#include "out_text.h"
#include "rows.h"
#include "table.h"
#include "trials.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	LABEL_ROOM = 8,
	ARM_ROOM = 13,
	FIRST_COSTS = 3, /* beside the mistakes */
	MORE_COSTS = 4,	 /* in a table of their own */
	CELL_BYTES = 32,
};

struct block {
	struct costs costs;
	struct rows rows;
	struct trials_mistakes mistakes;
	size_t first, end; /* of the costs in this table */
	bool relative;	   /* as multiples of the reference arm's */
	size_t nr_cells, nr_undecided;
	bool has_blind;
	FILE *out;
};

/* Three digits, also of large numbers. */
static const char *short_number(double v, char buf[FORMAT_BYTES])
{
	char number[FORMAT_BYTES];

	if (v < 9999.5)
		return format_number(v, buf);

	snprintf(buf, FORMAT_BYTES, "%.16sk", format_number(v / 1e3, number));
	return buf;
}

/* "15.2 +-2%"; undecided "15.2 +-9%?", or "15.2 ?" without an interval. */
static void write_cell(struct block *b, struct table *t,
		       const struct stats_ci *ci, double factor)
{
	double half = costs_half_width(ci);
	char number[FORMAT_BYTES], cell[CELL_BYTES];

	short_number(ci->estimate * factor, number);
	b->nr_cells++;
	b->nr_undecided += !(half <= COSTS_HALF_WIDTH);
	if (!isfinite(half))
		snprintf(cell, sizeof(cell), "%.12s ?", number);
	else
		snprintf(cell, sizeof(cell), "%.12s +-%.*f%%%s", number,
			 half < 0.0095 ? 1 : 0, 100 * half,
			 half > COSTS_HALF_WIDTH ? "?" : " ");
	table_cell(t, "%s", cell);
}

static int relative_cell(struct block *b, struct table *t,
			 const struct summary_point *p, size_t arm,
			 const struct result_metric *m)
{
	bool itself = !strcmp(p->point->arms[arm].name, b->costs.reference);
	struct stats_ci ci;
	int err = costs_relative(&b->costs, p, arm, m, &ci);

	if (itself && costs_of(p, arm, m))
		table_cell(t, "1   ");
	else if (err == -ENODATA)
		table_cell(t, "-");
	else if (!err)
		write_cell(b, t, &ci, 1);
	return err == -ENODATA ? 0 : err;
}

static int cost_cell(struct block *b, struct table *t,
		     const struct summary_point *p, size_t arm,
		     const struct result_metric *m)
{
	const struct summary_observed *o = costs_of(p, arm, m);
	char unit[COSTS_UNIT_BYTES];

	if (b->relative)
		return relative_cell(b, t, p, arm, m);
	if (o)
		write_cell(b, t, &o->median.ci, costs_unit(m, unit));
	else
		table_cell(t, "-");
	return 0;
}

static bool has_mistakes(const struct block *b)
{
	return !b->first && !b->relative;
}

static void mistake_cell(struct block *b, struct table *t,
			 const struct trials_rate *rate)
{
	if (rate->blind)
		table_cell(t, "blind");
	else
		table_cell(t, "%.0f", rate->share.hits);
	b->has_blind = b->has_blind || rate->blind;
}

static int mistake_cells(struct block *b, struct table *t,
			 const struct summary_point *p, size_t arm)
{
	const struct result_trials *trials = result_find_trials(p->point, arm);
	struct trials_shares s;
	int err = trials ? trials_describe(p->point, trials, &b->mistakes, &s)
			 : -ERANGE;

	for (size_t i = 0; i < b->mistakes.nr; i++)
		if (!err)
			mistake_cell(b, t, &s.mistake[i]);
		else
			table_cell(t, "-");
	return err == -ERANGE ? 0 : err;
}

static bool is_shown(const struct block *b, const struct summary_point *p,
		     size_t arm)
{
	if (!result_arm_is_shown(p->arms[arm].arm))
		return false;
	for (size_t i = b->first; i < b->end; i++)
		if (costs_of(p, arm, b->costs.metrics[i]))
			return true;
	return false;
}

static int rows_of_point(struct block *b, struct table *t,
			 const struct summary_point *p)
{
	char label[ROWS_LABEL_BYTES];
	bool first = true;
	int err = 0;

	for (size_t a = 0; a < p->point->nr_arms && !err; a++) {
		if (!is_shown(b, p, a))
			continue;
		table_cell(t, "%s",
			   first ? rows_label(&b->rows, p, label) : "");
		table_cell(t, "%.*s", ARM_ROOM, p->point->arms[a].name);
		if (has_mistakes(b))
			err = mistake_cells(b, t, p, a);
		for (size_t i = b->first; i < b->end && !err; i++)
			err = cost_cell(b, t, p, a, b->costs.metrics[i]);
		first = false;
	}
	return err;
}

static void heading(const struct block *b, struct table *t)
{
	size_t mistakes = has_mistakes(b) ? b->mistakes.nr : 0;
	char label[ROWS_LABEL_BYTES];

	t->nr_columns = 2 + mistakes + b->end - b->first;
	t->right = ~3U;
	table_cell(t, "%s", rows_heading(&b->rows, label));
	table_cell(t, "arm");
	for (size_t i = 0; i < mistakes; i++)
		table_cell(t, "%.*s", ARM_ROOM, b->mistakes.names[i]);
	for (size_t i = b->first; i < b->end; i++)
		table_cell(t, "%.*s ", ARM_ROOM, b->costs.metrics[i]->name);
}

static int print_table(struct block *b)
{
	const struct group *g = b->costs.group;
	char section[ROWS_SECTION_BYTES];
	struct table t = { 0 };
	int err = 0;

	for (size_t i = 0; i < g->nr_points && !err; i++) {
		bool begins = rows_section(&b->rows, g, i, section,
					   sizeof(section));

		if (i == 0 || begins) {
			err = i ? table_print(&t, b->out) : 0;
			if (begins)
				format_paragraph(b->out, "", 2, "%s", section);
			heading(b, &t);
		}
		if (!err)
			err = rows_of_point(b, &t, g->points[i]);
	}
	if (err)
		t.failed = true;
	return table_print(&t, b->out) ? -ENOMEM : err;
}

static size_t room(const struct block *b)
{
	size_t most = MORE_COSTS;

	if (has_mistakes(b))
		most = b->mistakes.nr > FIRST_COSTS ? 1 : FIRST_COSTS;
	return b->first + most < b->costs.nr ? b->first + most : b->costs.nr;
}

static int print_tables(struct block *b)
{
	int err = 0;

	for (b->first = 0; b->first < b->costs.nr && !err; b->first = b->end) {
		b->end = room(b);
		fputc('\n', b->out);
		err = print_table(b);
	}
	return err;
}

static void print_method(const struct block *b)
{
	char unit[COSTS_UNIT_BYTES];

	costs_unit(b->costs.metrics[0], unit);
	fputc('\n', b->out);
	if (b->relative) {
		format_paragraph(b->out, "", 2,
				 "The same as multiples of what %.24s cost in "
				 "the same launch: what moves all costs alike "
				 "is not in it",
				 b->costs.reference);
		return;
	}
	format_paragraph(b->out, "Costs: ", 2,
			 "%s, and half of the 95 %% interval over launches; a "
			 "launch is the median of its trials; mistakes are "
			 "items of all trials",
			 unit);
}

static void print_remarks(const struct block *b)
{
	if (b->has_blind)
		format_paragraph(b->out, "- ", 2,
				 "blind: none, and nothing shows that it would "
				 "be found");
	if (b->nr_undecided)
		format_paragraph(b->out, "? ", 2,
				 "UNDECIDED, %zu of %zu: more than +-%.0f %%, "
				 "or fewer than %d launches",
				 b->nr_undecided, b->nr_cells,
				 100 * COSTS_HALF_WIDTH, STATS_MIN_N);
}

int text_costs(struct group *g, FILE *out)
{
	struct block b = { .out = out };
	int err = 0;

	costs_find(g, &b.costs);
	if (!b.costs.nr)
		return 0;

	rows_init(&b.rows, g, LABEL_ROOM);
	b.mistakes = trials_find_mistakes(g);
	for (unsigned i = 0; i < 2 && !err; i++) {
		b.relative = i;
		b.has_blind = false;
		b.nr_cells = b.nr_undecided = 0;
		if (b.relative && !b.costs.reference)
			break;
		print_method(&b);
		err = print_tables(&b);
		print_remarks(&b);
	}
	return err;
}
