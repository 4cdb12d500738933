/* SPDX-License-Identifier: GPL-2.0-only */
/* What a report can be written as. */
#ifndef ANALYSIS_OUT_FORMATS_H
#define ANALYSIS_OUT_FORMATS_H

#include "group.h"

#include <stdbool.h>
#include <stdio.h>

/**
 * struct out_format - a way to write a report
 * @name:	on the command line
 * @file:	that it is written to in a folder
 * @print:	@verbose: with case ids where the format has a choice; 0 or
 *		-ENOMEM.  Sorts the points of the groups.
 * @pictures:	they are drawn beside it
 */
struct out_format {
	const char *name, *file;
	int (*print)(const struct summary *s, struct groups *g, bool verbose,
		     FILE *out);
	bool pictures;
};

/* The first is the default. NULL behind the last, or if there is no such. */
const struct out_format *out_format_at(size_t index);
const struct out_format *out_format_find(const char *name);

/* One object; numbers that are not known are left out.  See the docs. */
int out_json(const struct summary *s, struct groups *g, bool verbose,
	     FILE *out);

/* KTAP, version 1: a test a point, its arms as subtests. */
int out_ktap(const struct summary *s, struct groups *g, bool verbose,
	     FILE *out);

#endif
