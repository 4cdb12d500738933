/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cost models of a group: points that differ in numbers only share one,
 * those that differ in a word have one each.
 */
#ifndef ANALYSIS_MODEL_H
#define ANALYSIS_MODEL_H

#include "group.h"
#include "stats/model.h"

enum {
	MODEL_LABEL_BYTES = 160
};

/**
 * struct model_row - an arm at a point
 * @off:	predicted / measured - 1
 */
struct model_row {
	const struct summary_point *point;
	size_t arm;
	double predicted, off;
};

/**
 * struct model - what the levels of some points are made up of
 * @label:	the words that they share and others do not: "backing=thp";
 *		empty if the group has one model
 * @first:	of its points: its terms are everybody's
 * @nr_launches: of all points
 * @nr_left_out: rows without enough launches for an interval
 * @err:	0, or why there is no fit: -ERANGE too few launches, -E2BIG
 * @median_off:	of |off| over the rows
 * @worst:	the row with the largest |off|
 */
struct model {
	char label[MODEL_LABEL_BYTES];
	const struct summary_point *first;
	struct model_row *rows;
	size_t nr_rows, nr_launches, nr_left_out;
	struct stats_model fit;
	int err;
	double median_off;
	size_t worst;
};

struct models {
	struct model *models;
	size_t nr_models;
};

/**
 * models_new() - the models of a group
 * @g:		the group
 * @intervals:	whether to find them: it takes a while
 *
 * A workload without terms has none.
 *
 * Return: 0 or -ENOMEM.
 */
int models_new(const struct group *g, bool intervals, struct models *ret);
void models_finish(struct models *m);

/* Index of the row of an arm at a point, RESULT_NONE if it has none. */
long model_find_row(const struct model *m, const struct summary_point *p,
		    size_t arm);

#endif
