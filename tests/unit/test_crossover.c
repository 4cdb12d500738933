// SPDX-License-Identifier: GPL-2.0-only
/* Where an arm overtakes its reference, and what is said of it. */
#include "analysis/crossover.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>

static const struct {
	const char *name;
	const char *sides; /* of 4K, 8K, ...: + - 0, = within M, ? too few */
	enum crossover_kind kind;
	const char *words;
} rows[] = {
	{ "dearer", "+++", CROSSOVER_NONE,
	  "no crossover: dearer than ref at every size from 4K to 16K" },
	{ "cheaper", "--", CROSSOVER_NONE,
	  "no crossover: cheaper than ref at every size from 4K to 8K" },
	{ "once", "--++", CROSSOVER_ONCE,
	  "cheaper than ref up to 8K and dearer from 16K on" },
	{ "once, the other way", "+-", CROSSOVER_ONCE,
	  "dearer than ref up to 4K and cheaper from 8K on" },
	{ "once, open between", "-00+", CROSSOVER_ONCE,
	  "cheaper than ref up to 4K and dearer from 32K on; not decided at 2 "
	  "sizes from 8K to 16K" },
	{ "once, equal between", "-=+", CROSSOVER_ONCE,
	  "cheaper than ref up to 4K and dearer from 16K on; equal within M "
	  "at 8K" },
	{ "never the other", "0--?", CROSSOVER_NONE,
	  "no crossover: cheaper than ref at every other size from 4K to 32K; "
	  "not decided at 2 sizes from 4K to 32K" },
	{ "equal once", "=++", CROSSOVER_NONE,
	  "no crossover: dearer than ref at every other size from 4K to 16K; "
	  "equal within M at 4K" },
	{ "nothing", "0=?", CROSSOVER_OPEN,
	  "not decided against ref at any size from 4K to 16K" },
	{ "equal", "==", CROSSOVER_OPEN,
	  "within M of ref at every size from 4K to 8K" },
	{ "to and fro", "+-0+", CROSSOVER_OFTEN,
	  "dearer than ref at first, changes sides 2 times, first between 4K "
	  "and 8K, last between 8K and 32K; not decided at 16K" },
};

static const char *const names[] = { "4K", "8K", "16K", "32K" };

static size_t make_steps(const char *sides, struct crossover_step *steps)
{
	size_t nr = strlen(sides);

	for (size_t i = 0; i < nr; i++) {
		double middle = sides[i] == '+'	  ? 0.1
				: sides[i] == '-' ? -0.1
						  : 0;

		steps[i] = (struct crossover_step){
			.size = 4096 * exp2((double)i),
			.name = names[i],
			.lo = sides[i] == '?' ? (double)NAN : middle - 0.05,
			.hi = sides[i] == '?' ? (double)NAN : middle + 0.05,
			.equal = sides[i] == '=',
		};
	}
	return nr;
}

static void crossovers_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct crossover_step steps[ROWS(names)];
		size_t nr = make_steps(rows[i].sides, steps);
		struct crossover c;
		char words[200];

		check_row_int(rows[i].name, crossover_find(steps, nr, &c), 0);
		check_row_int(rows[i].name, (int)c.kind, (int)rows[i].kind);
		crossover_print(&c, "cheaper", "dearer", "ref", words,
				sizeof(words));
		check_row_text(rows[i].name, words, rows[i].words);
	}
}

static void one_size_tells_nothing(void **state)
{
	struct crossover_step step;
	struct crossover c;

	(void)state;
	make_steps("+", &step);
	assert_int_equal(crossover_find(&step, 1, &c), -ERANGE);
	assert_int_equal(crossover_find(&step, 0, &c), -ERANGE);
}

/* What does not fit is cut, and nothing is written past the end. */
static void a_small_buffer_is_enough(void **state)
{
	struct crossover_step steps[ROWS(names)];
	size_t nr = make_steps("-00+", steps);
	struct crossover c;
	char words[25];

	(void)state;
	assert_int_equal(crossover_find(steps, nr, &c), 0);
	for (size_t size = 1; size <= sizeof(words); size++) {
		crossover_print(&c, "cheaper", "dearer", "ref", words, size);
		assert_true(strlen(words) < size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crossovers_are_told),
		cmocka_unit_test(one_size_tells_nothing),
		cmocka_unit_test(a_small_buffer_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
