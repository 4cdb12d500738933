/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of the items of an arm's trials, and when two kernels differ in
 * it: the same notion wherever kernels are held side by side.
 *
 * A share is another one if it differs by a tenth of the items: less is what
 * a page that was moved or held for a moment makes.  A mistake that one of
 * them makes and the other never does is news with OUTCOMES_LEAST items; with
 * a single one where the items must be exposed first (a race), since there
 * nothing but the mistake itself looks like it.
 */
#ifndef ANALYSIS_OUTCOMES_H
#define ANALYSIS_OUTCOMES_H

#include "result.h"

#define OUTCOMES_ALIKE 0.1

enum {
	OUTCOMES_LEAST = 3
};

/**
 * struct outcomes - of all launches together
 * @exposed:	how often what the items look for was possible, where the point
 *		has words for that
 * @seen:	items by outcome
 * @mistaken:	likewise, those of which something else was expected
 */
struct outcomes {
	const struct result_point *point;
	double items, exposed;
	double seen[RESULT_MAX_OUTCOMES], mistaken[RESULT_MAX_OUTCOMES];
};

/* Return: false without items. */
bool outcomes_of(const struct result_point *p, size_t arm,
		 struct outcomes *ret);

/* What mistakes are a share of: exposures if there are words for them. */
double outcomes_places(const struct outcomes *o);

/*
 * Nothing shows that a mistake would have been found: no item was exposed, or
 * none of those that were planted was found.
 */
bool outcomes_blind(const struct outcomes *o);

/* Of that name; 0 where the point does not know it. */
double outcomes_mistakes(const struct outcomes *o, const char *name);

/* Whether a mistake of @b is made more or less often in @a. */
bool outcomes_mistake_differs(const struct outcomes *a,
			      const struct outcomes *b, const char *name);

/* Whether any outcome has another share, or any mistake differs. */
bool outcomes_differ(const struct outcomes *a, const struct outcomes *b);

#endif
