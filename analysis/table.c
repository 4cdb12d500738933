// SPDX-License-Identifier: GPL-2.0-only
/* Column widths, and what to do when they are too many. */
#include "table.h"
#include "array.h"
#include "format.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void table_cell(struct table *t, const char *fmt, ...)
{
	void *more = array_more(t->cells, t->nr_cells, TABLE_CELL_BYTES);
	va_list args;
	int len;

	if (!more) {
		t->failed = true;
		return;
	}
	t->cells = more;
	va_start(args, fmt);
	len = vsnprintf(t->cells[t->nr_cells], TABLE_CELL_BYTES, fmt, args);
	va_end(args);
	if (len >= TABLE_CELL_BYTES)
		t->cells[t->nr_cells][TABLE_CELL_BYTES - 2] = '~';
	t->nr_cells++;
}

struct widths {
	size_t of[TABLE_MAX_COLUMNS];
	size_t gap;
	bool split; /* the first column has lines of its own */
};

static size_t total(const struct table *t, const struct widths *w)
{
	size_t sum = w->split ? 2 : w->of[0];

	for (size_t i = 1; i < t->nr_columns; i++)
		sum += w->of[i] + (i > 1 || !w->split ? w->gap : 0);
	return sum;
}

static struct widths measure(const struct table *t)
{
	struct widths w = { .gap = 2 };

	for (size_t i = 0; i < t->nr_cells; i++) {
		size_t column = i % t->nr_columns;
		size_t len = strlen(t->cells[i]);

		if (len > w.of[column])
			w.of[column] = len;
	}
	if (total(t, &w) > FORMAT_COLUMNS)
		w.gap = 1;
	if (total(t, &w) > FORMAT_COLUMNS) {
		w.split = true;
		w.gap = 2;
	}
	if (total(t, &w) > FORMAT_COLUMNS)
		w.gap = 1;
	return w;
}

/* Its length, at most @len, without blanks at the end. */
static size_t trimmed(const char *text, size_t len)
{
	len = strnlen(text, len);
	while (len && text[len - 1] == ' ')
		len--;
	return len;
}

static void print_row(const struct table *t, const struct widths *w, size_t row,
		      FILE *out)
{
	char line[TABLE_MAX_COLUMNS * (TABLE_CELL_BYTES + 2) + 1];
	size_t len = 0, first = w->split ? 1 : 0;

	if (w->split && t->cells[row * t->nr_columns][0])
		fprintf(out, "%.*s\n",
			(int)trimmed(t->cells[row * t->nr_columns],
				     FORMAT_COLUMNS),
			t->cells[row * t->nr_columns]);

	for (size_t i = first; i < t->nr_columns; i++) {
		int width = (int)w->of[i];
		size_t gap = i == first ? (w->split ? 2 : 0) : w->gap;

		len += (size_t)snprintf(line + len, sizeof(line) - len,
					"%*s%*s", (int)gap, "",
					(t->right & (1U << i)) ? width : -width,
					t->cells[row * t->nr_columns + i]);
	}
	if (len > FORMAT_COLUMNS) {
		len = FORMAT_COLUMNS;
		line[len - 1] = '~';
	}
	fprintf(out, "%.*s\n", (int)trimmed(line, len), line);
}

int table_print(struct table *t, FILE *out)
{
	struct widths w = measure(t);
	bool failed = t->failed;

	for (size_t row = 0; !failed && row < t->nr_cells / t->nr_columns;
	     row++)
		print_row(t, &w, row, out);

	free(t->cells);
	t->cells = NULL;
	t->nr_cells = 0;
	t->failed = false;
	return failed ? -ENOMEM : 0;
}
