// SPDX-License-Identifier: GPL-2.0-only
/* Costs of which the answer is known, and data that give none. */
#include "analysis/stats/tail.h"

#include "tests/self/flushes.h"
#include "tests/unit/unit.h"

#include <errno.h>

static const struct flushes_truth quiet = {
	.call = 400,
	.walk = 20,
	.page = 90,
	.all = 250,
	.limit = 33,
	.nr_launches = 8,
};

static void near(const char *what, double is, double wanted, double share)
{
	if (!(fabs(is - wanted) <= share * fabs(wanted)))
		fail_msg("%s is %g, not %g", what, is, wanted);
}

static void without_noise_the_costs_come_back(void **state)
{
	struct flushes f;
	uint64_t seed = 1;
	struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
	struct stats_model m;

	(void)state;
	assert_int_equal(stats_model_fit(&d, &m), 0);
	near("call", m.cost[FLUSHES_CALL].ci.estimate, 400, 1e-6);
	near("walk", m.cost[FLUSHES_WALK].ci.estimate, 20, 1e-6);
	near("page", m.cost[FLUSHES_PAGE].ci.estimate, 90, 1e-6);
	near("all", m.beyond[FLUSHES_PAGE].ci.estimate, 250, 1e-6);
	near("call, from", m.cost[FLUSHES_CALL].ci.lo, 400, 1e-6);
	near("call, to", m.cost[FLUSHES_CALL].ci.hi, 400, 1e-6);
	assert_true(m.has_limit);
	near("within", m.within, 33, 0);
	near("above", m.above, 34, 0);
	near("share", m.limit_share, 1, 0);
	assert_true(m.next_worse > 1);
	assert_int_equal(m.rank, 4);
	assert_int_equal(m.beyond[FLUSHES_CALL].state, STATS_MODEL_ABSENT);
	for (size_t i = 0; i < d.nr_rows; i++)
		near("predicted", m.predicted[i], d.level[i], 1e-6);
	stats_model_finish(&m);
}

/* A machine that is slow for a while makes whole points slow. */
static void slow_points_do_not_bend_the_costs(void **state)
{
	static const double speed[] = { 1, 1.3, 0.9, 1.2, 1, 1.3, 0.8 };
	double shared[FLUSHES_SIZES];
	struct flushes f;
	uint64_t seed = 9;
	struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
	struct stats_model m;
	double bent;

	(void)state;
	for (size_t i = 0; i < d.nr_rows; i++)
		f.level[i] *= speed[f.point[i] % ROWS(speed)];
	for (size_t i = 0; i < FLUSHES_SIZES; i++)
		shared[i] = stats_model_shared(0.2, 1e-3, FLUSHES_ARMS);
	d.launch_level = NULL;

	assert_int_equal(stats_model_fit(&d, &m), 0);
	bent = fabs(m.cost[FLUSHES_PAGE].ci.estimate / 90 - 1);
	stats_model_finish(&m);
	d.shared = shared;
	assert_int_equal(stats_model_fit(&d, &m), 0);
	if (!(fabs(m.cost[FLUSHES_PAGE].ci.estimate / 90 - 1) < bent))
		fail_msg("page is %g, off by %g without sharing",
			 m.cost[FLUSHES_PAGE].ci.estimate, bent);
	near("within", m.within, 33, 0);
	stats_model_finish(&m);

	shared[0] = 1;
	d.shared = shared;
	assert_int_equal(stats_model_fit(&d, &m), -EINVAL);
}

static void the_share_follows_the_errors(void **state)
{
	(void)state;
	near("nothing in common", stats_model_shared(0, 0.02, 8), 0, 0);
	near("as much, one row", stats_model_shared(0.02, 0.02, 1),
	     1 - 1 / sqrt(2), 1e-12);
	near("nearly all", stats_model_shared(1, 1e-9, 8), 1, 1e-6);
	near("no error at all", stats_model_shared(0, 0, 8), 0, 0);
}

static void no_limit_is_found_where_there_is_none(void **state)
{
	struct flushes_truth truth = quiet;
	struct flushes f;
	uint64_t seed = 2;
	struct stats_model_data d;
	struct stats_model m;

	(void)state;
	truth.limit = INFINITY;
	truth.launch = truth.arm = 0.005;
	d = flushes_draw(&f, &truth, &seed);
	assert_int_equal(stats_model_fit(&d, &m), 0);
	assert_false(m.has_limit);
	assert_int_equal(m.beyond[FLUSHES_PAGE].state, STATS_MODEL_ABSENT);
	near("page", m.cost[FLUSHES_PAGE].ci.estimate, 90, 0.02);
	stats_model_finish(&m);
}

/* The arm of one call alone: every row has one call. */
static void keep_one_arm(struct flushes *f, struct stats_model_data *d)
{
	for (size_t i = 0; i < FLUSHES_SIZES; i++) {
		size_t from = i * FLUSHES_ARMS;

		f->level[i] = f->level[from];
		f->point[i] = i;
		f->launch_level[i] = f->levels[from];
		flushes_row(f, i, flushes_sizes[i], 0);
	}
	d->nr_rows = FLUSHES_SIZES;
}

static void terms_that_go_together_are_named(void **state)
{
	struct flushes f;
	uint64_t seed = 3;
	struct flushes_truth truth = quiet;
	struct stats_model_data d;
	struct stats_model m;

	(void)state;
	truth.limit = INFINITY;
	d = flushes_draw(&f, &truth, &seed);
	keep_one_arm(&f, &d);
	assert_int_equal(stats_model_fit(&d, &m), 0);
	assert_false(m.has_limit);
	near("call", m.cost[FLUSHES_CALL].ci.estimate, 400, 1e-6);
	assert_int_equal(m.cost[FLUSHES_WALK].state, STATS_MODEL_MIXED);
	assert_int_equal(m.cost[FLUSHES_PAGE].state, STATS_MODEL_MIXED);
	assert_true(isnan(m.cost[FLUSHES_WALK].ci.estimate));
	for (size_t i = 0; i < d.nr_rows; i++)
		near("predicted", m.predicted[i], d.level[i], 1e-6);
	stats_model_finish(&m);
}

static void a_term_that_no_row_has_is_absent(void **state)
{
	struct flushes f;
	uint64_t seed = 4;
	struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
	struct stats_model m;

	(void)state;
	for (size_t i = 0; i < FLUSHES_ROWS; i++)
		f.count[i * FLUSHES_TERMS + FLUSHES_WALK] = 0;
	assert_int_equal(stats_model_fit(&d, &m), 0);
	assert_int_equal(m.cost[FLUSHES_WALK].state, STATS_MODEL_ABSENT);
	assert_int_equal(m.cost[FLUSHES_CALL].state, STATS_MODEL_KNOWN);
	stats_model_finish(&m);
}

/* More terms than rows: nothing is known, and it is said. */
static void one_row_tells_no_term_apart(void **state)
{
	struct flushes f;
	uint64_t seed = 5;
	struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
	struct stats_model m;

	(void)state;
	d.nr_rows = 1;
	assert_int_equal(stats_model_fit(&d, &m), 0);
	for (size_t t = 0; t < FLUSHES_TERMS; t++)
		assert_int_equal(m.cost[t].state, STATS_MODEL_MIXED);
	near("predicted", m.predicted[0], d.level[0], 1e-6);
	stats_model_finish(&m);
}

static void a_launch_without_a_level_is_passed_over(void **state)
{
	struct flushes f;
	uint64_t seed = 6;
	struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
	struct stats_model m;

	(void)state;
	for (size_t i = 0; i < FLUSHES_ROWS; i++)
		f.levels[i][i % 8] = NAN;
	for (size_t l = 0; l < 8; l++)
		f.levels[4][l] = NAN;
	assert_int_equal(stats_model_fit(&d, &m), 0);
	near("call, from", m.cost[FLUSHES_CALL].ci.lo, 400, 1e-6);
	stats_model_finish(&m);
}

static const struct {
	const char *what;
	size_t at; /* of a double in struct flushes */
	double value;
} hostile_rows[] = {
	{ "level NaN", offsetof(struct flushes, level[3]), NAN },
	{ "level 0", offsetof(struct flushes, level[3]), 0 },
	{ "level negative", offsetof(struct flushes, level[3]), -5 },
	{ "level infinite", offsetof(struct flushes, level[3]), INFINITY },
	{ "count NaN", offsetof(struct flushes, count[7]), NAN },
	{ "count negative", offsetof(struct flushes, count[7]), -1 },
	{ "size infinite", offsetof(struct flushes, size[7]), INFINITY },
	{ "count beyond all sums", offsetof(struct flushes, count[7]), 1e200 },
};

static void hostile_numbers_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(hostile_rows); i++) {
		struct flushes f;
		uint64_t seed = 7;
		struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
		struct stats_model m = { .rank = 99 };

		memcpy((char *)&f + hostile_rows[i].at, &hostile_rows[i].value,
		       sizeof(double));
		check_row_int(hostile_rows[i].what, stats_model_fit(&d, &m),
			      -EINVAL);
		check_row_int(hostile_rows[i].what, (int)m.rank, 99);
	}
}

static void too_little_and_too_much_is_said(void **state)
{
	struct flushes f;
	uint64_t seed = 8;
	struct stats_model_data d = flushes_draw(&f, &quiet, &seed);
	struct stats_model_data none = d, many = d, wide = d;
	struct stats_model m;

	(void)state;
	none.nr_rows = 0;
	assert_int_equal(stats_model_fit(&none, &m), -ERANGE);
	many.nr_rows = STATS_MODEL_MAX_ROWS + 1;
	assert_int_equal(stats_model_fit(&many, &m), -E2BIG);
	wide.nr_terms = STATS_MODEL_MAX_TERMS + 1;
	assert_int_equal(stats_model_fit(&wide, &m), -E2BIG);

	f.nr_launches[2] = STATS_MIN_N - 1;
	assert_int_equal(stats_model_fit(&d, &m), -ERANGE);
	d.launch_level = NULL;
	assert_int_equal(stats_model_fit(&d, &m), 0);
	near("call", m.cost[FLUSHES_CALL].ci.estimate, 400, 1e-6);
	assert_true(isnan(m.cost[FLUSHES_CALL].ci.lo));
	stats_model_finish(&m);
}

/* Each launch has the values 1..100; the 99th in a hundred of all is 99. */
static void the_tail_is_that_of_all_launches(void **state)
{
	struct stats_tail_launch launches[STATS_MIN_LAUNCHES];
	float values[STATS_MIN_LAUNCHES][100];
	struct stats_ci ci = { .estimate = 1 };

	(void)state;
	for (size_t i = 0; i < ROWS(launches); i++) {
		launches[i] = (struct stats_tail_launch){ values[i], 100 };
		for (int v = 0; v < 100; v++)
			values[i][v] = (float)(v + 1);
	}
	assert_int_equal(stats_tail(launches, ROWS(launches), 0.99, &ci), 0);
	near("p99", ci.estimate, 99, 0.01);
	near("from", ci.lo, 99, 0.01);
	near("to", ci.hi, 99, 0.01);

	assert_int_equal(stats_tail(launches, 5, 0.99, &ci), 0);
	near("p99 of few", ci.estimate, 99, 0.01);
	assert_true(isnan(ci.lo));

	assert_int_equal(stats_tail(launches, 5, 0.5, &ci), -EINVAL);
	launches[0].nr = 0;
	assert_int_equal(stats_tail(launches, 1, 0.99, &ci), -ERANGE);
	assert_int_equal(stats_tail(launches, 0, 0.99, &ci), -ERANGE);
}

/* 999 times 1 and once 7 or 9: a launch of many values weighs as one of few. */
static void what_is_counted_need_not_be_listed(void **state)
{
	static const float values[] = { 1, 7, 9 };
	static const float many[] = { 998, 1, 1 }, more[] = { 99800, 100, 100 };
	struct stats_tail_launch launches[STATS_MIN_LAUNCHES];
	struct stats_ci ci;

	(void)state;
	for (size_t i = 0; i < ROWS(launches); i++)
		launches[i] = (struct stats_tail_launch){ values, 3,
							  i % 2 ? many : more };
	assert_int_equal(stats_tail(launches, ROWS(launches), 0.9985, &ci), 0);
	near("between the two", ci.estimate, 7, 1e-6);
	near("from", ci.lo, 7, 1e-6);
	assert_int_equal(stats_tail(launches, ROWS(launches), 0.9995, &ci), 0);
	near("the last one", ci.estimate, 9, 1e-6);
	assert_int_equal(stats_tail(launches, ROWS(launches), 0.9, &ci), 0);
	near("what nearly all are", ci.estimate, 1, 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_noise_the_costs_come_back),
		cmocka_unit_test(slow_points_do_not_bend_the_costs),
		cmocka_unit_test(the_share_follows_the_errors),
		cmocka_unit_test(no_limit_is_found_where_there_is_none),
		cmocka_unit_test(terms_that_go_together_are_named),
		cmocka_unit_test(a_term_that_no_row_has_is_absent),
		cmocka_unit_test(one_row_tells_no_term_apart),
		cmocka_unit_test(a_launch_without_a_level_is_passed_over),
		cmocka_unit_test(hostile_numbers_are_refused),
		cmocka_unit_test(too_little_and_too_much_is_said),
		cmocka_unit_test(the_tail_is_that_of_all_launches),
		cmocka_unit_test(what_is_counted_need_not_be_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
