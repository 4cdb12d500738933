/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of the items of trials: the share that went as expected, and how
 * often each mistake was made.
 */
#ifndef ANALYSIS_TRIALS_H
#define ANALYSIS_TRIALS_H

#include "group.h"
#include "stats/share.h"

/**
 * struct trials_mistakes - outcomes that no trial of a group expects
 *
 * One that oracles use, and that no item was judged to have, is none unless it
 * was planted: other points of the workload expect it.  Items of arms that
 * plant do not count.
 *
 * @names:	those that a point of the group names, in its order
 * @other:	items came out as something that other trials expect
 */
struct trials_mistakes {
	const char *names[RESULT_MAX_OUTCOMES];
	size_t nr;
	bool other;
};

enum {
	TRIALS_MAX_ARMS = 64 /* that are told apart by name */
};

/**
 * struct trials_arms - the arms of a group that have trials
 * @quiet:	all items of all points went as expected
 * @items:	how many they are
 * @nr_points:	at which it has items
 * @nr_loud:	arms that are not quiet
 */
struct trials_arms {
	struct {
		const char *name;
		bool quiet;
		double items;
		size_t nr_points;
	} arms[TRIALS_MAX_ARMS];
	size_t nr, nr_loud;
};

/**
 * struct trials_rate - how often a mistake was made
 * @share:	of the items; of the exposures where the point has words for
 *		them.  Without any it has no number.
 * @blind:	it was never made, and nothing shows that it would be found
 */
struct trials_rate {
	struct stats_share share;
	bool blind;
};

/**
 * struct trials_shares - the items of an arm at a point
 * @expected:	of those that went as expected
 * @mistake:	by mistake; behind the last, items that are neither
 * @exposed:	exposures of all launches
 */
struct trials_shares {
	struct stats_share expected;
	struct trials_rate mistake[RESULT_MAX_OUTCOMES + 1];
	double exposed;
};

/* What became of mistakes that were planted. */
struct trials_planted {
	double nr, found;
};

/* Whether the points of the group are of trials whose outcomes are named. */
bool trials_are_in(const struct group *g);

/* The point that names the most outcomes. */
const struct result_point *trials_most_outcomes(const struct group *g);

struct trials_mistakes trials_find_mistakes(const struct group *g);

/* Those that are shown, in the order in which they come. */
void trials_find_arms(const struct group *g, struct trials_arms *ret);

/*
 * What an arm of the point says for itself; NULL without items, and for a
 * quiet arm (a control) beside others that are not.
 */
const struct result_trials *trials_to_show(const struct trials_arms *arms,
					   const struct result_point *p,
					   size_t arm);

/* Whether an arm of the point plants mistakes, or would if it could run. */
bool trials_are_planted(const struct result_point *p);

/*
 * Of an outcome that was planted; @outcome NULL: of all, @arm NULL: in all
 * arms that plant.
 */
struct trials_planted trials_find_planted(const struct result_point *p,
					  const char *arm, const char *outcome);

/* Return: 0; -ERANGE if there is no item; -ENOMEM. */
int trials_describe(const struct result_point *p, const struct result_trials *t,
		    const struct trials_mistakes *m, struct trials_shares *ret);

/*
 * At how many points of the group a mistake of an arm is blind.  Return: 0 or
 * -ENOMEM.
 */
int trials_count_blind(const struct group *g, const struct trials_mistakes *m,
		       const char *arm, size_t *ret_nr);

/* How many trials there were in launches with items; 0: not known of one. */
double trials_count(const struct result_trials *t);

/*
 * A share of what is told by launch, at @of and @part of each struct
 * result_verdicts.  Return: 0, -ERANGE or -ENOMEM.
 */
int trials_share(const struct result_trials *t, size_t of, size_t part,
		 struct stats_share *ret);

#endif
