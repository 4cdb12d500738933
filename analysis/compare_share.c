// SPDX-License-Identifier: GPL-2.0-only
/* Shares of items as expected, one side against the other. */
#include "compare.h"
#include "trials.h"

#include "stats/distribution.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static size_t boot_of(const struct result_point *p, size_t launch)
{
	return p->launches[launch].boot;
}

/* The launches of each boot together; how many boots. */
static size_t by_boot(const struct result_point *p,
		      const struct result_trials *t,
		      struct stats_share_unit *units)
{
	size_t nr = 0;

	for (size_t i = 0; i < t->nr_launches; i++) {
		size_t boot = boot_of(p, t->launches[i].launch);
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = boot_of(p, t->launches[j].launch) == boot;
		if (seen)
			continue;
		units[nr] = (struct stats_share_unit){ 0 };
		for (size_t j = i; j < t->nr_launches; j++) {
			if (boot_of(p, t->launches[j].launch) != boot)
				continue;
			units[nr].items += t->launches[j].items;
			units[nr].hits += t->launches[j].as_expected;
		}
		nr++;
	}
	return nr;
}

static size_t by_launch(const struct result_trials *t,
			struct stats_share_unit *units)
{
	for (size_t i = 0; i < t->nr_launches; i++)
		units[i] = (struct stats_share_unit){
			.items = t->launches[i].items,
			.hits = t->launches[i].as_expected
		};
	return t->nr_launches;
}

struct side {
	const struct result_point *point;
	const struct result_trials *trials;
	struct stats_share_unit *units;
	size_t nr;
};

static int side_init(struct side *s, const struct summary_point *p,
		     const char *arm)
{
	long at = result_find_arm(p->point, arm);

	*s = (struct side){ .point = p->point };
	s->trials = at < 0 ? NULL : result_find_trials(p->point, (size_t)at);
	if (!s->trials)
		return -ERANGE;
	s->units = calloc(s->trials->nr_launches + 1, sizeof(*s->units));
	return s->units ? 0 : -ENOMEM;
}

static int difference(const struct side *a, const struct side *b, double level,
		      struct stats_share shares[2], struct stats_ci *ret_ci)
{
	int err = stats_share(a->units, a->nr, trials_count(a->trials), level,
			      &shares[0]);

	if (!err)
		err = stats_share(b->units, b->nr, trials_count(b->trials),
				  level, &shares[1]);
	if (!err)
		stats_share_difference(&shares[0], &shares[1], ret_ci);
	return err;
}

/* Two-sided, as if the side of the interval towards zero were normal. */
static double p_of(const struct stats_ci *ci)
{
	double towards = ci->estimate > 0 ? ci->estimate - ci->lo
					  : ci->hi - ci->estimate;
	double z = qnorm(0.975, 0, 1, 1, 0);

	if (!isfinite(towards))
		return NAN;
	return towards > 0 ? 2 * pnorm(-fabs(ci->estimate) / towards * z, 0, 1,
				       1, 0)
			   : 1;
}

static enum stats_verdict verdict_of(const struct stats_judgement *j, double m)
{
	bool within = j->ci90.lo >= -m && j->ci90.hi <= m;

	if (!isfinite(j->ci95.lo))
		return STATS_TOO_FEW;
	if (j->ci95.lo > 0 || j->ci95.hi < 0)
		return within ? STATS_CHANGED_BELOW_M : STATS_CHANGED;
	return within ? STATS_EQUIVALENT : STATS_UNDECIDED;
}

static int judge(struct side *a, struct side *b, double m,
		 struct compare_row *row)
{
	struct stats_share wide[2], narrow[2];
	int err;

	row->boots_a = by_boot(a->point, a->trials, a->units);
	row->boots_b = by_boot(b->point, b->trials, b->units);
	row->by_boots = row->boots_a >= STATS_MIN_BOOTS &&
			row->boots_b >= STATS_MIN_BOOTS;
	a->nr = row->by_boots ? row->boots_a : by_launch(a->trials, a->units);
	b->nr = row->by_boots ? row->boots_b : by_launch(b->trials, b->units);

	err = difference(a, b, 0.95, wide, &row->judgement.ci95);
	if (!err)
		err = difference(a, b, 0.9, narrow, &row->judgement.ci90);
	if (err)
		return err;

	row->level_a = (struct summary_level){ wide[0].ci,
					       a->trials->nr_launches };
	row->level_b = (struct summary_level){ wide[1].ci,
					       b->trials->nr_launches };
	row->judgement.verdict = verdict_of(&row->judgement, m);
	row->judgement.p = p_of(&row->judgement.ci95);
	if (row->by_boots)
		row->verdict = row->judgement.verdict;
	return 0;
}

int compare_share(struct compare_row *row, double m)
{
	struct side a, b = { 0 };
	int err = side_init(&a, row->a, row->arm);

	if (!err)
		err = side_init(&b, row->b, row->arm);
	if (!err)
		err = judge(&a, &b, m, row);
	free(a.units);
	free(b.units);
	return err;
}
