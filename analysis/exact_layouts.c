// SPDX-License-Identifier: GPL-2.0-only
#include "exact_layouts.h"
#include "format.h"
#include "out_exact.h"
#include "stats/stats.h"
#include "table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	COLUMNS = 6,
	WHERE_BYTES = 256
};

static const struct exact_cell *find_cell(const struct exact *x,
					  const struct exact_row *row,
					  size_t side)
{
	for (size_t i = 0; i < x->nr_rows; i++)
		if (!strcmp(x->rows[i].point->id, row->point->id) &&
		    !strcmp(x->rows[i].arm, row->arm))
			return &x->rows[i].cells[side];
	return NULL;
}

struct layouts_cell layouts_judge(const struct exact_row *row, size_t side,
				  const struct exact *const *layouts, size_t nr)
{
	struct layouts_cell ret = { 0 };
	double more[EXACT_MAX_LAYOUTS];

	if (!nr || nr > EXACT_MAX_LAYOUTS ||
	    !exact_is_paired(&row->cells[side]))
		return ret;
	for (size_t i = 0; i < nr; i++) {
		const struct exact_cell *cell = find_cell(layouts[i], row,
							  side);

		if (!cell || !exact_is_paired(cell))
			return ret;
		more[i] = cell->more;
	}
	stats_sort(more, nr);
	ret.median = stats_quantile(more, nr, 0.5);
	ret.lowest = more[0];
	ret.highest = more[nr - 1];
	if (fabs(ret.lowest) < EXACT_LEAST && fabs(ret.highest) < EXACT_LEAST &&
	    fabs(row->cells[side].more) < EXACT_LEAST)
		ret.verdict = LAYOUTS_IDENTICAL;
	else if (ret.lowest >= EXACT_LEAST || ret.highest <= -EXACT_LEAST)
		ret.verdict = LAYOUTS_DIFFERS;
	else
		ret.verdict = LAYOUTS_UNSETTLED;
	return ret;
}

static const char *const verdict_words[] = {
	[LAYOUTS_MISSING] = "not everywhere",
	[LAYOUTS_IDENTICAL] = "identical",
	[LAYOUTS_UNSETTLED] = "by layout",
	[LAYOUTS_DIFFERS] = "differs",
};

static void add_row(struct table *t, struct groups *g,
		    const struct exact_row *row, size_t side,
		    const struct layouts_cell *cell)
{
	const double values[] = { row->cells[side].more, cell->lowest,
				  cell->median, cell->highest };
	char where[WHERE_BYTES], number[FORMAT_BYTES];

	exact_where(g, row->point, row->arm, where, sizeof(where));
	table_cell(t, "%.60s", where);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		table_cell(t, "%s",
			   fabs(values[i]) < EXACT_LEAST
				   ? "0"
				   : exact_number(values[i], number));
	table_cell(t, "%s", verdict_words[cell->verdict]);
}

static void add_heading(struct table *t, char letter)
{
	table_cell(t, "%c less A", letter);
	table_cell(t, "fixed");
	table_cell(t, "lowest");
	table_cell(t, "median");
	table_cell(t, "highest");
	table_cell(t, "verdict");
}

static int print_side(const struct exact *fixed, size_t side,
		      const struct exact *const *layouts, size_t nr,
		      struct groups *g, FILE *out)
{
	struct table t = { .nr_columns = COLUMNS, .right = 0x1e };
	size_t identical = 0;

	add_heading(&t, fixed->letters[side]);
	for (size_t i = 0; i < fixed->nr_rows; i++) {
		const struct exact_row *row = &fixed->rows[i];
		struct layouts_cell cell = layouts_judge(row, side, layouts,
							 nr);

		if (cell.verdict == LAYOUTS_IDENTICAL)
			identical++;
		else if (cell.verdict != LAYOUTS_MISSING)
			add_row(&t, g, row, side, &cell);
	}
	fprintf(out, "  %c: %zu of %zu numbers are identical in all of them\n",
		fixed->letters[side], identical, fixed->nr_rows);
	if (t.nr_cells == COLUMNS)
		t.nr_cells = 0;
	return table_print(&t, out);
}

int out_layouts(const struct exact *fixed, const struct exact *const *layouts,
		size_t nr, struct groups *g, FILE *out)
{
	int err = 0;

	fprintf(out, "\n== Over %zu layout%s == (insn)\n", nr,
		nr == 1 ? "" : "s");
	format_paragraph(out, "  ", 2,
			 "Each kernel was booted again in each of them, at "
			 "other addresses and with other random numbers: how "
			 "much more it has than A then. `differs`: all say "
			 "more, or all say less, as chance alone does once in "
			 "%" PRIu64 "; `by layout`: it depends on where things "
			 "lie, or on whom the scheduler picks.",
			 UINT64_C(1) << (nr - 1));
	for (size_t side = 1; !err && side < fixed->nr_sides; side++)
		err = print_side(fixed, side, layouts, nr, g, out);
	return err;
}
