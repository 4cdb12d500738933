/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which function of a kernel got longer: the batches of two kernels side by
 * side, with the instructions that were counted in each function.
 *
 * The k-th batch of an arm on one side is held against the k-th on the other:
 * the schedule is the same, and so are, in a guest, the pages at hand and the
 * lists that are full.  A pair in which an interrupt came on either side is
 * left out; over the others means are taken, so that functions add up.
 */
#ifndef ANALYSIS_EXPLAIN_H
#define ANALYSIS_EXPLAIN_H

#include "explain_launch.h"
#include "functions.h"
#include "picture.h"

#include <stdio.h>

enum {
	EXPLAIN_NAME_BYTES = 64,
	EXPLAIN_LEAST_PAIRS = 3, /* with fewer, interrupted ones are kept */
	EXPLAIN_ROWS = 20,	 /* of a table that is not of all */
};

#define EXPLAIN_LEAST FUNCTIONS_LEAST

struct explain_side {
	const char *label; /* the kernel's name, as it was given */
	struct explain_launch launch;
	struct symbols *symbols;
	struct functions *functions; /* NULL: they were not counted */
	size_t *window_of;	     /* by batch of the launch */
	char *why;		     /* not; NULL: they were */
};

/**
 * struct explain - what one arm did on both sides
 * @b:		NULL: one kernel alone
 * @nr_pairs:	batches of either side
 * @nr_left_out: for an interrupt
 * @ops_a, @ops_b: of a batch
 * @clock_a, @clock_b: instructions an op in these batches by the guest's own
 *		clock; medians where functions were not counted
 * @sum_a, @sum_b: of the functions
 * @rest_a, @rest_b: of those that did not change
 * @changes:	all functions that ran, the largest change first; of one kernel
 *		alone the largest function
 * @nr_changed:	of them, those with a change
 */
struct explain {
	const struct explain_side *a, *b;
	const char *arm;
	bool counted;
	size_t nr_pairs, nr_left_out;
	double ops_a, ops_b;
	double clock_a, clock_b;
	double sum_a, sum_b;
	double rest_a, rest_b;
	struct functions_change *changes;
	size_t nr, nr_changed,
		nr_steady; /* those that differ in most batches */
};

/**
 * explain_side_load() - of a result directory
 * @s:		label set, functions and symbols NULL
 * @counts:	what the plugin wrote; NULL: nothing
 * @kallsyms:	of that kernel; likewise
 *
 * Return: 0; where functions cannot be told that is in s->why.  -ENODATA
 * without a launch; -errno.  explain_side_finish() it in any case.
 */
int explain_side_load(struct explain_side *s, const char *dir,
		      const char *counts, const char *kallsyms,
		      struct error *e);
void explain_side_finish(struct explain_side *s);

/**
 * explain_arm() - compare one arm
 * @b:		NULL: one kernel alone
 * @arm:	NULL: the reference
 *
 * Return: 0; -ENOENT if a side has no such arm; -ENOMEM.
 */
int explain_arm(const struct explain_side *a, const struct explain_side *b,
		const char *arm, struct explain *ret, struct error *e);
void explain_finish(struct explain *x);

/* A table of 72 columns; @all: of all functions, changed or not. */
void text_explain(const struct explain *x, bool all, FILE *out);
/* What it means, once below all tables. */
void text_explain_notes(const struct explain *x, FILE *out);

/* A bar a function.  Return: 0 or -ENOMEM. */
int picture_explain(const struct explain *x, struct pictures *p);

#endif
