/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fit and its bootstrap share. */
#ifndef STATS_MODEL_INTERNAL_H
#define STATS_MODEL_INTERNAL_H

#include "model.h"
#include "qr.h"

/* A limit that is tried: nothing is over that of the last one. */
struct model_try {
	double within, above;
	struct qr qr;
};

struct model_tries {
	struct model_try tries[STATS_MODEL_MAX_LIMITS];
	size_t nr;
};

/* Takes from each row the share of its point's mean that is not explained. */
void model_center(const struct stats_model_data *d, double *v);

/* How good a try explains @b, less is better; @c: room for its rank. */
double model_score(const struct model_tries *t, size_t at, const double *b,
		   double *c, double *ret_residual);

/* Fills in the intervals.  Return: 0, -ERANGE or -ENOMEM. */
int model_bootstrap(const struct stats_model_data *d,
		    const struct model_tries *t, size_t best,
		    struct stats_model *m);

#endif
