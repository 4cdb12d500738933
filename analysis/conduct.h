/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernels do differently: by which rules they go, which calls flush, and
 * what became of the items of trials.  From runs whose times mean nothing, one
 * launch a point, so there are no intervals: see outcomes.h for what is alike.
 */
#ifndef ANALYSIS_CONDUCT_H
#define ANALYSIS_CONDUCT_H

#include "result.h"

#include <stdio.h>

enum {
	CONDUCT_MAX_SIDES = 26,
	CONDUCT_TEXT_BYTES = 64,
	CONDUCT_WHAT_BYTES = 160
};

/* In words, what each kernel does; "" where that is not known. */
struct conduct_row {
	char what[CONDUCT_WHAT_BYTES];
	char does[CONDUCT_MAX_SIDES][CONDUCT_TEXT_BYTES];
	bool differs;
};

struct conduct {
	size_t nr_sides;
	/* Rules and flushes, whether they differ or not; then outcomes. */
	struct conduct_row *traits, *outcomes;
	size_t nr_traits, nr_outcomes;
};

/* Return: 0, -E2BIG with more than CONDUCT_MAX_SIDES, or -ENOMEM. */
int conduct_new(const struct result *const *sides, size_t nr,
		struct conduct **ret_conduct);
void conduct_free(struct conduct *c);

/* Of its rows, how many differ. */
size_t conduct_count(const struct conduct_row *rows, size_t nr);

/* As text of 72 columns; @letters says what each is called. 0 or -ENOMEM. */
int out_conduct(const struct conduct *c, const char *letters, FILE *out);

#endif
