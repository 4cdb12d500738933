/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a result says: levels, contrasts and verdicts, by the launch as the
 * unit.  Nothing is printed here.
 */
#ifndef ANALYSIS_SUMMARY_H
#define ANALYSIS_SUMMARY_H

#include "result.h"
#include "stats/stats.h"

/* A level over launches; without an interval below STATS_MIN_N of them. */
struct summary_level {
	struct stats_ci ci; /* lo and hi are NaN without an interval */
	size_t n;
};

/**
 * struct summary_by_cpu - what the first role of a window does in CPU time
 * @level:	steps in a second of it, over launches; n = 0 but for windows
 * @judgement:	of ln(that / that of the arm's reference)
 * @verdict:	after adjusting, as for the headline
 *
 * On a machine that others use too, a step waits for its CPU; in the CPU time
 * of its own it does not.
 */
struct summary_by_cpu {
	struct summary_level level;
	struct stats_judgement judgement;
	enum stats_verdict verdict;
};

/**
 * struct summary_arm - an arm of a point
 * @level:	of an op, ns
 * @cpu:	likewise, thread CPU time; n = 0 unless the ops are long
 * @wall_p10, @cpu_p10: a tenth of the launches are faster; where @cpu is
 * @judgement:	of ln(arm / its reference); STATS_TOO_FEW for the reference
 * @verdict:	after adjusting for the number of contrasts
 * @adjusted_p:	of the same
 * @by_cpu:	windows: the same in CPU time
 */
struct summary_arm {
	const struct result_arm *arm;
	struct summary_level level, cpu;
	double wall_p10, cpu_p10;
	struct stats_judgement judgement;
	enum stats_verdict verdict;
	double adjusted_p;
	size_t nr_ratios;
	double marked; /* share of its batches that were switched away from */
	struct summary_by_cpu by_cpu;
};

/* But for the median, of all launches together, each weighing alike. */
struct summary_observed {
	const struct result_observed *observed;
	struct summary_level median; /* over launch medians */
	struct summary_level p99;
	struct summary_level p999; /* n = 0 where there is no histogram */
	double most_ns;		   /* likewise 0 */
};

struct summary_point {
	const struct result_point *point;
	struct summary_arm *arms;	   /* in the order of point->arms */
	struct summary_observed *observed; /* likewise */
	bool unfiltered; /* the arms lost unlike shares, so nothing is left out */
};

/* How arms with a known answer came out; of a rate, by how much less it is. */
struct summary_check {
	size_t nr, nr_changed;
	double widest; /* largest half-width of a 95 % interval, log ratio */
	double lowest, highest; /* estimates */
};

enum {
	SUMMARY_HOLM_MAX = 20
}; /* contrasts; beyond it Benjamini-Hochberg */

struct summary {
	const struct result *result;
	struct summary_point *points; /* in the order of result->points */
	double m;
	size_t nr_contrasts; /* the family that p-values are adjusted for */
	struct summary_check again, inject;
	struct summary_check again_by_cpu, inject_by_cpu;
};

/* Shares that differ by more make the unfiltered numbers decide. */
#define SUMMARY_SHARE_LIMIT 0.02

/* Return: 0, -EINVAL or -ENOMEM. */
int summary_new(const struct result *r, struct summary **ret_summary);
void summary_free(struct summary *s);

/* The level of @n values: Hodges-Lehmann, or the median if they are few. */
int summary_level(double *values, size_t n, struct summary_level *ret_level);

/* The levels of an arm by launch of its point, NaN where there is none. */
void summary_launch_levels(const struct summary_point *p, size_t arm,
			   double *ret_levels);

/**
 * summary_paired() - what @b is against @a, launch by launch
 * @a, @b:	@n values each, NaN where there is none
 * @ret_n:	how many launches have both; with a value of 0 among them: 0
 *
 * Return: 0 or -ENOMEM.
 */
int summary_paired(const double *a, const double *b, size_t n, double m,
		   struct stats_judgement *ret_judgement, size_t *ret_n);

/* The verdict that is left of @v once its p-value is adjusted. */
enum stats_verdict summary_adjust(enum stats_verdict v, double adjusted_p);

/*
 * Adjusts the verdicts of all contrasts for their number, those by CPU time
 * for theirs.  Return: 0 or -ENOMEM.
 */
int summary_adjust_families(struct summary *s);

/* NULL if the point has no valid launch. */
const struct summary_arm *summary_reference(const struct summary_point *p);
const struct summary_arm *summary_arm(const struct summary_point *p,
				      const char *name);

#endif
