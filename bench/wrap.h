/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_WRAP_H
#define BENCH_WRAP_H

#include <stdio.h>

enum {
	WRAP_COLUMNS = 72
};

/**
 * wrap_text() - words on lines of at most WRAP_COLUMNS
 * @out:	where to
 * @used:	columns of the first line that are written already
 * @indent:	blanks in front of the other lines
 * @text:	words between single blanks; a longer word than a line stays whole
 */
void wrap_text(FILE *out, size_t used, size_t indent, const char *text);

#endif
