// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/stats/stats.h"

#include "tests/random.h"
#include "unit.h"

#include <errno.h>
#include <faultline/protocol.h>
#include <stdlib.h>

enum {
	MAX_BATCHES = 1024
};

struct batches {
	uint8_t slot[MAX_BATCHES], marks[MAX_BATCHES];
	double ns[MAX_BATCHES];
	size_t nr;
	unsigned nr_slots;
};

/* "01101001" as slots, no marks. */
static void set_slots(struct batches *b, const char *slots, unsigned nr_slots)
{
	*b = (struct batches){ .nr = strlen(slots), .nr_slots = nr_slots };
	for (size_t i = 0; i < b->nr; i++) {
		b->slot[i] = (uint8_t)(slots[i] - '0');
		b->ns[i] = 1000;
	}
}

static int score(const struct batches *b, bool long_ops,
		 struct stats_launch_score *ret_score)
{
	static const unsigned reference[STATS_MAX_SLOTS];
	const struct stats_batches batches = {
		.nr = b->nr,
		.nr_slots = b->nr_slots,
		.slot = b->slot,
		.marks = b->marks,
		.ns = b->ns,
		.long_ops = long_ops,
	};

	return stats_score_launch(&batches, reference, 0.01, ret_score);
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-12;
}

static const struct {
	const char *name;
	const char *slots;
	unsigned nr_slots;
	int err;
	size_t nr_blocks;
} shape_rows[] = {
	{ "one block", "0110", 2, 0, 1 },
	{ "two unlike blocks", "01101001", 2, 0, 2 },
	{ "three arms", "201102", 3, 0, 1 },
	{ "one arm", "000000", 1, 0, 3 },
	{ "torn", "0110100", 2, 0, 1 },
	{ "a torn block may be anything", "01107", 2, 0, 1 },
	{ "no whole block", "011", 2, -ERANGE, 0 },
	{ "nothing", "", 2, -ERANGE, 0 },
	{ "no palindrome", "0101", 2, -EINVAL, 0 },
	{ "the second is none", "01101010", 2, -EINVAL, 0 },
	{ "one arm four times", "0000", 2, -EINVAL, 0 },
	{ "a slot that is none", "0220", 2, -EINVAL, 0 },
	{ "no slots", "00", 0, -EINVAL, 0 },
	{ "too many slots", "00", STATS_MAX_SLOTS + 1, -EINVAL, 0 },
};

static void check_shape(size_t i)
{
	struct stats_launch_score s = { .nr_slots = 99 };
	const char *row = shape_rows[i].name;
	struct batches b;

	set_slots(&b, shape_rows[i].slots, shape_rows[i].nr_slots);
	check_row_int(row, score(&b, false, &s), shape_rows[i].err);
	if (shape_rows[i].err) {
		check_row_u64(row, s.nr_slots, 99);
		return;
	}
	check_row_u64(row, s.nr_blocks, shape_rows[i].nr_blocks);
	check_row_u64(row, s.nr_kept, shape_rows[i].nr_blocks);
	check_row(row, s.steady);
}

static void blocks_are_palindromes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(shape_rows); i++)
		check_shape(i);
}

static void times_are_checked(void **state)
{
	static const double bad[] = { -1, (double)NAN, HUGE_VAL };
	struct stats_launch_score s;
	struct batches b;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		set_slots(&b, "01100110", 2);
		b.ns[5] = bad[i];
		assert_int_equal(score(&b, false, &s), -EINVAL);
		set_slots(&b, "011001", 2);
		b.ns[5] = bad[i];
		assert_int_equal(score(&b, false, &s), 0);
	}
}

static void a_reference_is_a_slot(void **state)
{
	static const unsigned reference[] = { 0, 2 };
	struct stats_launch_score s;
	struct batches b;

	(void)state;
	set_slots(&b, "0110", 2);
	assert_int_equal(stats_score_launch(
				 &(struct stats_batches){
					 .nr = b.nr,
					 .nr_slots = 2,
					 .slot = b.slot,
					 .marks = b.marks,
					 .ns = b.ns,
				 },
				 reference, 0.01, &s),
			 -EINVAL);
}

/* Block ratios 2, 3, 1.5; drift inside a block cancels. */
static void set_three_blocks(struct batches *b)
{
	static const double ns[] = { 90,  190, 210, 110, 200, 100,
				     100, 400, 80,  150, 150, 120 };

	set_slots(b, "011010010110", 2);
	memcpy(b->ns, ns, sizeof(ns));
}

static void ratios_are_medians_over_blocks(void **state)
{
	struct stats_launch_score s;
	struct batches b;

	(void)state;
	set_three_blocks(&b);
	assert_int_equal(score(&b, false, &s), 0);
	assert_int_equal(s.nr_blocks, 3);
	assert_true(near(s.ratio[0], 0));
	assert_true(near(s.ratio[1], log(2)));
	assert_true(near(s.level_ns[0], 100));
	assert_true(near(s.level_ns[1], 195));
	assert_true(near(s.all_ratio[1], s.ratio[1]));
	assert_true(near(s.all_level_ns[1], s.level_ns[1]));
}

static const struct {
	const char *name;
	size_t at;
	uint8_t mark;
	bool long_ops;
	size_t nr_kept, nr_unconfirmed;
	double ratio, marked0, marked1;
} mark_rows[] = {
	{ "none", 0, 0, false, 3, 0, 2, 0, 0 },
	{ "switched in the first", 0, FL_MARK_SWITCHED, false, 2, 0, 2.1213203,
	  1.0 / 6, 0 },
	{ "switched in the second", 4, FL_MARK_SWITCHED, false, 2, 0, 1.7320508,
	  0, 1.0 / 6 },
	{ "unconfirmed", 11, FL_MARK_UNCONFIRMED, false, 2, 1, 2.4494897, 0,
	  0 },
	{ "both", 11, FL_MARK_UNCONFIRMED | FL_MARK_SWITCHED, false, 2, 1,
	  2.4494897, 1.0 / 6, 0 },
	{ "repeated", 3, FL_MARK_REPEATED, false, 3, 0, 2, 0, 0 },
	{ "long ops", 4, FL_MARK_SWITCHED, true, 3, 0, 2, 0, 1.0 / 6 },
	{ "long ops, unconfirmed", 4, FL_MARK_UNCONFIRMED, true, 2, 1,
	  1.7320508, 0, 0 },
};

static void check_counts(size_t i, const struct stats_launch_score *s)
{
	const char *row = mark_rows[i].name;

	check_row_u64(row, s->nr_blocks, 3);
	check_row_u64(row, s->nr_kept, mark_rows[i].nr_kept);
	check_row_u64(row, s->nr_unconfirmed, mark_rows[i].nr_unconfirmed);
	check_row(row, near(s->marked[0], mark_rows[i].marked0));
	check_row(row, near(s->marked[1], mark_rows[i].marked1));
}

static void marked_blocks_go_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(mark_rows); i++) {
		double want = log(mark_rows[i].ratio);
		const char *row = mark_rows[i].name;
		struct stats_launch_score s;
		struct batches b;

		set_three_blocks(&b);
		b.marks[mark_rows[i].at] = mark_rows[i].mark;
		check_row_int(row, score(&b, mark_rows[i].long_ops, &s), 0);
		check_counts(i, &s);
		check_row(row, fabs(s.ratio[1] - want) < 1e-6);
		/* What did not take the path is not taken back. */
		if (mark_rows[i].mark & FL_MARK_UNCONFIRMED)
			check_row(row, near(s.all_ratio[1], s.ratio[1]));
		else
			check_row(row, near(s.all_ratio[1], log(2)));
	}
}

/* However few are left, those count; of none, nothing is said. */
static void few_or_no_blocks_left(void **state)
{
	struct stats_launch_score s;
	struct batches b;

	(void)state;
	set_three_blocks(&b);
	b.marks[0] = b.marks[11] = FL_MARK_SWITCHED;
	assert_int_equal(score(&b, false, &s), 0);
	assert_int_equal(s.nr_kept, 1);
	assert_true(near(s.ratio[1], log(3)));
	assert_true(near(s.level_ns[1], 300));

	b.marks[5] = FL_MARK_SWITCHED;
	assert_int_equal(score(&b, false, &s), 0);
	assert_int_equal(s.nr_kept, 0);
	assert_true(isnan(s.ratio[1]) && isnan(s.level_ns[0]));
	assert_true(near(s.all_ratio[1], log(2)));
	assert_true(s.steady);
}

/* CPU time may be too coarse to see a batch at all. */
static void no_ratio_with_no_time(void **state)
{
	struct stats_launch_score s;
	struct batches b;

	(void)state;
	set_slots(&b, "01101001", 2);
	b.ns[0] = b.ns[3] = 0;
	assert_int_equal(score(&b, false, &s), 0);
	assert_true(near(s.ratio[1], 0));
	b.ns[4] = b.ns[7] = 0;
	assert_int_equal(score(&b, false, &s), 0);
	assert_true(isnan(s.ratio[1]));
	assert_true(isfinite(s.level_ns[0]));
}

static void contrasts_have_their_own_reference(void **state)
{
	static const unsigned reference[] = { 1, 1, 0 };
	static const double ns[] = { 100, 200, 800, 800, 200, 100 };
	struct stats_launch_score s;
	struct batches b;

	(void)state;
	set_slots(&b, "012210", 3);
	memcpy(b.ns, ns, sizeof(ns));
	assert_int_equal(stats_score_launch(
				 &(struct stats_batches){
					 .nr = b.nr,
					 .nr_slots = 3,
					 .slot = b.slot,
					 .marks = b.marks,
					 .ns = b.ns,
				 },
				 reference, 0.01, &s),
			 0);
	assert_true(near(s.ratio[0], log(0.5)));
	assert_true(near(s.ratio[1], 0));
	assert_true(near(s.ratio[2], log(8)));
}

static const struct {
	const char *name;
	size_t nr_blocks;
	double noise; /* ratio, normal */
	double step;  /* of both arms from the middle on */
	bool steady;
} steady_rows[] = {
	{ "still", 30, 0, 0, true },
	{ "a step under m", 30, 0, 0.005, true },
	{ "a step over m", 30, 0, 0.02, false },
	{ "a step down", 30, 0, -0.02, false },
	{ "a step over m in noise", 60, 0.01, 0.05, false },
	{ "noise", 60, 0.05, 0, true },
	{ "too few to tell", 17, 0, 0.02, true },
	{ "just enough", 18, 0, 0.02, false },
};

static void unsteady_launches_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(steady_rows); i++) {
		size_t n = steady_rows[i].nr_blocks;
		struct batches b = { .nr = 4 * n, .nr_slots = 2 };
		struct stats_launch_score s;
		uint64_t seed = 11;

		for (size_t j = 0; j < b.nr; j++) {
			b.slot[j] = j % 4 == 1 || j % 4 == 2;
			b.ns[j] = 1000 * exp(random_normal(&seed) *
					     steady_rows[i].noise);
			if (j / 4 >= n / 2)
				b.ns[j] *= 1 + steady_rows[i].step;
		}
		check_row_int(steady_rows[i].name, score(&b, false, &s), 0);
		check_row_int(steady_rows[i].name, s.steady,
			      steady_rows[i].steady);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_palindromes),
		cmocka_unit_test(times_are_checked),
		cmocka_unit_test(a_reference_is_a_slot),
		cmocka_unit_test(ratios_are_medians_over_blocks),
		cmocka_unit_test(marked_blocks_go_whole),
		cmocka_unit_test(few_or_no_blocks_left),
		cmocka_unit_test(no_ratio_with_no_time),
		cmocka_unit_test(contrasts_have_their_own_reference),
		cmocka_unit_test(unsteady_launches_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
