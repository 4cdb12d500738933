// SPDX-License-Identifier: GPL-2.0-only
/* What kernels do differently, as text. */
#include "conduct.h"
#include "format.h"
#include "table.h"

#include <errno.h>

enum {
	BESIDE = 4 /* kernels of a table; the next has the others */
};

static void cells(const struct conduct_row *row, size_t first, size_t end,
		  struct table *t)
{
	table_cell(t, "%s%s", row->differs ? "! " : "  ", row->what);
	for (size_t i = first; i < end; i++)
		table_cell(t, "%s", *row->does[i] ? row->does[i] : "-");
}

/* All rows, or those that differ. */
static int print_rows(const struct conduct *c, const struct conduct_row *rows,
		      size_t nr, bool all, const char *letters, FILE *out)
{
	int err = 0;

	for (size_t first = 0; !err && first < c->nr_sides; first += BESIDE) {
		size_t end = first + BESIDE < c->nr_sides ? first + BESIDE
							  : c->nr_sides;
		struct table t = { .nr_columns = 1 + end - first };

		table_cell(&t, "%s", "");
		for (size_t i = first; i < end; i++)
			table_cell(&t, "%c", letters[i]);
		for (size_t i = 0; i < nr; i++)
			if (all || rows[i].differs)
				cells(&rows[i], first, end, &t);
		err = table_print(&t, out);
	}
	return err;
}

int out_conduct(const struct conduct *c, const char *letters, FILE *out)
{
	size_t other = conduct_count(c->outcomes, c->nr_outcomes);
	int err = 0;

	fputs("\n== What they do == (insn: one CPU; outcomes and events)\n",
	      out);
	if (c->nr_traits)
		err = print_rows(c, c->traits, c->nr_traits, true, letters,
				 out);
	fputc('\n', out);
	format_paragraph(out, "", 2,
			 "Outcomes of trials, of %zu arms at points: %zu %s by "
			 "a tenth of the items or more%s",
			 c->nr_outcomes, other,
			 other == 1 ? "differs" : "differ", other ? ":" : ".");
	if (!err && other)
		err = print_rows(c, c->outcomes, c->nr_outcomes, false, letters,
				 out);
	return err;
}
