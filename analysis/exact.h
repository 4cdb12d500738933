/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels whose instructions were counted, batch by batch, against the first
 * of them.
 *
 * A batch has the same past on each kernel, so most batches differ by what the
 * kernels differ in and nothing else; into a few falls a timer tick, or a list
 * of free pages that has run empty, that is in another batch elsewhere.  The
 * median of the differences leaves those out.  Its 95 % interval, by order
 * statistics, has no width where most batches agree to the last instruction.
 */
#ifndef ANALYSIS_EXACT_H
#define ANALYSIS_EXACT_H

#include "result.h"

enum {
	EXACT_MAX_SIDES = 26
};

enum exact_verdict {
	EXACT_MISSING = 0, /* one of the two has no such number */
	EXACT_UNLIKE,	   /* other batches, which cannot be paired */
	EXACT_IDENTICAL,   /* no width, and nothing in it */
	EXACT_WITHIN,	   /* 0 is in it: less than its width is not seen */
	EXACT_DIFFERS,
};

/* A number of a kernel, and how much more it is than that of the first. */
struct exact_cell {
	enum exact_verdict verdict;
	double per_op; /* instructions, median over batches; NaN: none */
	double more, lo, hi;
};

struct exact_row {
	const struct result_point *point; /* of the first kernel */
	const char *arm;
	struct exact_cell cells[EXACT_MAX_SIDES]; /* the first says nothing */
};

/* An event of an arm, per op, that is not the same everywhere. */
struct exact_event {
	const struct result_point *point;
	const char *arm, *name, *scope;
	double per_op[EXACT_MAX_SIDES]; /* NaN: not counted there */
};

struct exact {
	const struct result *const *sides;
	size_t nr_sides;
	char letters[EXACT_MAX_SIDES + 1]; /* what each is called */
	struct exact_row *rows; /* in the order of the first kernel's points */
	size_t nr_rows;
	struct exact_event *events;
	size_t nr_events;
};

/* Return: 0, -E2BIG with more than EXACT_MAX_SIDES, or -ENOMEM. */
int exact_new(const struct result *const *sides, size_t nr,
	      struct exact **ret_exact);
void exact_free(struct exact *x);

/* Drops rows and events of workloads that were not run to be counted. */
void exact_leave_out(struct exact *x,
		     bool (*is_out)(const void *ctx, const char *workload),
		     const void *ctx);

/* Instructions an op: less is none, and comes of division. */
#define EXACT_LEAST 0.005

/* Whether the cell says how much more it is than the first kernel's. */
bool exact_is_paired(const struct exact_cell *cell);

/* No count of time, or of what the rows are already about. */
bool exact_is_event(const char *name);

/* Rows of a kernel with a verdict. */
size_t exact_count(const struct exact *x, size_t side,
		   enum exact_verdict verdict);

/* In parts of the first kernel's number; NaN where that is 0. */
double exact_share(const struct exact_row *row, size_t side);

/*
 * The rows in which a kernel differs, by how much of the first kernel's number
 * that is, the most first; at most @max.  Return: how many.
 */
size_t exact_largest(const struct exact *x, size_t side, size_t max,
		     const struct exact_row **ret);

#endif
