/* SPDX-License-Identifier: GPL-2.0-only */
/* The Welch interval in two steps, so that it can be had for more units too. */
#ifndef STATS_WELCH_H
#define STATS_WELCH_H

#include "stats.h"

struct welch {
	double difference;   /* mean of b less mean of a */
	double var_a, var_b; /* of the units */
	size_t na, nb;
};

/* Return: 0; -ERANGE for too few units or no spread at all; -EINVAL. */
int welch_take(const double *a, size_t na, const double *b, size_t nb,
	       struct welch *ret_welch);
struct stats_ci welch_ci(const struct welch *w, double level);
double welch_p(const struct welch *w);

#endif
