// SPDX-License-Identifier: GPL-2.0-only
/* Which of several kernels are the same, by letters. */
#include "exact_page.h"
#include "format.h"
#include "out_exact.h"
#include "table.h"

#include <string.h>

enum {
	BESIDE = TABLE_MAX_COLUMNS - 1,
	WHERE_BYTES = 256
};

/* A kernel that has the letter, and no other before it. */
struct family {
	double lo, hi;
};

static bool has_number(const struct exact_row *row, size_t side)
{
	return !side || exact_is_paired(&row->cells[side]);
}

/* The first is what the others' differences are from. */
static struct family reach_of(const struct exact_row *row, size_t side)
{
	const struct exact_cell *cell = &row->cells[side];

	if (!side)
		return (struct family){ 0 };
	return (struct family){ cell->lo, cell->hi };
}

static bool meet(struct family a, struct family b)
{
	return a.lo <= b.hi + EXACT_LEAST && b.lo <= a.hi + EXACT_LEAST;
}

void exact_letters(const struct exact *x, const struct exact_row *row,
		   char ret[EXACT_MAX_SIDES][LETTERS_BYTES])
{
	struct family families[EXACT_MAX_SIDES];
	size_t nr = 0;

	for (size_t i = 0; i < x->nr_sides; i++) {
		struct family own = reach_of(row, i);
		size_t len = 0;

		ret[i][0] = '\0';
		if (!has_number(row, i))
			continue;
		for (size_t k = 0; k < nr; k++)
			if (meet(own, families[k]))
				ret[i][len++] = (char)('a' + (int)k);
		if (!len) {
			families[nr] = own;
			ret[i][len++] = (char)('a' + (int)nr++);
		}
		ret[i][len] = '\0';
	}
}

static bool are_same(const struct exact *x,
		     char letters[EXACT_MAX_SIDES][LETTERS_BYTES])
{
	for (size_t i = 1; i < x->nr_sides; i++)
		if (strcmp(letters[i], letters[0]) != 0)
			return false;
	return true;
}

static int print_part(const struct exact *x, struct groups *g, size_t first,
		      size_t end, FILE *out)
{
	struct table t = { .nr_columns = 1 + end - first };

	table_cell(&t, "%s", "");
	for (size_t i = first; i < end; i++)
		table_cell(&t, "%c", x->letters[i]);
	for (size_t i = 0; i < x->nr_rows; i++) {
		char letters[EXACT_MAX_SIDES][LETTERS_BYTES];
		char where[WHERE_BYTES];

		exact_letters(x, &x->rows[i], letters);
		if (are_same(x, letters))
			continue;
		exact_where(g, x->rows[i].point, x->rows[i].arm, where,
			    sizeof(where));
		table_cell(&t, "%.60s", where);
		for (size_t k = first; k < end; k++)
			table_cell(&t, "%s", *letters[k] ? letters[k] : "-");
	}
	return table_print(&t, out);
}

int out_letters(const struct exact *x, struct groups *g, FILE *out)
{
	int err = 0;

	fputs("\n== Which kernels are the same == (insn)\n", out);
	format_paragraph(out, "  ", 2,
			 "Kernels that share a letter cannot be told apart "
			 "there; rows in which all do are left out.");
	for (size_t first = 0; !err && first < x->nr_sides; first += BESIDE) {
		size_t end = first + BESIDE < x->nr_sides ? first + BESIDE
							  : x->nr_sides;

		err = print_part(x, g, first, end, out);
	}
	return err;
}
