// SPDX-License-Identifier: GPL-2.0-only
/* Shares with intervals over launches, against answers worked out by hand. */
#include "analysis/stats/share.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>

enum {
	MAX_UNITS = 10
};

#define NONE          \
	{             \
		64, 0 \
	}
#define ALL            \
	{              \
		64, 64 \
	}
#define SINGLE       \
	{            \
		1, 0 \
	}
#define HALF          \
	{             \
		10, 5 \
	}
#define FULL           \
	{              \
		10, 10 \
	}
#define EMPTY         \
	{             \
		10, 0 \
	}
#define FIVE(unit) unit, unit, unit, unit, unit

static const struct {
	const char *name;
	size_t nr;
	struct stats_share_unit units[MAX_UNITS];
	double trials;
	int err;
	double estimate, effective, lo, hi; /* NaN: no interval */
} rows[] = {
	/* 1 - 0.025^(1 / 20) */
	{ "none, 20 trials",
	  10,
	  { FIVE(NONE), FIVE(NONE) },
	  20,
	  0,
	  0,
	  20,
	  0,
	  0.168433 },
	{ "all, 20 trials",
	  10,
	  { FIVE(ALL), FIVE(ALL) },
	  20,
	  0,
	  1,
	  20,
	  0.831567,
	  1 },
	/* 1 - 0.025^(1 / 5) */
	{ "fewer items than trials",
	  5,
	  { FIVE(SINGLE) },
	  20,
	  0,
	  0,
	  5,
	  0,
	  0.521824 },
	{ "trials not told", 5, { FIVE(NONE) }, 0, 0, 0, 5, 0, 0.521824 },
	/* 100 items less the freedom: (1.98422 / 2.26216)^2 */
	{ "launches alike",
	  10,
	  { FIVE(HALF), FIVE(HALF) },
	  20,
	  0,
	  0.5,
	  76.9368,
	  NAN,
	  NAN },
	/* The design effect is 100 / 9. */
	{ "launches all or none",
	  10,
	  { FIVE(FULL), FIVE(EMPTY) },
	  20,
	  0,
	  0.5,
	  6.92431,
	  NAN,
	  NAN },
	{ "a launch without items",
	  10,
	  { FIVE(NONE), { 64, 0 }, { 0, 0 }, { 0, 0 } },
	  20,
	  0,
	  0,
	  20,
	  0,
	  0.168433 },
	{ "one launch", 1, { HALF }, 10, 0, 0.5, NAN, NAN, NAN },
	{ "no launch", 0, { { 0 } }, 10, -ERANGE, 0, 0, 0, 0 },
	{ "no item", 2, { { 0 } }, 10, -ERANGE, 0, 0, 0, 0 },
	{ "more hits than items", 1, { { 5, 6 } }, 1, -EINVAL, 0, 0, 0, 0 },
	{ "negative hits", 1, { { 5, -1 } }, 1, -EINVAL, 0, 0, 0, 0 },
	{ "no number", 1, { { NAN, 1 } }, 1, -EINVAL, 0, 0, 0, 0 },
	{ "infinite", 1, { { INFINITY, 1 } }, 1, -EINVAL, 0, 0, 0, 0 },
	{ "negative trials", 2, { HALF, HALF }, -1, -EINVAL, 0, 0, 0, 0 },
};

static bool is_about(double got, double want)
{
	return isnan(want) || fabs(got - want) < 1e-5 * fmax(1, fabs(want));
}

static void known_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct stats_share s = { .effective = -1 };
		int err = stats_share(rows[i].units, rows[i].nr, rows[i].trials,
				      0.95, &s);

		check_row_int(rows[i].name, err, rows[i].err);
		if (err) {
			check_row(rows[i].name, s.effective == -1);
			continue;
		}
		check_row(rows[i].name,
			  is_about(s.ci.estimate, rows[i].estimate));
		check_row(rows[i].name,
			  is_about(s.effective, rows[i].effective));
		check_row(rows[i].name, is_about(s.ci.lo, rows[i].lo));
		check_row(rows[i].name, is_about(s.ci.hi, rows[i].hi));
		check_row_int(rows[i].name, isnan(s.ci.lo), rows[i].nr == 1);
	}
}

/* 5 of 20 independent items: the table of Clopper and Pearson. */
static void independent_items(void **state)
{
	struct stats_share_unit units[1000];
	struct stats_share s;

	(void)state;
	for (size_t i = 0; i < ROWS(units); i++)
		units[i] = (struct stats_share_unit){ 1, i % 4 == 0 };
	assert_int_equal(stats_share(units, ROWS(units), 0, 0.95, &s), 0);
	assert_true(s.effective > 998 && s.effective <= 1000);
	assert_true(fabs(s.ci.lo - 0.22343) < 1e-4);
	assert_true(fabs(s.ci.hi - 0.27805) < 1e-4);
}

/* However many there are, the interval holds the share. */
static void large_numbers(void **state)
{
	(void)state;
	for (int i = 0; i < 17; i++)
		for (int j = 0; j < 18; j++) {
			double items = pow(10, i), share = pow(10, -j);
			struct stats_share_unit units[] = {
				{ items, items * share },
				{ items, items * share / 2 },
			};
			struct stats_share s;

			assert_int_equal(stats_share(units, 2, 2, 0.95, &s), 0);
			assert_true(s.ci.lo <= s.ci.estimate);
			assert_true(s.ci.hi >= s.ci.estimate);
		}
}

static void differences(void **state)
{
	const struct stats_share_unit all[] = { FIVE(ALL) };
	const struct stats_share_unit none[] = { FIVE(NONE) };
	struct stats_share a, b, one;
	struct stats_ci ci;

	(void)state;
	assert_int_equal(stats_share(all, 5, 20, 0.95, &a), 0);
	assert_int_equal(stats_share(none, 5, 20, 0.95, &b), 0);
	assert_int_equal(stats_share(all, 1, 20, 0.95, &one), 0);

	stats_share_difference(&a, &b, &ci);
	assert_true(ci.estimate == -1 && ci.lo == -1);
	assert_true(fabs(ci.hi + 1 - 0.168433 * sqrt(2)) < 1e-5);

	stats_share_difference(&a, &a, &ci);
	assert_true(ci.estimate == 0);
	assert_true(fabs(ci.lo + 0.168433) < 1e-5);
	assert_true(fabs(ci.hi - 0.168433) < 1e-5);

	stats_share_difference(&a, &one, &ci);
	assert_true(isnan(ci.lo) && isnan(ci.hi));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(independent_items),
		cmocka_unit_test(large_numbers),
		cmocka_unit_test(differences),
	};

	return cmocka_run_group_tests_name("stats_share", tests, NULL, NULL);
}
