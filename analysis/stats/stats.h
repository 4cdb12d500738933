/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pure statistics: arrays in, structs out, distributions by Rmath.  Why it is
 * done this way, with figures on recorded noise: docs/method.md.
 *
 * Levels: the unit of inference inside a boot is the launch, across kernels
 * the boot; never the batch.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stats_ci {
	double estimate;
	double lo, hi;
	double level; /* 0.95 */
};

enum {
	STATS_MIN_N = 6,	 /* the least that can give 95 % by ranks */
	STATS_EXACT_MAX_N = 50,	 /* beyond it the normal approximation */
	STATS_MIN_LAUNCHES = 20, /* before a contrast may be called done */
	STATS_MIN_BOOTS = 2,	 /* a side, for any verdict on kernels */
	STATS_MORE_MAX = 10000,	 /* "at least so many" is all that is said */
};

/* Sorts upwards. */
void stats_sort(double *x, size_t n);

/* The quantile @q in [0, 1] of sorted values, linear between them; n >= 1. */
double stats_quantile(const double *sorted, size_t n, double q);

/* The median; @x is reordered. NaN for n = 0. */
double stats_median(double *x, size_t n);

/**
 * stats_median_ci() - the median, with an interval that assumes nothing
 * @sorted:	upwards
 * @n:		STATS_MIN_N is the least for 0.95
 * @level:	of the interval, in (0, 1)
 *
 * The ends are order statistics, by the sign test: the innermost pair that
 * covers at least @level.
 *
 * Return: 0, or -ERANGE if @n is too small for @level.
 */
int stats_median_ci(const double *sorted, size_t n, double level,
		    struct stats_ci *ret_ci);

/**
 * stats_hodges_lehmann() - the typical value of units, by their Walsh averages
 * @x:		one value a unit (a launch)
 * @n:		how many; STATS_MIN_N is the least for 0.95
 * @level:	of the interval, in (0, 1)
 * @ret_ci:	estimate and interval
 *
 * The interval is that of the signed-rank test, exact up to
 * STATS_EXACT_MAX_N, else by the normal approximation.  Its ends are Walsh
 * averages, the innermost pair that covers at least @level.
 *
 * Not for two threads at once, nor is stats_signed_rank_p(): Rmath keeps a
 * table.
 *
 * Return: 0; -ERANGE if @n is too small for @level; -EINVAL for a value that
 * is not finite; -ENOMEM.
 */
int stats_hodges_lehmann(const double *x, size_t n, double level,
			 struct stats_ci *ret_ci);

/*
 * Two-sided p-value of the signed-rank test against zero: exact up to
 * STATS_EXACT_MAX_N unless there are ties or zeros, else by the normal
 * approximation, corrected for ties and continuity; zeros are left out.  1 if
 * all are zero; NaN if n < 1, for a value that is not finite or for lack of
 * memory.
 */
double stats_signed_rank_p(const double *x, size_t n);

/**
 * stats_welch() - difference of means, b less a, of units with unlike spread
 * @a, @b:	one value a unit (a boot)
 * @na, @nb:	at least STATS_MIN_BOOTS each
 *
 * Return: 0; -ERANGE for too few units, or if they do not differ at all on
 * either side, so that nothing is known of their spread; -EINVAL for a value
 * that is not finite.
 */
int stats_welch(const double *a, size_t na, const double *b, size_t nb,
		double level, struct stats_ci *ret_ci);

/* Two-sided p-value of the same; NaN where there is no interval. */
double stats_welch_p(const double *a, size_t na, const double *b, size_t nb);

/* Verdicts against a minimum effect of interest. */
enum stats_verdict {
	STATS_TOO_FEW = 0,     /* no interval can be had yet */
	STATS_CHANGED,	       /* the 95 % interval leaves zero out */
	STATS_CHANGED_BELOW_M, /* so it does, but the 90 % one is inside +-M */
	STATS_EQUIVALENT,      /* the 90 % interval is inside +-M */
	STATS_UNDECIDED,
};

/* "CHANGED", "CHANGED below M", "EQUIVALENT", "UNDECIDED", "too few". */
const char *stats_verdict_name(enum stats_verdict v);

/**
 * struct stats_judgement - a contrast and what is to be said of it
 * @ci95, @ci90: of the log ratio; all zero if @verdict is STATS_TOO_FEW
 * @p:		signed-rank or Welch, before any adjustment; NaN if @verdict is
 *		STATS_TOO_FEW
 * @more:	if UNDECIDED: about how many more units (a side, for Welch)
 *		would settle it
 *
 * @more takes the estimate as the truth and lets the intervals shrink with
 * the root of the number of units until one leaves zero out or is inside +-M.
 * It is an even chance, not a promise; at most STATS_MORE_MAX.
 */
struct stats_judgement {
	struct stats_ci ci95, ci90;
	double p;
	enum stats_verdict verdict;
	size_t more;
};

/**
 * stats_judge_paired() - verdict on log ratios, one a launch
 * @x:		ln(B/A)
 * @n:		how many
 * @m:		minimum effect of interest as a ratio, 0.01 for 1 %
 *
 * +-M is taken in log space: [-ln(1+m), ln(1+m)].
 *
 * Return: 0 (also with STATS_TOO_FEW); -EINVAL for a value that is not finite
 * or an @m that is not positive; -ENOMEM.
 */
int stats_judge_paired(const double *x, size_t n, double m,
		       struct stats_judgement *ret_judgement);

/* The same on ln values of two sides' units (boots), by Welch. */
int stats_judge_welch(const double *a, size_t na, const double *b, size_t nb,
		      double m, struct stats_judgement *ret_judgement);

/*
 * After the sweep is known: p-values adjusted for the number of contrasts,
 * in place.  A CHANGED whose adjusted p is over 5 % is no longer one.  NaN
 * stays NaN and does not count.
 */
void stats_holm(double *p, size_t n);
void stats_benjamini_hochberg(double *p, size_t n);

/**
 * stats_is_settled() - the stopping rule of one contrast
 *
 * Half the 95 % interval is at most m / 3, after STATS_MIN_LAUNCHES.
 */
bool stats_is_settled(const double *x, size_t n, double m);

/* The same for a level: half the interval is at most 5 % of the estimate. */
bool stats_level_is_settled(const double *x, size_t n);

/* The batches of one launch, in the order they ran. */
struct stats_batches {
	size_t nr;
	unsigned nr_slots;
	const uint8_t *slot;
	const uint8_t *marks; /* enum fl_mark */
	const double *ns;
	bool long_ops; /* over 1 ms: nothing is left out for a switch */
};

enum {
	STATS_MAX_SLOTS = 36
};

/**
 * struct stats_launch_score - a launch in a few numbers
 * @level_ns:	median batch time of each slot over the blocks kept
 * @ratio:	median over the blocks kept of ln(slot / @reference[slot])
 * @all_level_ns, @all_ratio: the same with no block left out for a switch
 * @marked:	share of each slot's batches with FL_MARK_SWITCHED
 * @nr_blocks, @nr_kept: whole blocks, and those that were not left out
 * @nr_unconfirmed: blocks with FL_MARK_UNCONFIRMED
 * @steady:	false if the reference slot's last third differs from its first by
 *		more than m and by more than chance (95 %); true with fewer
 *		than 3 * STATS_MIN_N blocks kept, which cannot tell
 */
struct stats_launch_score {
	unsigned nr_slots;
	bool steady;
	double level_ns[STATS_MAX_SLOTS];
	double ratio[STATS_MAX_SLOTS];
	double all_level_ns[STATS_MAX_SLOTS];
	double all_ratio[STATS_MAX_SLOTS];
	double marked[STATS_MAX_SLOTS];
	size_t nr_blocks, nr_kept, nr_unconfirmed;
};

/**
 * stats_score_launch() - batches to one number an arm and a contrast
 * @b:		the batches; a torn last block is ignored
 * @reference:	for each slot, the slot that it is compared with
 * @m:		for @steady
 * @ret_score:	the numbers; NaN for what no block was left for, and for the
 *		ratio with a slot that took no time
 *
 * A block is 2 * nr_slots batches, a palindrome in which each slot comes
 * twice.  A block with a batch marked FL_MARK_SWITCHED is left out whole, so
 * that all arms lose alike; and so is an unconfirmed one (counted apart).
 * Nothing is left out for its value.
 *
 * Return: 0; -EINVAL if a block is no palindrome of all slots, a reference no
 * slot or a time no time; -ERANGE without a block; -ENOMEM.
 */
int stats_score_launch(const struct stats_batches *b, const unsigned *reference,
		       double m, struct stats_launch_score *ret_score);

#endif
