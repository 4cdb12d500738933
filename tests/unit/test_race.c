// SPDX-License-Identifier: GPL-2.0-only
/* What is taken for lost, for torn, and for inside a call. */
#include "workloads/lib/race.h"

#include "unit.h"

static const struct {
	const char *row;
	unsigned long long before, after;
	bool inside;
} windows[] = {
	{ "before the first", 0, 0, false },
	{ "in the first", 1, 1, true },
	{ "it ended meanwhile", 1, 2, false },
	{ "it began meanwhile", 2, 3, false },
	{ "another one", 1, 3, false },
	{ "between two", 2, 2, false },
};

static void test_inside(void **state)
{
	struct race_window w = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(windows); i++)
		check_row_u64(
			windows[i].row,
			race_window_inside(windows[i].before, windows[i].after),
			windows[i].inside);

	assert_false(race_window_is_open(race_window_now(&w)));
	race_window_open(&w);
	assert_true(race_window_is_open(race_window_now(&w)));
	race_window_close(&w);
	assert_false(race_window_is_open(race_window_now(&w)));
}

static const struct {
	const char *row;
	uint64_t last, seen;
	bool lost;
} words[] = {
	{ "nothing was written", 0, 0, false }, { "still there", 7, 7, false },
	{ "the one before", 7, 6, true },	{ "of long ago", 7, 0, true },
	{ "somebody else's", 7, 8, false },
};

/* A loss counts once: what is seen is what the next is held against. */
static void test_lost(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(words); i++) {
		uint64_t last = words[i].last;

		check_row_u64(words[i].row, race_is_lost(&last, words[i].seen),
			      words[i].lost);
		check_row_u64(words[i].row, last, words[i].seen);
		assert_false(race_is_lost(&last, words[i].seen));
	}
}

static void test_torn(void **state)
{
	enum {
		NR = 4,
		PAGE = 64
	};
	char a[NR * PAGE] = { 0 }, b[NR * PAGE] = { 0 };

	(void)state;
	assert_int_equal(race_torn(a, b, NR, PAGE), 0);
	b[0] = 1;
	assert_int_equal(race_torn(a, b, NR, PAGE), 1);
	b[PAGE - 1] = 1;
	assert_int_equal(race_torn(a, b, NR, PAGE), 1);
	b[NR * PAGE - 1] = 1;
	assert_int_equal(race_torn(a, b, NR, PAGE), 2);
	assert_int_equal(race_torn(a, b, NR - 1, PAGE), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
