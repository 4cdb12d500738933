/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which points belong into one table or picture, and along which parameters
 * they differ.
 *
 * A group is a workload and, where it has a parameter `what`, one value of
 * it: by that name a workload says that it measures several things, whose
 * numbers share no scale.
 */
#ifndef ANALYSIS_GROUP_H
#define ANALYSIS_GROUP_H

#include "summary.h"

/**
 * struct group_axis - a parameter of the points of a group
 * @nr_values:	different ones; 1: constant
 * @size:	all values are sizes, and one at least is written as such
 * @first:	its value at the first point
 */
struct group_axis {
	const char *name, *first;
	size_t nr_values;
	bool size, numeric;
};

struct group {
	const char *workload;
	const char *what; /* NULL if the workload has no such parameter */
	const char *mode; /* of the guest that it ran in; NULL: in none */
	const struct summary_point **points; /* those with a valid launch */
	size_t nr_points;
	struct group_axis *axes; /* all parameters but `what` */
	size_t nr_axes;
};

struct groups {
	struct group *groups;
	size_t nr_groups;
};

/* Return: 0 or -ENOMEM. */
int groups_new(const struct summary *s, struct groups *ret_groups);
void groups_finish(struct groups *g);

/* The group of a point; NULL if it has no valid launch. */
const struct group *groups_find(const struct groups *g,
				const struct result_point *p);

/* Emulated CPUs are no clock: of them there are outcomes and counts. */
bool group_has_times(const struct group *g);

/* The size axis that varies with the most values; NULL if none does. */
const struct group_axis *group_size_axis(const struct group *g);

/* A point with the most metrics: some have less to observe than others. */
const struct result_point *group_richest(const struct group *g);

/*
 * The arms of the group that are contrasts, or those that are shown and are
 * none, each name once; the caller frees.
 */
size_t group_arms(const struct group *g, bool contrasts,
		  const struct result_arm ***ret_arms);

/* The value of an axis as a number: bytes, ns, or plain; NaN if it is none. */
double group_number(const char *value);

/* Whether two points differ along @axis at most. */
bool group_same_line(const struct group *g, const struct group_axis *axis,
		     const struct summary_point *a,
		     const struct summary_point *b);

/* What tells a point from others, but for an axis: "remote=3 backing=thp". */
void group_label(const struct group *g, const struct summary_point *p,
		 const struct group_axis *but, char *buf, size_t size);

/* The values alone: "3, thp"; may be empty. */
void group_values(const struct group *g, const struct summary_point *p,
		  const struct group_axis *but, char *buf, size_t size);

/**
 * group_sort() - the points in the order of some axes
 * @g:		the group
 * @axes:	the major one first
 *
 * Numbers go upwards, words in the order in which they first came.
 */
void group_sort(struct group *g, const struct group_axis *const *axes,
		size_t nr_axes);

#endif
