// SPDX-License-Identifier: GPL-2.0-only
/* When two kernels differ in what became of the items of trials. */
#include "analysis/outcomes.h"

#include "unit.h"

enum {
	NR = 2, /* outcomes */
};

/* Of items that should be kept: those that were, and those that were not. */
struct side {
	double kept, lost, exposed;
};

static const struct {
	const char *name;
	bool race;
	struct side a, b;
	bool differ, blind; /* the second */
} rows[] = {
	{ "nothing lost", false, { 64, 0, 0 }, { 64, 0, 0 }, false, false },
	{ "two of 64: chance",
	  false,
	  { 64, 0, 0 },
	  { 62, 2, 0 },
	  false,
	  false },
	{ "three that were none",
	  false,
	  { 64, 0, 0 },
	  { 61, 3, 0 },
	  true,
	  false },
	{ "more of some", false, { 56, 8, 0 }, { 48, 16, 0 }, true, false },
	{ "a little more of some",
	  false,
	  { 56, 8, 0 },
	  { 54, 10, 0 },
	  false,
	  false },
	{ "none left", false, { 56, 8, 0 }, { 64, 0, 0 }, true, false },
	{ "one in a race", true, { 64, 0, 500 }, { 63, 1, 500 }, true, false },
	{ "not exposed", true, { 64, 0, 500 }, { 64, 0, 0 }, false, true },
	{ "exposed, nothing lost",
	  true,
	  { 64, 0, 9 },
	  { 64, 0, 9 },
	  false,
	  false },
};

struct made {
	struct result_word words[NR];
	struct result_arm arm;
	struct result_verdicts launch;
	struct result_trials trials;
	struct result_point point;
	double judged[NR * NR];
};

static void make(struct made *m, const struct side *side, bool race)
{
	*m = (struct made){
		.words = { { .name = (char *)"kept" },
			   { .name = (char *)"lost" } },
		.launch = { .exposed = side->exposed },
		.judged = { side->kept, 0, side->lost, 0 },
	};
	m->trials = (struct result_trials){ .launches = &m->launch,
					    .nr_launches = 1,
					    .judged = m->judged };
	m->point = (struct result_point){
		.arms = &m->arm,
		.nr_arms = 1,
		.outcomes = m->words,
		.nr_outcomes = NR,
		.exposure = race ? (char *)"writes" : NULL,
		.trials = &m->trials,
		.nr_trials = 1,
	};
}

static void kernels_differ_where_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].name;
		struct outcomes a, b;
		struct made x, y;

		make(&x, &rows[i].a, rows[i].race);
		make(&y, &rows[i].b, rows[i].race);
		check_row(name, outcomes_of(&x.point, 0, &a));
		check_row(name, outcomes_of(&y.point, 0, &b));
		check_row_int(name, outcomes_mistake_differs(&a, &b, "lost"),
			      rows[i].differ);
		check_row_int(name, outcomes_differ(&a, &b), rows[i].differ);
		check_row_int(name, outcomes_differ(&b, &a), rows[i].differ);
		check_row_int(name, outcomes_blind(&b), rows[i].blind);
	}
}

static void no_items_are_no_outcomes(void **state)
{
	const struct side none = { 0 };
	struct outcomes o;
	struct made m;

	(void)state;
	make(&m, &none, false);
	assert_false(outcomes_of(&m.point, 0, &o));
	assert_false(outcomes_of(&m.point, 1, &o));
}

static void what_a_point_does_not_name_did_not_happen(void **state)
{
	const struct side some = { 1, 1, 0 };
	struct outcomes o;
	struct made m;

	(void)state;
	make(&m, &some, false);
	assert_true(outcomes_of(&m.point, 0, &o));
	assert_true(outcomes_mistakes(&o, "torn") <= 0);
	assert_true(outcomes_mistakes(&o, "lost") > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_differ_where_they_should),
		cmocka_unit_test(no_items_are_no_outcomes),
		cmocka_unit_test(what_a_point_does_not_name_did_not_happen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
