// SPDX-License-Identifier: GPL-2.0-only
/* What is to be said of a contrast, and when enough was measured. */
#include "stats.h"
#include "welch.h"

#include <errno.h>
#include <math.h>

const char *stats_verdict_name(enum stats_verdict v)
{
	static const char *const names[] = {
		[STATS_TOO_FEW] = "too few",
		[STATS_CHANGED] = "CHANGED",
		[STATS_CHANGED_BELOW_M] = "CHANGED below M",
		[STATS_EQUIVALENT] = "EQUIVALENT",
		[STATS_UNDECIDED] = "UNDECIDED",
	};

	return names[v];
}

static bool is_valid_m(double m)
{
	return isfinite(m) && m > 0;
}

static enum stats_verdict judge(const struct stats_judgement *j, double m)
{
	double limit = log1p(m);
	bool changed = j->ci95.lo > 0 || j->ci95.hi < 0;
	bool inside = j->ci90.lo >= -limit && j->ci90.hi <= limit;

	if (changed)
		return inside ? STATS_CHANGED_BELOW_M : STATS_CHANGED;

	return inside ? STATS_EQUIVALENT : STATS_UNDECIDED;
}

/* A contrast as it stands, from which one with more units is foreseen. */
struct outlook {
	const struct stats_judgement *now;
	const struct welch *welch; /* NULL: paired */
	size_t n;		   /* paired units */
	double m;
};

static void shrink(struct stats_ci *ci, double by)
{
	ci->lo = ci->estimate - (ci->estimate - ci->lo) * by;
	ci->hi = ci->estimate + (ci->hi - ci->estimate) * by;
}

static bool is_decided_after(const struct outlook *o, size_t more)
{
	struct stats_judgement j = *o->now;

	if (o->welch) {
		struct welch w = *o->welch;

		w.na += more;
		w.nb += more;
		j.ci95 = welch_ci(&w, 0.95);
		j.ci90 = welch_ci(&w, 0.90);
	} else {
		double by = sqrt((double)o->n / (double)(o->n + more));

		shrink(&j.ci95, by);
		shrink(&j.ci90, by);
	}
	return judge(&j, o->m) != STATS_UNDECIDED;
}

/* Intervals only shrink, so once decided it stays: bisect. */
static size_t units_missing(const struct outlook *o)
{
	size_t lo = 1, hi = STATS_MORE_MAX;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (is_decided_after(o, middle))
			hi = middle;
		else
			lo = middle + 1;
	}
	return lo;
}

static void conclude(struct stats_judgement *j, const struct outlook *o)
{
	j->verdict = judge(j, o->m);
	if (j->verdict == STATS_UNDECIDED)
		j->more = units_missing(o);
}

int stats_judge_paired(const double *x, size_t n, double m,
		       struct stats_judgement *ret_judgement)
{
	struct stats_judgement j = { .p = (double)NAN };
	int err;

	if (!is_valid_m(m))
		return -EINVAL;

	err = stats_hodges_lehmann(x, n, 0.95, &j.ci95);
	if (!err)
		err = stats_hodges_lehmann(x, n, 0.90, &j.ci90);
	if (err && err != -ERANGE)
		return err;

	if (!err) {
		j.p = stats_signed_rank_p(x, n);
		if (isnan(j.p))
			return -ENOMEM;
		conclude(&j, &(struct outlook){ .now = &j, .n = n, .m = m });
	}
	*ret_judgement = j;
	return 0;
}

int stats_judge_welch(const double *a, size_t na, const double *b, size_t nb,
		      double m, struct stats_judgement *ret_judgement)
{
	struct stats_judgement j = { .p = (double)NAN };
	struct welch w;
	int err;

	if (!is_valid_m(m))
		return -EINVAL;

	err = welch_take(a, na, b, nb, &w);
	if (err && err != -ERANGE)
		return err;

	if (!err) {
		j.ci95 = welch_ci(&w, 0.95);
		j.ci90 = welch_ci(&w, 0.90);
		j.p = welch_p(&w);
		conclude(&j,
			 &(struct outlook){ .now = &j, .welch = &w, .m = m });
	}
	*ret_judgement = j;
	return 0;
}

static double half_width(const struct stats_ci *ci)
{
	return ci->hi / 2 - ci->lo / 2;
}

bool stats_is_settled(const double *x, size_t n, double m)
{
	struct stats_ci ci;

	if (n < STATS_MIN_LAUNCHES || stats_hodges_lehmann(x, n, 0.95, &ci))
		return false;

	return half_width(&ci) <= m / 3;
}

bool stats_level_is_settled(const double *x, size_t n)
{
	struct stats_ci ci;

	if (n < STATS_MIN_LAUNCHES || stats_hodges_lehmann(x, n, 0.95, &ci))
		return false;

	return half_width(&ci) <= 0.05 * fabs(ci.estimate);
}
