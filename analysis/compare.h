/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two results, point by point: is B slower than A, by how much, how sure.
 *
 * Boots are the unit across kernels.  With one boot a side there is a
 * difference and an interval over launches, and no verdict: what another boot
 * of the same kernel would have given is unknown.
 */
#ifndef ANALYSIS_COMPARE_H
#define ANALYSIS_COMPARE_H

#include "group.h"

#include <stdio.h>

/**
 * struct compare_row - a number that both sides have
 * @metric:	NULL for the headline, else an observed metric
 * @by_boots:	@judgement is Welch on boot means; else only its intervals
 *		mean something, Welch on launches
 * @verdict:	adjusted; STATS_TOO_FEW unless @by_boots
 * @share:	levels are shares of items, and the intervals of @judgement are
 *		of their difference: stats_share_difference()
 */
struct compare_row {
	const struct summary_point *a, *b;
	const char *arm, *metric;
	struct summary_level level_a, level_b;
	size_t boots_a, boots_b;
	bool by_boots, share;
	struct stats_judgement judgement;
	enum stats_verdict verdict;
};

struct compare {
	const struct summary *a, *b;
	struct compare_row *rows; /* in the order of A's points */
	size_t nr_rows, nr_judged;
	const struct result_point **only_a, **only_b;
	size_t nr_only_a, nr_only_b;
};

/* Return: 0, -EINVAL or -ENOMEM. */
int compare_new(const struct summary *a, const struct summary *b,
		struct compare **ret_compare);
void compare_free(struct compare *c);

/*
 * Fills in a row of shares of items as expected, the side and the arm given.
 * Return: 0, -ERANGE if a side has no item, -ENOMEM.
 */
int compare_share(struct compare_row *row, double m);

/* As text of 72 columns; @g are the groups of A. Return: 0 or -ENOMEM. */
int out_compare(const struct compare *c, struct groups *g, FILE *out);

#endif
