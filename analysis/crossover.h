/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where along a size an arm stops being cheaper than its reference, or starts
 * to be: by intervals that leave zero out.
 */
#ifndef ANALYSIS_CROSSOVER_H
#define ANALYSIS_CROSSOVER_H

#include "group.h"

enum {
	CROSSOVER_MAX_SIZES = 64
};

/* The log ratio at one size. */
struct crossover_step {
	double size;
	const char *name; /* of the size */
	double lo, hi;	  /* NaN without an interval: not decided */
	bool equal;	  /* within the minimum effect of interest */
};

enum crossover_kind {
	CROSSOVER_OPEN,	 /* on neither side at any size */
	CROSSOVER_NONE,	 /* on one side where it is on any */
	CROSSOVER_ONCE,	 /* from one side to the other */
	CROSSOVER_OFTEN, /* to and fro */
};

/**
 * struct crossover - what the steps say
 * @side:	-1: below the reference, 1: above; up to the crossover
 * @first, @last: the sizes that were looked at
 * @until, @from: around the first change of sides: the last size on @side, the
 *		first on the other
 * @last_until, @last_from: around the last change
 * @nr_open:	sizes at which it is on neither side
 * @nr_equal:	of them, those at which it is on neither by a margin
 * @open_first, @open_last: the first and the last of the open ones
 * @nr_changes:	of sides
 */
struct crossover {
	enum crossover_kind kind;
	int side;
	const char *first, *last;
	const char *until, *from, *last_until, *last_from;
	size_t nr_steps, nr_open, nr_equal, nr_changes;
	const char *open_first, *open_last;
};

/* The steps go upwards in size.  Return: 0, or -ERANGE with less than two. */
int crossover_find(const struct crossover_step *steps, size_t nr,
		   struct crossover *ret);

/**
 * struct crossover_line - an arm at points that differ in a size alone
 * @group:	its points sorted by the axis
 * @like:	one of the points
 * @arm:	a name
 * @metric:	an observed one; NULL: the headline
 * @m:		minimum effect of interest
 */
struct crossover_line {
	const struct group *group;
	const struct group_axis *axis;
	const struct summary_point *like;
	const char *arm, *metric;
	double m;
};

/**
 * crossover_steps() - the arm against its reference, size by size
 * @ret_steps:	room for CROSSOVER_MAX_SIZES, further sizes are ignored
 *
 * Return: how many, or -ENOMEM.
 */
long crossover_steps(const struct crossover_line *line,
		     struct crossover_step *ret_steps);

/**
 * crossover_print() - in words
 * @below, @above: what it means to be there: "cheaper", "dearer"
 * @reference:	its name
 *
 * "cheaper than REFERENCE up to 128K and dearer from 256K on": whoever calls
 * puts the subject in front.
 */
void crossover_print(const struct crossover *c, const char *below,
		     const char *above, const char *reference, char *buf,
		     size_t size);

#endif
