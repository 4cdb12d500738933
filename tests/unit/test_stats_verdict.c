// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/stats/stats.h"

#include "tests/random.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	MAX_N = 400
};

/* Student's sleep data; the others were integrated numerically apart. */
static const struct {
	const char *name;
	size_t na, nb;
	double a[10], b[10];
	double difference, lo, hi, p;
} welch_rows[] = {
	{ "sleep",
	  10,
	  10,
	  { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 },
	  { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 },
	  1.58,
	  -0.20548323,
	  3.36548323,
	  0.07939414 },
	{ "two and two",
	  2,
	  2,
	  { 1, 2 },
	  { 2, 5 },
	  2,
	  -11.2721089,
	  15.2721089,
	  0.39587034 },
	{ "three and two",
	  3,
	  2,
	  { 10, 11, 12 },
	  { 10.5, 10.6 },
	  -0.45,
	  -2.9085866,
	  2.0085866,
	  0.51766189 },
};

static void welch_of_known_data(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(welch_rows); i++) {
		const double *a = welch_rows[i].a, *b = welch_rows[i].b;
		size_t na = welch_rows[i].na, nb = welch_rows[i].nb;
		const char *row = welch_rows[i].name;
		double p = stats_welch_p(a, na, b, nb);
		struct stats_ci ci;

		check_row_int(row, stats_welch(a, na, b, nb, 0.95, &ci), 0);
		check_row(row,
			  fabs(ci.estimate - welch_rows[i].difference) < 1e-12);
		check_row(row, fabs(ci.lo - welch_rows[i].lo) < 1e-6);
		check_row(row, fabs(ci.hi - welch_rows[i].hi) < 1e-6);
		check_row(row, fabs(p - welch_rows[i].p) < 1e-7);
	}
}

static const struct {
	const char *name;
	size_t na, nb;
	double a[3], b[3];
	double level;
	int err;
} welch_errors[] = {
	{ "one on a side", 1, 3, { 1 }, { 1, 2, 3 }, 0.95, -ERANGE },
	{ "none", 2, 0, { 1, 2 }, { 0 }, 0.95, -ERANGE },
	{ "no spread", 3, 2, { 1, 1, 1 }, { 2, 2 }, 0.95, -ERANGE },
	{ "spread on one side", 3, 2, { 1, 1, 1 }, { 2, 3 }, 0.95, 0 },
	{ "NaN", 2, 2, { 1, (double)NAN }, { 2, 3 }, 0.95, -EINVAL },
	{ "infinite", 2, 2, { 1, 2 }, { 2, HUGE_VAL }, 0.95, -EINVAL },
	{ "too large", 2, 2, { 1e300, -1e300 }, { 1, 2 }, 0.95, -EINVAL },
	{ "tiny", 2, 2, { 1e-150, 2e-150 }, { 1e-150, 3e-150 }, 0.95, 0 },
	{ "level 0", 2, 2, { 1, 2 }, { 1, 3 }, 0, -EINVAL },
	{ "level 1", 2, 2, { 1, 2 }, { 1, 3 }, 1, -EINVAL },
};

static void welch_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(welch_errors); i++) {
		const double *a = welch_errors[i].a, *b = welch_errors[i].b;
		size_t na = welch_errors[i].na, nb = welch_errors[i].nb;
		const char *row = welch_errors[i].name;
		double level = welch_errors[i].level;
		struct stats_ci ci = { .level = -1 };
		int err = stats_welch(a, na, b, nb, level, &ci);

		check_row_int(row, err, welch_errors[i].err);
		check_row(row, (ci.level < 0) == (err != 0));
		if (!err)
			check_row(row, isfinite(ci.lo) && ci.lo < ci.hi);
		if (level > 0 && level < 1)
			check_row(row, (isnan(stats_welch_p(a, na, b, nb)) !=
					0) == (err != 0));
	}
}

/* Evenly from centre - spread to centre + spread. */
static void fill(double *x, size_t n, double centre, double spread)
{
	for (size_t i = 0; i < n; i++)
		x[i] = centre + spread * (2 * (double)i / (double)(n - 1) - 1);
}

static const struct {
	const char *name;
	size_t n;
	double centre, spread, m;
	enum stats_verdict verdict;
} paired_rows[] = {
	{ "too few", 5, 0.5, 0.001, 0.01, STATS_TOO_FEW },
	{ "changed", 20, 0.05, 0.01, 0.01, STATS_CHANGED },
	{ "changed the other way", 20, -0.05, 0.01, 0.01, STATS_CHANGED },
	{ "changed about M", 20, 0.01, 0.005, 0.01, STATS_CHANGED },
	{ "changed below M", 20, 0.004, 0.002, 0.01, STATS_CHANGED_BELOW_M },
	{ "the same with a small M", 20, 0.004, 0.002, 0.001, STATS_CHANGED },
	{ "equivalent", 20, 0.0001, 0.01, 0.01, STATS_EQUIVALENT },
	{ "undecided", 20, 0.005, 0.05, 0.01, STATS_UNDECIDED },
	{ "undecided about zero", 20, 0, 0.1, 0.01, STATS_UNDECIDED },
	{ "least n", 6, 0.05, 0.01, 0.01, STATS_CHANGED },
	{ "many", 200, 0.0001, 0.05, 0.01, STATS_EQUIVALENT },
	{ "exactly nothing", 20, 0, 0, 0.01, STATS_EQUIVALENT },
	/* ln(1.01) is 0.00995. */
	{ "just inside M", 20, 0.00994, 0, 0.01, STATS_CHANGED_BELOW_M },
	{ "just outside M", 20, 0.00996, 0, 0.01, STATS_CHANGED },
};

static bool has_no_interval(const struct stats_judgement *j)
{
	return !(j->ci95.level > 0) && !(j->ci90.level > 0) && isnan(j->p);
}

static bool has_intervals(const struct stats_judgement *j)
{
	return j->ci95.lo <= j->ci90.lo && j->ci95.hi >= j->ci90.hi &&
	       j->p >= 0 && j->p <= 1;
}

static void paired_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paired_rows); i++) {
		enum stats_verdict want = paired_rows[i].verdict;
		double x[MAX_N], m = paired_rows[i].m;
		const char *row = paired_rows[i].name;
		size_t n = paired_rows[i].n;
		struct stats_judgement j;

		fill(x, n, paired_rows[i].centre, paired_rows[i].spread);
		check_row_int(row, stats_judge_paired(x, n, m, &j), 0);
		check_row_text(row, stats_verdict_name(j.verdict),
			       stats_verdict_name(want));
		check_row(row, (j.more > 0) == (want == STATS_UNDECIDED));
		check_row(row, want == STATS_TOO_FEW ? has_no_interval(&j)
						     : has_intervals(&j));
	}
}

/* The rows of paired_rows, as the ln values of two sides' boots. */
static void welch_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(paired_rows); i++) {
		const char *row = paired_rows[i].name;
		enum stats_verdict want = paired_rows[i].verdict;
		size_t n = paired_rows[i].n;
		double a[MAX_N], b[MAX_N];
		struct stats_judgement j;

		if (want == STATS_TOO_FEW || paired_rows[i].spread <= 0)
			continue;

		/* The spread of a difference is that of one side by root 2. */
		fill(a, n, 7, paired_rows[i].spread / sqrt(2));
		fill(b, n, 7 + paired_rows[i].centre,
		     paired_rows[i].spread / sqrt(2));
		check_row_int(
			row,
			stats_judge_welch(a, n, b, n, paired_rows[i].m, &j), 0);
		check_row_text(row, stats_verdict_name(j.verdict),
			       stats_verdict_name(want));
		check_row(row, (j.more > 0) == (want == STATS_UNDECIDED));
	}
}

static void one_boot_a_side_has_no_verdict(void **state)
{
	static const double a[] = { 1, 1, 1 }, b[] = { 2, 2 };
	struct stats_judgement j;

	(void)state;
	assert_int_equal(stats_judge_welch(a, 1, b, 1, 0.01, &j), 0);
	assert_int_equal(j.verdict, STATS_TOO_FEW);
	assert_true(isnan(j.p));
	/* Nor is certainty drawn from boots that agree to the last digit. */
	assert_int_equal(stats_judge_welch(a, 3, b, 2, 0.01, &j), 0);
	assert_int_equal(j.verdict, STATS_TOO_FEW);
}

static void judges_refuse(void **state)
{
	static const double ms[] = { 0, -0.01, (double)NAN, HUGE_VAL };
	double x[] = { 1, 2, 3, 4, 5, 6 };
	struct stats_judgement j;

	(void)state;
	for (size_t i = 0; i < ROWS(ms); i++) {
		assert_int_equal(stats_judge_paired(x, ROWS(x), ms[i], &j),
				 -EINVAL);
		assert_int_equal(stats_judge_welch(x, 3, x + 3, 3, ms[i], &j),
				 -EINVAL);
	}
	x[0] = (double)NAN;
	assert_int_equal(stats_judge_paired(x, ROWS(x), 0.01, &j), -EINVAL);
	assert_int_equal(stats_judge_paired(x, 2, 0.01, &j), -EINVAL);
	assert_int_equal(stats_judge_welch(x, 3, x + 3, 3, 0.01, &j), -EINVAL);
}

/* The same distribution, so the same estimate, with more units. */
static enum stats_verdict verdict_with(size_t n, double centre, double spread)
{
	double *x = malloc(n * sizeof(*x));
	struct stats_judgement j;

	assert_non_null(x);
	fill(x, n, centre, spread);
	assert_int_equal(stats_judge_paired(x, n, 0.01, &j), 0);
	free(x);
	return j.verdict;
}

static const struct {
	const char *name;
	size_t n;
	double centre, spread;
} more_rows[] = {
	{ "near zero", 20, 0.0005, 0.05 },	{ "near M", 20, 0.0095, 0.05 },
	{ "between", 40, 0.005, 0.05 },		{ "beyond M", 20, 0.02, 0.1 },
	{ "far from settled", 20, 0.004, 0.3 },
};

static void more_units_would_settle_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(more_rows); i++) {
		const char *row = more_rows[i].name;
		double centre = more_rows[i].centre;
		double spread = more_rows[i].spread;
		size_t n = more_rows[i].n;
		struct stats_judgement j;
		double x[MAX_N];

		fill(x, n, centre, spread);
		assert_int_equal(stats_judge_paired(x, n, 0.01, &j), 0);
		check_row_int(row, j.verdict, STATS_UNDECIDED);
		check_row_int(row, verdict_with(n + j.more / 2, centre, spread),
			      STATS_UNDECIDED);
		check_row(row, verdict_with(n + j.more * 5 / 4 + 1, centre,
					    spread) != STATS_UNDECIDED);
	}
}

/* Two boots a side pay by the t distribution too; more ends that. */
static void more_boots_would_settle_it(void **state)
{
	static const double a[] = { 7.000, 7.006 }, b[] = { 7.010, 7.016 };
	double more_a[MAX_N], more_b[MAX_N];
	struct stats_judgement j;
	size_t n;

	(void)state;
	assert_int_equal(stats_judge_welch(a, 2, b, 2, 0.01, &j), 0);
	assert_int_equal(j.verdict, STATS_UNDECIDED);
	assert_in_range(j.more, 1, 10);

	n = 2 + j.more;
	for (size_t i = 0; i < n; i++) {
		double by = i % 2 ? 0.003 : -0.003;

		more_a[i] = 7.003 + by;
		more_b[i] = 7.013 + by;
	}
	assert_int_equal(stats_judge_welch(more_a, n, more_b, n, 0.01, &j), 0);
	assert_int_equal(j.verdict, STATS_CHANGED);
}

static void more_is_capped(void **state)
{
	struct stats_judgement j;
	double x[20];

	(void)state;
	fill(x, ROWS(x), 0, 1000);
	assert_int_equal(stats_judge_paired(x, ROWS(x), 0.01, &j), 0);
	assert_int_equal(j.verdict, STATS_UNDECIDED);
	assert_int_equal(j.more, STATS_MORE_MAX);
}

static const struct {
	const char *name;
	size_t n;
	double centre, spread, m;
	bool settled, level_settled;
} settled_rows[] = {
	{ "narrow", 20, 1, 0.001, 0.01, true, true },
	{ "narrow, but too few", 19, 1, 0.001, 0.01, false, false },
	{ "wide", 20, 1, 0.5, 0.01, false, false },
	{ "narrow for a level only", 20, 1, 0.05, 0.01, false, true },
	{ "narrow about a small level", 20, -0.001, 0.001, 0.01, true, false },
	{ "a level below zero", 20, -1, 0.05, 0.01, false, true },
	{ "wide for the n", 20, 1, 0.02, 0.01, false, true },
	{ "not for more", 100, 1, 0.01, 0.01, true, true },
};

static void stops_when_settled(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(settled_rows); i++) {
		const char *row = settled_rows[i].name;
		size_t n = settled_rows[i].n;
		double x[MAX_N];

		fill(x, n, settled_rows[i].centre, settled_rows[i].spread);
		check_row_int(row, stats_is_settled(x, n, settled_rows[i].m),
			      settled_rows[i].settled);
		check_row_int(row, stats_level_is_settled(x, n),
			      settled_rows[i].level_settled);
		x[0] = (double)NAN;
		check_row(row, !stats_is_settled(x, n, settled_rows[i].m));
		check_row(row, !stats_level_is_settled(x, n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(welch_of_known_data),
		cmocka_unit_test(welch_refuses),
		cmocka_unit_test(paired_verdicts),
		cmocka_unit_test(welch_verdicts),
		cmocka_unit_test(one_boot_a_side_has_no_verdict),
		cmocka_unit_test(judges_refuse),
		cmocka_unit_test(more_units_would_settle_it),
		cmocka_unit_test(more_boots_would_settle_it),
		cmocka_unit_test(more_is_capped),
		cmocka_unit_test(stops_when_settled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
