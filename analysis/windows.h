/* SPDX-License-Identifier: GPL-2.0-only */
/* What the roles of a window did, by role and arm. */
#ifndef ANALYSIS_WINDOWS_H
#define ANALYSIS_WINDOWS_H

#include "summary.h"

/**
 * struct windows_role - a role beside an arm
 * @rate:	steps a second of all instances, over launches
 * @cpu:	CPU time of an instance by wall time: 1 is a CPU of its own
 * @pace:	achieved by asked, of one instance; n = 0 if none was asked
 * @busy:	share of the time that was spent in steps, likewise
 * @fair:	what the instance did that did least by what did most, in one
 *		window; n = 0 for a single instance
 * @judgement:	of ln(rate / that beside the arm's reference)
 * @nr_ratios:	launches that it is of; 0 for the reference
 */
struct windows_role {
	const struct result_role *role;
	struct summary_level rate, cpu, pace, busy, fair;
	struct stats_judgement judgement;
	size_t nr_ratios;
};

/* Whether a rate or a duty was asked of it. */
static inline bool windows_is_paced(const struct result_role *role)
{
	return role->pace_per_s > 0 || role->duty > 0;
}

/* NULL if the arm of the point had no such role. */
const struct result_role *windows_find(const struct result_point *p, size_t arm,
				       const char *name);

/* The role whose steps are the headline of the arm; NULL without windows. */
const struct result_role *windows_leading(const struct result_point *p,
					  size_t arm);

/* The headline in CPU time, into @p->arms.  Return: 0 or -ENOMEM. */
int windows_by_cpu(struct summary_point *p, double m);

/* Return: 0 or -ENOMEM. */
int windows_describe(const struct summary_point *p,
		     const struct result_role *role, double m,
		     struct windows_role *ret);

#endif
