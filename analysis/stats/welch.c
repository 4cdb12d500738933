// SPDX-License-Identifier: GPL-2.0-only
#include "welch.h"

#include "distribution.h"

#include <errno.h>

struct moments {
	double mean, variance;
};

static struct moments moments_of(const double *x, size_t n)
{
	struct moments m = { 0 };

	for (size_t i = 0; i < n; i++)
		m.mean += x[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		m.variance += (x[i] - m.mean) * (x[i] - m.mean);
	m.variance /= (double)(n - 1);
	return m;
}

int welch_take(const double *a, size_t na, const double *b, size_t nb,
	       struct welch *ret_welch)
{
	struct moments ma, mb;

	if (na < STATS_MIN_BOOTS || nb < STATS_MIN_BOOTS)
		return -ERANGE;

	/* A value that is not finite shows in its side's variance. */
	ma = moments_of(a, na);
	mb = moments_of(b, nb);
	if (!isfinite(ma.variance + mb.variance))
		return -EINVAL;
	if (ma.variance + mb.variance <= 0)
		return -ERANGE;

	*ret_welch = (struct welch){
		.difference = mb.mean - ma.mean,
		.var_a = ma.variance,
		.var_b = mb.variance,
		.na = na,
		.nb = nb,
	};
	return 0;
}

static double standard_error(const struct welch *w)
{
	return sqrt(w->var_a / (double)w->na + w->var_b / (double)w->nb);
}

/* Satterthwaite's degrees of freedom, by shares so that nothing underflows. */
static double freedom(const struct welch *w)
{
	double a = w->var_a / (double)w->na, b = w->var_b / (double)w->nb;
	double share = a / (a + b), rest = b / (a + b);

	return 1 / (share * share / (double)(w->na - 1) +
		    rest * rest / (double)(w->nb - 1));
}

struct stats_ci welch_ci(const struct welch *w, double level)
{
	double half = qt((1 - level) / 2, freedom(w), false, false) *
		      standard_error(w);

	return (struct stats_ci){
		.estimate = w->difference,
		.lo = w->difference - half,
		.hi = w->difference + half,
		.level = level,
	};
}

double welch_p(const struct welch *w)
{
	double t = fabs(w->difference) / standard_error(w);

	return 2 * pt(t, freedom(w), false, false);
}

int stats_welch(const double *a, size_t na, const double *b, size_t nb,
		double level, struct stats_ci *ret_ci)
{
	struct welch w;
	int err;

	if (!(level > 0 && level < 1))
		return -EINVAL;

	err = welch_take(a, na, b, nb, &w);
	if (err)
		return err;

	*ret_ci = welch_ci(&w, level);
	return 0;
}

double stats_welch_p(const double *a, size_t na, const double *b, size_t nb)
{
	struct welch w;

	return welch_take(a, na, b, nb, &w) ? (double)NAN : welch_p(&w);
}
