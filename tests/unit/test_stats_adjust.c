// SPDX-License-Identifier: GPL-2.0-only
/* Against what the procedures are defined by, not how they are computed. */
#include "analysis/stats/stats.h"

#include "tests/random.h"
#include "unit.h"

enum {
	MAX_N = 8
};

static const struct {
	const char *name;
	size_t n;
	double p[5], holm[5], bh[5];
} rows[] = {
	{ "none", 0, { 0 }, { 0 }, { 0 } },
	{ "one", 1, { 0.03 }, { 0.03 }, { 0.03 } },
	{ "even steps",
	  5,
	  { 0.01, 0.02, 0.03, 0.04, 0.05 },
	  { 0.05, 0.08, 0.09, 0.09, 0.09 },
	  { 0.05, 0.05, 0.05, 0.05, 0.05 } },
	{ "out of order",
	  4,
	  { 0.9, 0.001, 0.02, 0.4 },
	  { 0.9, 0.004, 0.06, 0.8 },
	  { 0.9, 0.004, 0.04, 0.4 * 4 / 3 } },
	{ "at most one", 3, { 0.6, 0.7, 1 }, { 1, 1, 1 }, { 1, 1, 1 } },
	{ "zero", 2, { 0, 0.04 }, { 0, 0.04 }, { 0, 0.04 } },
};

static bool are_near(const double *got, const double *want, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabs(got[i] - want[i]) < 1e-12))
			return false;

	return true;
}

static void known_families(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t n = rows[i].n;
		double holm[5], bh[5];

		memcpy(holm, rows[i].p, sizeof(holm));
		memcpy(bh, rows[i].p, sizeof(bh));
		stats_holm(holm, n);
		stats_benjamini_hochberg(bh, n);
		check_row(rows[i].name, are_near(holm, rows[i].holm, n));
		check_row(rows[i].name, are_near(bh, rows[i].bh, n));
	}
}

/*
 * Holm closes Bonferroni: a contrast counts as changed if each family that it
 * is part of has a change by Bonferroni.
 */
static double closed_bonferroni(const double *p, size_t n, size_t which)
{
	double worst = 0;

	for (size_t set = 0; set < (size_t)1 << n; set++) {
		double least = 1, members = 0;

		if (!(set >> which & 1))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (!(set >> i & 1))
				continue;
			least = fmin(least, p[i]);
			members++;
		}
		worst = fmax(worst, fmin(1, least * members));
	}
	return worst;
}

/*
 * The smallest rate at which the step-up keeps it: the largest k with k of
 * the p at most rate * k / n takes all that are at most rate * k / n.
 */
static double step_up(const double *p, size_t n, size_t which)
{
	double best = 1;

	for (size_t i = 0; i < n; i++) {
		double k = 0;

		if (p[i] < p[which])
			continue;
		for (size_t j = 0; j < n; j++)
			k += p[j] <= p[i];
		best = fmin(best, p[i] * (double)n / k);
	}
	return best;
}

static void adjusted_by_definition(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 300; i++) {
		size_t n = 1 + random_below(&seed, MAX_N);
		double p[MAX_N] = { 0 }, holm[MAX_N], bh[MAX_N];

		for (size_t j = 0; j < n; j++)
			p[j] = random_below(&seed, 4)
				       ? pow(random_unit(&seed), 3)
				       : 0.01 * (double)random_below(&seed, 3);
		memcpy(holm, p, sizeof(p));
		memcpy(bh, p, sizeof(p));
		stats_holm(holm, n);
		stats_benjamini_hochberg(bh, n);
		for (size_t j = 0; j < n; j++) {
			assert_true(fabs(holm[j] - closed_bonferroni(p, n, j)) <
				    1e-12);
			assert_true(fabs(bh[j] - step_up(p, n, j)) < 1e-12);
		}
	}
}

static void nan_does_not_count(void **state)
{
	double holm[] = { 0.02, (double)NAN, 0.01, (double)NAN },
	       bh[] = { (double)NAN, 0.02, 0.01 };

	(void)state;
	stats_holm(holm, ROWS(holm));
	assert_true(fabs(holm[0] - 0.02) < 1e-12);
	assert_true(fabs(holm[2] - 0.02) < 1e-12);
	assert_true(isnan(holm[1]) && isnan(holm[3]));

	stats_benjamini_hochberg(bh, ROWS(bh));
	assert_true(isnan(bh[0]));
	assert_true(fabs(bh[1] - 0.02) < 1e-12);
	assert_true(fabs(bh[2] - 0.02) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_families),
		cmocka_unit_test(adjusted_by_definition),
		cmocka_unit_test(nan_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
