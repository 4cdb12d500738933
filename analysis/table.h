/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells in columns, never wider than FORMAT_COLUMNS. */
#ifndef ANALYSIS_TABLE_H
#define ANALYSIS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	TABLE_CELL_BYTES = 64,
	TABLE_MAX_COLUMNS = 8
};

/*
 * Zeroed but for @nr_columns; the first rows are the heading.  The first
 * column names the row and stands on a line of its own where all of it
 * together would be too wide.
 */
struct table {
	size_t nr_columns;
	unsigned right; /* bit by column: aligned right */
	char (*cells)[TABLE_CELL_BYTES];
	size_t nr_cells;
	bool failed; /* out of memory: prints nothing */
};

/* The next cell, row by row; cut where it is too long. */
void table_cell(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Return: 0 or -ENOMEM. The table is empty afterwards. */
int table_print(struct table *t, FILE *out);

#endif
