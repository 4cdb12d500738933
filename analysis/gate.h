/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a kernel executes more instructions than it may, for a program that
 * has to decide: good, bad, or it cannot be told.
 */
#ifndef ANALYSIS_GATE_H
#define ANALYSIS_GATE_H

#include "exact.h"

#include <stdbool.h>

/* What a number may have more; above it is bad. */
struct gate_limit {
	double more;   /* instructions an op, or a share */
	bool is_share; /* of the good kernel's number */
};

enum gate_row {
	GATE_BELOW = 0, /* all of the interval is */
	GATE_ABOVE,	/* all of it is */
	GATE_UNSURE,	/* it differs, perhaps by more than the limit */
	GATE_UNSEEN,	/* a difference above the limit would not be seen */
	GATE_MISSING,	/* one of the two has no such number */
	NR_GATE_ROWS
};

enum gate_verdict {
	GATE_GOOD = 0,
	GATE_BAD,
	GATE_CANNOT_TELL,
};

struct gate {
	const char *arm; /* NULL: rows of all arms count */
	struct gate_limit limit;
	enum gate_verdict verdict;
	bool proven;		 /* the good kernel did the same twice */
	size_t nr[NR_GATE_ROWS]; /* rows of each kind */
	size_t nr_rows;
};

/**
 * gate_parse_limit() - "0.5" or "0.1%"
 *
 * Return: 0, or -EINVAL if it is neither, or negative.
 */
int gate_parse_limit(const char *text, struct gate_limit *ret_limit);

/* @side: the kernel that is judged; the first is the good one. */
enum gate_row gate_judge_row(const struct exact_row *row, size_t side,
			     const struct gate_limit *limit);

/* Whether @arm, NULL for all of them, has that row. */
bool gate_has_row(const struct exact_row *row, const char *arm);

/**
 * gate_judge() - the verdict on the second kernel
 * @arm:	NULL: rows of all arms count
 *
 * One row above the limit is bad.  None is good, unless a row is missing, or
 * may be above it; a row with too wide an interval counts for nothing, but
 * cannot be all there is.  Nothing can be told where the good kernel does not
 * do the same twice.
 */
void gate_judge(const struct exact *x, const char *arm,
		const struct gate_limit *limit, struct gate *ret_gate);

#endif
