// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/stats/stats.h"

#include "tests/random.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>

enum {
	MAX_N = 300
};

static double rising(uint64_t *seed, size_t i)
{
	(void)seed;
	return (double)i;
}

static double falling(uint64_t *seed, size_t i)
{
	(void)seed;
	return -(double)i;
}

static double equal(uint64_t *seed, size_t i)
{
	(void)seed;
	(void)i;
	return 7;
}

static double few_values(uint64_t *seed, size_t i)
{
	(void)i;
	return (double)random_below(seed, 3);
}

static double any(uint64_t *seed, size_t i)
{
	(void)i;
	return random_normal(seed);
}

static double organ_pipe(uint64_t *seed, size_t i)
{
	(void)seed;
	return (double)(i < 100 ? i : 200 - i);
}

static const struct {
	const char *name;
	double (*value)(uint64_t *seed, size_t i);
} patterns[] = {
	{ "rising", rising },	      { "falling", falling },
	{ "equal", equal },	      { "few values", few_values },
	{ "organ pipe", organ_pipe }, { "any", any },
};

static bool is_sorted(const double *x, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (x[i - 1] > x[i])
			return false;

	return true;
}

static void check_median(const char *pattern, double *x, size_t n)
{
	double sorted[MAX_N], want;
	char row[64];

	snprintf(row, sizeof(row), "%s, n = %zu", pattern, n);
	memcpy(sorted, x, n * sizeof(*x));
	stats_sort(sorted, n);
	check_row(row, is_sorted(sorted, n));

	want = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
	check_row(row, fabs(stats_median(x, n) - want) < 1e-12);
	stats_sort(x, n);
	check_row(row, !memcmp(x, sorted, n * sizeof(*x)));
}

static void median_is_that_of_sorted_values(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ROWS(patterns); i++) {
		for (size_t n = 1; n < MAX_N; n++) {
			double x[MAX_N];

			for (size_t j = 0; j < n; j++)
				x[j] = patterns[i].value(&seed, j);
			check_median(patterns[i].name, x, n);
		}
	}
	assert_true(isnan(stats_median(NULL, 0)));
}

static void sorting_puts_nan_last(void **state)
{
	double x[] = { 3, (double)NAN, -HUGE_VAL, (double)NAN, HUGE_VAL, 1 };

	(void)state;
	stats_sort(x, ROWS(x));
	assert_true(x[0] < 0 && isinf(x[0]));
	assert_true(x[1] > 0 && x[1] < 2);
	assert_true(x[3] > 0 && isinf(x[3]));
	assert_true(isnan(x[4]) && isnan(x[5]));
	stats_sort(NULL, 0);
}

/* No answer is right, but it must come back, and with all the values. */
static void median_survives_nan(void **state)
{
	uint64_t seed = 9;

	(void)state;
	for (size_t n = 1; n < 100; n++) {
		double x[100];
		size_t nans = 0, seen = 0;

		for (size_t i = 0; i < n; i++) {
			x[i] = random_below(&seed, 2) ? (double)NAN
						      : random_normal(&seed);
			nans += isnan(x[i]) != 0;
		}
		stats_median(x, n);
		for (size_t i = 0; i < n; i++)
			seen += isnan(x[i]) != 0;
		assert_int_equal(seen, nans);
	}
}

static const struct {
	size_t n;
	int err;
	size_t lo, hi;
} median_rows[] = {
	{ 0, -ERANGE, 0, 0 }, { 5, -ERANGE, 0, 0 }, { 6, 0, 0, 5 },
	{ 10, 0, 1, 8 },      { 20, 0, 5, 14 },	    { 100, 0, 39, 60 },
};

static void median_has_an_interval(void **state)
{
	double x[100];

	(void)state;
	for (size_t i = 0; i < ROWS(x); i++)
		x[i] = (double)i;
	for (size_t i = 0; i < ROWS(median_rows); i++) {
		struct stats_ci ci = { 0 };
		size_t n = median_rows[i].n;
		char row[32];

		snprintf(row, sizeof(row), "n = %zu", n);
		check_row_int(row, stats_median_ci(x, n, 0.95, &ci),
			      median_rows[i].err);
		if (median_rows[i].err)
			continue;
		check_row_int(row, (long)ci.lo, (long)median_rows[i].lo);
		check_row_int(row, (long)ci.hi, (long)median_rows[i].hi);
		check_row(row, fabs(ci.estimate - (double)(n - 1) / 2) < 1e-9);
	}
}

static const struct {
	const char *name;
	size_t n;
	double q, want;
} quantile_rows[] = {
	{ "one value", 1, 0.9, 10 },
	{ "least", 5, 0, 10 },
	{ "most", 5, 1, 50 },
	{ "on a value", 5, 0.25, 20 },
	{ "between", 5, 0.1, 14 },
	{ "median of four", 4, 0.5, 25 },
	{ "above one", 5, 1.5, 50 },
	{ "below zero", 5, -1, 10 },
	{ "two values", 2, 0.75, 17.5 },
};

static void quantiles_are_linear(void **state)
{
	static const double x[] = { 10, 20, 30, 40, 50 };

	(void)state;
	for (size_t i = 0; i < ROWS(quantile_rows); i++) {
		double got = stats_quantile(x, quantile_rows[i].n,
					    quantile_rows[i].q);

		check_row(quantile_rows[i].name,
			  fabs(got - quantile_rows[i].want) < 1e-12);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(median_is_that_of_sorted_values),
		cmocka_unit_test(median_has_an_interval),
		cmocka_unit_test(median_survives_nan),
		cmocka_unit_test(sorting_puts_nan_last),
		cmocka_unit_test(quantiles_are_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
