// SPDX-License-Identifier: GPL-2.0-only
/* Which rules are left, and what speaks against the others. */
#include "analysis/oracles.h"
#include "analysis/trials.h"

#include "trials_text.h"

#define WORDS                                                  \
	TRIALS_OUTCOMES(TRIALS_WORD("copied") "," TRIALS_WORD( \
		"reused") "," TRIALS_WORD("missed"))           \
	TRIALS_ORACLES(TRIALS_WORD("a") "," TRIALS_WORD("b"))
#define POINT(id) TRIALS_POINT(id, WORDS)
#define HEAD	  TRIALS_RUN POINT("p") POINT("q")

/* Of 64 pages in 10 trials all are copied, and @wrong of @b's are not. */
#define LAUNCH(launch, point, a, b)                          \
	TRIALS_REFERENCE(launch)                             \
	TRIALS_COUNT(launch, "0", "10")                      \
	TRIALS_JUDGED(launch, "0", "copied", "copied", "64") \
	a(launch) b(launch) TRIALS_COMMIT(launch, point)
#define NOTHING(launch)
#define A_RIGHT(launch) \
	TRIALS_PREDICTED(launch, "0", "a", "copied", "copied", "64")
#define A_WRONG(launch) \
	TRIALS_PREDICTED(launch, "0", "a", "reused", "copied", "64")
#define B_RIGHT(launch) \
	TRIALS_PREDICTED(launch, "0", "b", "copied", "copied", "64")
#define B_WRONG(launch) \
	TRIALS_PREDICTED(launch, "0", "b", "reused", "copied", "64")
#define B_NOISY(launch)                                             \
	TRIALS_PREDICTED(launch, "0", "b", "reused", "copied", "2") \
	TRIALS_PREDICTED(launch, "0", "b", "copied", "copied", "62")
#define B_HALF(launch)                                               \
	TRIALS_PREDICTED(launch, "0", "b", "reused", "copied", "30") \
	TRIALS_PREDICTED(launch, "0", "b", "copied", "copied", "34")

#define TWICE(point, a, b) LAUNCH("1", point, a, b) LAUNCH("2", point, a, b)

static const struct {
	const char *name, *text;
	enum oracles_verdict verdict;
	int left_a, left_b;
} rows[] = {
	{ "one is left", HEAD TWICE("p", A_RIGHT, B_WRONG), ORACLES_ONE, 1, 0 },
	{ "the other is left", HEAD TWICE("p", A_WRONG, B_RIGHT), ORACLES_ONE,
	  0, 1 },
	{ "two are left", HEAD TWICE("p", A_RIGHT, B_RIGHT), ORACLES_MANY, 1,
	  1 },
	{ "noise excludes nothing", HEAD TWICE("p", A_RIGHT, B_NOISY),
	  ORACLES_MANY, 1, 1 },
	{ "half of the items do, in twelve launches",
	  HEAD LAUNCH("1", "p", A_RIGHT, B_HALF) LAUNCH(
		  "2", "p", A_RIGHT, B_HALF) LAUNCH("3", "p", A_RIGHT, B_HALF)
		  LAUNCH("4", "p", A_RIGHT, B_HALF)
			  LAUNCH("5", "p", A_RIGHT, B_HALF)
				  LAUNCH("6", "p", A_RIGHT, B_HALF),
	  ORACLES_ONE, 1, 0 },
	{ "mixed", HEAD TWICE("p", A_WRONG, B_WRONG), ORACLES_MIXED, 0, 0 },
	{ "each at a point of its own",
	  HEAD TWICE("p", A_RIGHT, B_WRONG) LAUNCH("3", "q", A_WRONG, B_RIGHT)
		  LAUNCH("4", "q", A_WRONG, B_RIGHT),
	  ORACLES_MIXED, 0, 0 },
	{ "one cannot tell", HEAD TWICE("p", A_RIGHT, NOTHING), ORACLES_ONE, 1,
	  0 },
	{ "none can", HEAD TWICE("p", NOTHING, NOTHING), ORACLES_NONE, 0, 0 },
	{ "one launch contradicts nothing",
	  HEAD LAUNCH("1", "p", A_RIGHT, B_WRONG), ORACLES_FEW, 1, 1 },
};

struct judged {
	struct result *result;
	struct summary *summary;
	struct groups groups;
	struct oracles oracles;
};

static void judge(const char *row, const char *text, struct judged *j)
{
	*j = (struct judged){ .result = load_text(row, text) };
	check_row_int(row, summary_new(j->result, &j->summary), 0);
	check_row_int(row, groups_new(j->summary, &j->groups), 0);
	check_row_int(row, (int)j->groups.nr_groups, 1);
	check_row_int(row, oracles_new(&j->groups.groups[0], &j->oracles), 0);
}

static void finish(struct judged *j)
{
	oracles_finish(&j->oracles);
	groups_finish(&j->groups);
	summary_free(j->summary);
	result_free(j->result);
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judged j;

		judge(rows[i].name, rows[i].text, &j);
		check_row_int(rows[i].name, (int)j.oracles.verdict,
			      (int)rows[i].verdict);
		check_row_int(rows[i].name, (int)j.oracles.nr_rules, 2);
		check_row_int(rows[i].name,
			      oracles_is_left(&j.oracles.rules[0]),
			      rows[i].left_a);
		check_row_int(rows[i].name,
			      oracles_is_left(&j.oracles.rules[1]),
			      rows[i].left_b);
		finish(&j);
	}
}

/* The most contradicted place comes first, and only so many are asked for. */
static void evidence(void **state)
{
	static const char text[] = HEAD TWICE("p", A_RIGHT, B_WRONG)
		LAUNCH("3", "q", A_RIGHT, B_HALF)
			LAUNCH("4", "q", A_RIGHT, B_HALF)
				LAUNCH("5", "q", A_RIGHT, B_HALF)
					LAUNCH("6", "q", A_RIGHT, B_HALF);
	struct oracles_evidence e[2];
	struct judged j;

	(void)state;
	judge("evidence", text, &j);
	assert_int_equal(oracles_find_evidence(&j.oracles, 0, 2, e), 0);
	assert_int_equal(oracles_find_evidence(&j.oracles, 1, 2, e), 2);
	assert_string_equal(e[0].place->point->point->id, "p");
	assert_string_equal(e[0].predicted, "reused");
	assert_string_equal(e[0].seen, "copied");
	assert_true(e[0].seen_items == 128 && e[0].items == 128);
	assert_true(e[1].seen_items == 120 && e[1].items == 120);
	assert_int_equal(oracles_find_evidence(&j.oracles, 1, 1, e), 1);
	assert_string_equal(e[0].place->point->point->id, "p");
	finish(&j);
}

/*
 * Nobody expects "missed", so it is a mistake.  Nor "reused", which oracles
 * use and no item was judged to have: it is none.
 */
static void mistakes(void **state)
{
	struct trials_mistakes m;
	struct judged j;

	(void)state;
	judge("mistakes", HEAD TWICE("p", A_RIGHT, B_WRONG), &j);
	m = trials_find_mistakes(&j.groups.groups[0]);
	assert_int_equal(m.nr, 1);
	assert_string_equal(m.names[0], "missed");
	assert_false(m.other);
	finish(&j);

	judge("other",
	      HEAD TWICE("p", A_RIGHT, B_WRONG) TRIALS_REFERENCE("3")
		      TRIALS_JUDGED("3", "0", "copied", "reused", "1")
			      TRIALS_COMMIT("3", "q"),
	      &j);
	m = trials_find_mistakes(&j.groups.groups[0]);
	assert_int_equal(m.nr, 1);
	assert_true(m.other);
	finish(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(evidence),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests_name("oracles", tests, NULL, NULL);
}
