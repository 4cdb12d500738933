/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the points of a group become rows: parameters that vary and are short
 * enough name the row, the others head a section of rows.
 */
#ifndef ANALYSIS_ROWS_H
#define ANALYSIS_ROWS_H

#include "group.h"

enum {
	ROWS_MAX_AXES = 16,
	ROWS_LABEL_BYTES = 64,
	ROWS_SECTION_BYTES = 512,
};

struct rows {
	const struct group_axis *sections[ROWS_MAX_AXES];
	size_t nr_sections;
	const struct group_axis *axes[ROWS_MAX_AXES];
	int widths[ROWS_MAX_AXES];
	size_t nr_axes;
};

/* @room: columns for the row's name; sorts the points of the group. */
void rows_init(struct rows *r, struct group *g, int room);

/* The row's name, and the heading of that column. */
const char *rows_label(const struct rows *r, const struct summary_point *p,
		       char buf[ROWS_LABEL_BYTES]);
const char *rows_heading(const struct rows *r, char buf[ROWS_LABEL_BYTES]);

/* Whether a section begins with the @at-th point, and its name. */
bool rows_section(const struct rows *r, const struct group *g, size_t at,
		  char *buf, size_t size);

#endif
