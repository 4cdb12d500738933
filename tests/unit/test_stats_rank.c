// SPDX-License-Identifier: GPL-2.0-only
/* Against enumeration: all sign assignments, all Walsh averages. */
#include "analysis/stats/stats.h"
#include "analysis/stats/walsh.h"

#include "tests/random.h"
#include "unit.h"

#include <errno.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	ENUMERATE_MAX_N = 12,
	MAX_N = 80,
	MAX_WALSH = MAX_N * (MAX_N + 1) / 2
};

static size_t all_averages(const double *x, size_t n, double *averages)
{
	size_t nr = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			averages[nr++] = x[i] / 2 + x[j] / 2;
	stats_sort(averages, nr);
	return nr;
}

static void check_all_ranks(const char *row, double *x, size_t n)
{
	double averages[MAX_WALSH];
	size_t nr = all_averages(x, n, averages);

	stats_sort(x, n);
	check_row(row, walsh_nr(n) == nr);
	for (size_t rank = 1; rank <= nr; rank++) {
		double got = walsh_select(x, n, rank);

		check_row(row, got <= averages[rank - 1]);
		check_row(row, got >= averages[rank - 1]);
	}
}

static void walsh_averages_come_by_rank(void **state)
{
	double extremes[] = { DBL_MAX, -DBL_MAX, DBL_MIN, 5e-324, -5e-324,
			      0,       -0.0,	 1,	  -1,	  DBL_MAX };
	uint64_t seed = 2;

	(void)state;
	check_all_ranks("extremes", extremes, ROWS(extremes));
	for (size_t n = 1; n <= 30; n++) {
		double x[MAX_N];
		char row[32];

		snprintf(row, sizeof(row), "normal, n = %zu", n);
		for (size_t i = 0; i < n; i++)
			x[i] = random_normal(&seed);
		check_all_ranks(row, x, n);

		snprintf(row, sizeof(row), "ties, n = %zu", n);
		for (size_t i = 0; i < n; i++)
			x[i] = (double)random_below(&seed, 4) - 1;
		check_all_ranks(row, x, n);
	}
}

/* P(V <= v) of the sum of the ranks 1 to n that are there by a coin each. */
static void rank_sum_distribution(size_t n, double *at_most)
{
	size_t sums = walsh_nr(n) + 1;

	memset(at_most, 0, sums * sizeof(*at_most));
	at_most[0] = 1;
	for (size_t rank = 1; rank <= n; rank++)
		for (size_t v = sums; v-- > 0;)
			at_most[v] = at_most[v] / 2 +
				     (v >= rank ? at_most[v - rank] / 2 : 0);
	for (size_t v = 1; v < sums; v++)
		at_most[v] += at_most[v - 1];
}

/* The distribution above, held against the sign assignments themselves. */
static void rank_sums_are_those_of_all_signs(void **state)
{
	(void)state;
	for (size_t n = 1; n <= ENUMERATE_MAX_N; n++) {
		double at_most[MAX_WALSH + 1];
		size_t counts[MAX_WALSH + 1] = { 0 }, seen = 0;

		rank_sum_distribution(n, at_most);
		for (size_t signs = 0; signs < (size_t)1 << n; signs++) {
			size_t v = 0;

			for (size_t i = 0; i < n; i++)
				v += signs >> i & 1 ? i + 1 : 0;
			counts[v]++;
		}
		for (size_t v = 0; v <= walsh_nr(n); v++) {
			seen += counts[v];
			assert_true(fabs(ldexp((double)seen, -(int)n) -
					 at_most[v]) < 1e-12);
		}
	}
}

/* By definition: assignments at least as far from the mean as the data. */
static double enumerated_p(const double *x, size_t n)
{
	double sizes[ENUMERATE_MAX_N], mean = (double)walsh_nr(n) / 2, off = 0;
	size_t as_far = 0;

	for (size_t i = 0; i < n; i++)
		sizes[i] = fabs(x[i]);
	stats_sort(sizes, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; x[i] > 0 && j < n; j++)
			off += sizes[j] <= x[i];
	off = fabs(off - mean);

	for (size_t signs = 0; signs < (size_t)1 << n; signs++) {
		double v = 0;

		for (size_t i = 0; i < n; i++)
			v += signs >> i & 1 ? (double)(i + 1) : 0;
		as_far += fabs(v - mean) >= off;
	}
	return fmin(1, ldexp((double)as_far, -(int)n));
}

static void check_exact_p(size_t n, double shift, uint64_t *seed)
{
	double x[ENUMERATE_MAX_N];
	char row[32];

	for (size_t i = 0; i < n; i++)
		x[i] = random_normal(seed) + shift;
	snprintf(row, sizeof(row), "n = %zu, shift %g", n, shift);
	check_row(row,
		  fabs(stats_signed_rank_p(x, n) - enumerated_p(x, n)) < 1e-9);
}

static void exact_p_is_that_of_all_signs(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (size_t n = 1; n <= ENUMERATE_MAX_N; n++)
		for (int i = 0; i < 40; i++)
			check_exact_p(n, i * 0.05, &seed);
}

static const struct {
	const char *name;
	size_t n;
	double x[10];
	double p;
} p_rows[] = {
	/* Exact, by counting. */
	{ "one value", 1, { 5 }, 1 },
	{ "six of a sign", 6, { 1, 2, 3, 4, 5, 6 }, 2.0 / 64 },
	{ "six of the other", 6, { -1, -2, -3, -4, -5, -6 }, 2.0 / 64 },
	{ "the smallest differs", 6, { -1, 2, 3, 4, 5, 6 }, 4.0 / 64 },
	/* Depression scores before and after, Hollander and Wolfe. */
	{ "published",
	  9,
	  { 0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01 },
	  20.0 / 512 },
	/* Ties and zeros: the formula, worked out apart. */
	{ "ties", 8, { 1, 1, 1, 1, -1, 2, 3, -2 }, 0.2500548159408829 },
	{ "a zero", 8, { 0, 1, 2, 3, 4, 5, 6, -7 }, 0.27189871081964845 },
	{ "all tied", 8, { 3, 3, 3, 3, 3, 3, 3, 3 }, 0.005962078532093712 },
	{ "a draw", 2, { 1, -1 }, 1 },
	{ "all zero", 6, { 0 }, 1 },
};

static void known_p(void **state)
{
	static const double bad[] = { 1, (double)NAN }, worse[] = { HUGE_VAL };

	(void)state;
	for (size_t i = 0; i < ROWS(p_rows); i++) {
		double p = stats_signed_rank_p(p_rows[i].x, p_rows[i].n);

		check_row(p_rows[i].name, fabs(p - p_rows[i].p) < 1e-9);
	}
	assert_true(isnan(stats_signed_rank_p(NULL, 0)));
	assert_true(isnan(stats_signed_rank_p(bad, 2)));
	assert_true(isnan(stats_signed_rank_p(worse, 1)));
}

/* Beyond the exact range: against the distribution itself. */
static void normal_p_is_near_the_exact_one(void **state)
{
	enum {
		N = 70
	};
	double at_most[MAX_WALSH + 1], x[N];

	(void)state;
	rank_sum_distribution(N, at_most);
	for (size_t positive = 20; positive < N; positive++) {
		size_t v = walsh_nr(positive), other = walsh_nr(N) - v;
		double want = fmin(1, 2 * at_most[v < other ? v : other]);
		char row[32];

		for (size_t i = 0; i < N; i++)
			x[i] = i < positive ? (double)(i + 1)
					    : -(double)(i + 1);
		snprintf(row, sizeof(row), "%zu positive", positive);
		check_row(row, fabs(stats_signed_rank_p(x, N) - want) < 3e-3);
	}
}

/* The rank of an end among all averages, which are distinct. */
static size_t rank_of(double end, const double *averages, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!(averages[i] < end) && !(averages[i] > end))
			return i + 1;

	return 0;
}

/* Whether @k is the largest whose tail, P(V < k), is at most @tail. */
static bool is_innermost(const double *at_most, size_t n, size_t k, double tail)
{
	/* The normal tail is the heavier one far out. */
	bool exact = n <= STATS_EXACT_MAX_N;

	return k && at_most[k - 1] <= tail * (exact ? 1 : 1.02) &&
	       at_most[k] > tail * (exact ? 1 : 0.6);
}

static void check_interval(const char *row, const double *x, size_t n,
			   double level)
{
	double at_most[MAX_WALSH + 1], averages[MAX_WALSH], off;
	size_t nr = all_averages(x, n, averages), k;
	/* A tail that is met exactly may be off by its rounding. */
	double tail = (1 - level) / 2 * (1 + 1e-13);
	struct stats_ci ci = { .level = -1 };
	int err = stats_hodges_lehmann(x, n, level, &ci);

	rank_sum_distribution(n, at_most);
	check_row_int(row, err, at_most[0] > tail ? -ERANGE : 0);
	check_row(row, (ci.level < 0) == (err != 0));
	if (err)
		return;

	k = rank_of(ci.lo, averages, nr);
	check_row(row, is_innermost(at_most, n, k, tail));
	check_row_u64(row, rank_of(ci.hi, averages, nr), nr + 1 - k);
	off = ci.estimate - stats_quantile(averages, nr, 0.5);
	check_row(row, fabs(off) < 1e-12);
}

static void interval_is_the_innermost_that_covers(void **state)
{
	static const double levels[] = { 0.5, 0.9, 0.95, 0.99, 0.999 };
	uint64_t seed = 4;

	(void)state;
	for (size_t n = 1; n <= MAX_N; n++) {
		for (size_t i = 0; i < ROWS(levels); i++) {
			double x[MAX_N];
			char row[48];

			for (size_t j = 0; j < n; j++)
				x[j] = random_normal(&seed);
			snprintf(row, sizeof(row), "n = %zu, level %g", n,
				 levels[i]);
			check_interval(row, x, n, levels[i]);
		}
	}
}

static void least_n_for_a_level(void **state)
{
	static const double x[] = { 1, 2, 3, 4, 5, 6 };
	struct stats_ci ci;

	(void)state;
	assert_int_equal(stats_hodges_lehmann(x, STATS_MIN_N, 0.95, &ci), 0);
	assert_true(ci.lo <= 1 && ci.hi >= 6);
	assert_int_equal(stats_hodges_lehmann(x, STATS_MIN_N - 1, 0.95, &ci),
			 -ERANGE);
	/* 1 - 2 / 2^5 is reached by five, exactly. */
	assert_int_equal(stats_hodges_lehmann(x, 5, 0.9375, &ci), 0);
	assert_int_equal(stats_hodges_lehmann(x, 5, 0.9376, &ci), -ERANGE);
	assert_int_equal(stats_hodges_lehmann(x, 0, 0.95, &ci), -ERANGE);
}

static void published_interval(void **state)
{
	static const double x[] = { 0.952, -0.147, 1.022, 0.43, 0.62,
				    0.59,  0.49,   -0.08, 0.01 };
	struct stats_ci ci;

	(void)state;
	assert_int_equal(stats_hodges_lehmann(x, ROWS(x), 0.95, &ci), 0);
	assert_true(fabs(ci.estimate - 0.46) < 1e-12);
	assert_true(fabs(ci.lo - 0.010) < 1e-12);
	assert_true(fabs(ci.hi - 0.786) < 1e-12);
}

static void bad_input_is_refused(void **state)
{
	static const double levels[] = { 0, 1, -1, 2, (double)NAN };
	double x[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct stats_ci ci;

	(void)state;
	for (size_t i = 0; i < ROWS(levels); i++)
		assert_int_equal(
			stats_hodges_lehmann(x, ROWS(x), levels[i], &ci),
			-EINVAL);
	x[3] = (double)NAN;
	assert_int_equal(stats_hodges_lehmann(x, ROWS(x), 0.95, &ci), -EINVAL);
	x[3] = -HUGE_VAL;
	assert_int_equal(stats_hodges_lehmann(x, ROWS(x), 0.95, &ci), -EINVAL);
}

/* Interval and test are one: zero is left out exactly if p is under 5 %. */
static void interval_agrees_with_p(void **state)
{
	uint64_t seed = 5;
	size_t left_out = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		size_t n = STATS_MIN_N + random_below(&seed, 45);
		double x[MAX_N], p;
		struct stats_ci ci;
		bool out;

		for (size_t j = 0; j < n; j++)
			x[j] = random_normal(&seed) + 0.4;
		assert_int_equal(stats_hodges_lehmann(x, n, 0.95, &ci), 0);
		p = stats_signed_rank_p(x, n);
		out = ci.lo > 0 || ci.hi < 0;
		assert_int_equal(out, p <= 0.05);
		left_out += out;
	}
	assert_in_range(left_out, 100, 400);
}

/* Twenty million Walsh averages, none of them stored. */
static void many_units(void **state)
{
	enum {
		N = 6400
	};
	double *x = malloc(N * sizeof(*x));
	struct stats_ci ci;
	uint64_t seed = 6;

	(void)state;
	assert_non_null(x);
	for (size_t i = 0; i < N; i++)
		x[i] = random_normal(&seed);
	assert_int_equal(stats_hodges_lehmann(x, N, 0.95, &ci), 0);
	assert_true(fabs(ci.estimate) < 0.05);
	assert_true(ci.hi - ci.lo > 0.04 && ci.hi - ci.lo < 0.06);
	free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walsh_averages_come_by_rank),
		cmocka_unit_test(rank_sums_are_those_of_all_signs),
		cmocka_unit_test(exact_p_is_that_of_all_signs),
		cmocka_unit_test(known_p),
		cmocka_unit_test(normal_p_is_near_the_exact_one),
		cmocka_unit_test(interval_is_the_innermost_that_covers),
		cmocka_unit_test(least_n_for_a_level),
		cmocka_unit_test(published_interval),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(interval_agrees_with_p),
		cmocka_unit_test(many_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
