// SPDX-License-Identifier: GPL-2.0-only
#include "share.h"

#include "distribution.h"

#include <errno.h>
#include <math.h>

/* More items narrow no interval that anybody would tell from this one. */
#define MOST_ITEMS 1e9

/* Sums over the units that have items. */
struct sums {
	double items, hits;
	size_t nr;
};

static int add_up(const struct stats_share_unit *units, size_t nr,
		  struct sums *ret)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < nr; i++) {
		if (!(units[i].hits >= 0 && units[i].hits <= units[i].items) ||
		    !isfinite(units[i].items))
			return -EINVAL;
		s.items += units[i].items;
		s.hits += units[i].hits;
		s.nr += units[i].items > 0;
	}
	if (!isfinite(s.items))
		return -EINVAL;
	*ret = s;
	return s.nr ? 0 : -ERANGE;
}

/* The variance of a ratio of sums, between units. */
static double variance(const struct stats_share_unit *units, size_t nr,
		       const struct sums *s)
{
	double share = s->hits / s->items, sum = 0;

	for (size_t i = 0; i < nr; i++) {
		double apart = (units[i].hits - share * units[i].items) /
			       s->items;

		sum += apart * apart;
	}
	return sum * (double)s->nr / (double)(s->nr - 1);
}

/* How much less a variance tells that is known from few units. */
static double freedom(const struct sums *s, double level)
{
	double q = 0.5 + level / 2, many = INFINITY;
	double few = qt(q, (double)(s->nr - 1), 1, 0);

	if (s->items > 1)
		many = qt(q, s->items - 1, 1, 0);
	return isfinite(many) ? fmin(1, many * many / (few * few)) : 1;
}

static double effective(const struct stats_share_unit *units, size_t nr,
			const struct sums *s, double trials, double level)
{
	double share = s->hits / s->items, effect;

	if (s->hits <= 0 || s->hits >= s->items)
		return fmin(s->items, trials >= 1 ? trials : (double)s->nr);

	effect = variance(units, nr, s) / (share * (1 - share) / s->items);
	return s->items / fmax(1, effect) * freedom(s, level);
}

/* By beta quantiles, which take parts of an item too. */
static void clopper_pearson(double share, double n, struct stats_ci *ci)
{
	double tail = (1 - ci->level) / 2, hits = share * n;

	ci->lo = hits > 0 ? qbeta(tail, hits, n - hits + 1, 1, 0) : 0;
	ci->hi = hits < n ? qbeta(tail, hits + 1, n - hits, 0, 0) : 1;
}

int stats_share(const struct stats_share_unit *units, size_t nr, double trials,
		double level, struct stats_share *ret_share)
{
	struct stats_share share = { .effective = NAN };
	struct sums s;
	int err = add_up(units, nr, &s);

	if (!err && (!(trials >= 0) || !(level > 0 && level < 1)))
		err = -EINVAL;
	if (err)
		return err;

	share.items = s.items;
	share.hits = s.hits;
	share.ci = (struct stats_ci){
		.estimate = s.hits / s.items,
		.lo = NAN,
		.hi = NAN,
		.level = level,
	};
	if (s.nr > 1) {
		share.effective = fmin(MOST_ITEMS,
				       effective(units, nr, &s, trials, level));
		clopper_pearson(share.ci.estimate, share.effective, &share.ci);
	}
	*ret_share = share;
	return 0;
}

void stats_share_difference(const struct stats_share *a,
			    const struct stats_share *b,
			    struct stats_ci *ret_ci)
{
	const struct stats_ci *x = &a->ci, *y = &b->ci;
	double difference = y->estimate - x->estimate;

	*ret_ci = (struct stats_ci){
		.estimate = difference,
		.lo = difference -
		      hypot(y->estimate - y->lo, x->hi - x->estimate),
		.hi = difference +
		      hypot(y->hi - y->estimate, x->estimate - x->lo),
		.level = x->level,
	};
}
