/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts that atlas_new() is made of. */
#ifndef ANALYSIS_ATLAS_BUILD_H
#define ANALYSIS_ATLAS_BUILD_H

#include "atlas.h"

struct atlas_build {
	struct atlas *atlas;
	const struct atlas_input *inputs; /* in the order of the columns */
	size_t column;			  /* that is being added */
};

/* Of the column: what a point says; a rule is about all points of a workload. */
int atlas_add_trials(struct atlas_build *b, const struct result_point *p);
int atlas_add_rules(struct atlas_build *b, const struct result *r);
int atlas_add_events(struct atlas_build *b, const struct result_point *p);
int atlas_add_era(struct atlas_build *b, const struct result *r);
int atlas_add_features(struct atlas_build *b, const struct result *r);
int atlas_add_levels(struct atlas_build *b, const struct result_point *p);

/* What tells a row from others. */
struct atlas_key {
	enum atlas_section section;
	const struct result_point *point; /* NULL: of a workload */
	const char *workload, *arm, *what, *unit;
};

/* Found or added; NULL: no memory, or too many. */
struct atlas_row *atlas_row(struct atlas_build *b, const struct atlas_key *key);
/* NULL: there is none. */
struct atlas_row *atlas_find_row(struct atlas_build *b,
				 const struct atlas_key *key);

/* The row's cell in the column that is being added. */
static inline struct atlas_cell *atlas_cell(struct atlas_build *b,
					    struct atlas_row *row)
{
	return &row->cells[b->column];
}

/* SKIP or failed, and why; @why may be NULL. */
void atlas_say(struct atlas_cell *cell, enum atlas_state state,
	       const char *why);

/* A number as a cell: "3", "0.25", "3140". */
void atlas_count(struct atlas_cell *cell, double value);

/* Kernels that miss nothing have it. */
void atlas_fill_features(struct atlas_build *b);

/* Labels of all rows, by the parameters that differ. */
void atlas_label(struct atlas_build *b);

/* Why cells that are empty are. */
int atlas_explain(struct atlas_build *b);

#endif
