// SPDX-License-Identifier: GPL-2.0-only
/* What trials said, as it should be and as it should not. */
#include "trials_text.h"

#define GOOD_BAD	TRIALS_OUTCOMES(TRIALS_WORD("good") "," TRIALS_WORD("bad"))
#define KNOWS		TRIALS_ORACLES(TRIALS_WORD("knows"))
#define HEAD(more)	TRIALS_RUN TRIALS_POINT("p", more)
#define LAUNCH(records) TRIALS_REFERENCE("1") records TRIALS_COMMIT("1", "p")
#define JUDGED(outcome, expected, nr) \
	TRIALS_JUDGED("1", "0", outcome, expected, nr)
#define PREDICTED(oracle, predicted, seen, nr) \
	TRIALS_PREDICTED("1", "0", oracle, predicted, seen, nr)
#define NINE JUDGED("good", "good", "9") JUDGED("bad", "good", "3")

#define W4(letter)                                   \
	TRIALS_WORD(letter "1")                      \
	"," TRIALS_WORD(letter "2") "," TRIALS_WORD( \
		letter "3") "," TRIALS_WORD(letter "4")
#define W16 W4("a") "," W4("b") "," W4("c") "," W4("d")

static const struct {
	const char *name, *text;
	size_t nr_outcomes, nr_oracles;
	enum result_status status;
	double items, as_expected, trials, told, agreed;
	const char *warning;
} rows[] = {
	{ "as it should be",
	  HEAD(GOOD_BAD KNOWS) LAUNCH(
		  TRIALS_COUNT("1", "0", "2")
			  NINE PREDICTED("knows", "good", "good", "8")
				  PREDICTED("knows", "bad", "good", "1")),
	  2, 1, RESULT_OK, 12, 9, 2, 9, 8, NULL },
	{ "no count of trials, no oracle", HEAD(GOOD_BAD) LAUNCH(NINE), 2, 0,
	  RESULT_OK, 12, 9, 0, 0, 0, NULL },
	{ "outcomes that are not named", HEAD("") LAUNCH(NINE), 0, 0, RESULT_OK,
	  0, 0, 0, 0, 0, NULL },
	{ "an outcome of no table",
	  HEAD(GOOD_BAD) LAUNCH(NINE JUDGED("ugly", "good", "1")), 2, 0,
	  RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "something unknown expected",
	  HEAD(GOOD_BAD) LAUNCH(NINE JUDGED("bad", "ugly", "1")), 2, 0,
	  RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "a negative count",
	  HEAD(GOOD_BAD) LAUNCH(NINE JUDGED("bad", "good", "-1")), 2, 0,
	  RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "a count beyond reason",
	  HEAD(GOOD_BAD)
		  LAUNCH(NINE JUDGED("bad", "good", "9000000000000000000")),
	  2, 0, RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "a count that is no number",
	  HEAD(GOOD_BAD) LAUNCH(NINE JUDGED("bad", "good", "\"7\"")), 2, 0,
	  RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "no items", HEAD(GOOD_BAD) LAUNCH(JUDGED("good", "good", "0")), 2, 0,
	  RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "an oracle of no table",
	  HEAD(GOOD_BAD KNOWS) LAUNCH(NINE PREDICTED("x", "good", "good", "1")),
	  2, 1, RESULT_OK, 12, 9, 0, 0, 0, "no known oracle" },
	{ "a prediction of no table",
	  HEAD(GOOD_BAD KNOWS)
		  LAUNCH(NINE PREDICTED("knows", "ugly", "good", "1")),
	  2, 1, RESULT_OK, 12, 9, 0, 0, 0, "no known oracle" },
	{ "seen what is in no table",
	  HEAD(GOOD_BAD KNOWS)
		  LAUNCH(NINE PREDICTED("knows", "good", "ugly", "1")),
	  2, 1, RESULT_OK, 12, 9, 0, 0, 0, "no known oracle" },
	{ "a negative prediction",
	  HEAD(GOOD_BAD KNOWS)
		  LAUNCH(NINE PREDICTED("knows", "good", "good", "-5")),
	  2, 1, RESULT_OK, 12, 9, 0, 0, 0, "no known oracle" },
	{ "no number of trials",
	  HEAD(GOOD_BAD) LAUNCH(TRIALS_COUNT("1", "0", "1e300") NINE), 2, 0,
	  RESULT_OK, 12, 9, 0, 0, 0, "count of trials" },
	{ "16 outcomes", HEAD(TRIALS_OUTCOMES(W16)) LAUNCH(NINE), 16, 0,
	  RESULT_INVALID, 0, 0, 0, 0, 0, NULL },
	{ "17 outcomes",
	  HEAD(TRIALS_OUTCOMES(W16 "," TRIALS_WORD("good"))) LAUNCH(NINE), 0, 0,
	  RESULT_OK, 0, 0, 0, 0, 0, "none is used" },
	{ "17 oracles",
	  HEAD(GOOD_BAD TRIALS_ORACLES(W16 "," TRIALS_WORD("knows")))
		  LAUNCH(NINE PREDICTED("knows", "good", "good", "1")),
	  2, 0, RESULT_OK, 12, 9, 0, 0, 0, "none is used" },
	{ "two outcomes of a name",
	  HEAD(TRIALS_OUTCOMES(TRIALS_WORD("good") "," TRIALS_WORD("good")))
		  LAUNCH(NINE),
	  0, 0, RESULT_OK, 0, 0, 0, 0, 0, "none is used" },
	{ "an outcome that is no object",
	  HEAD(TRIALS_OUTCOMES("5")) LAUNCH(NINE), 0, 0, RESULT_OK, 0, 0, 0, 0,
	  0, "none is used" },
	{ "outcomes that are no list",
	  HEAD(",\"outcomes\":{\"name\":\"good\"}") LAUNCH(NINE), 0, 0,
	  RESULT_OK, 0, 0, 0, 0, 0, NULL },
	{ "an oracle without a name",
	  HEAD(GOOD_BAD TRIALS_ORACLES("{\"words\":\"x\"}")) LAUNCH(NINE), 2, 0,
	  RESULT_OK, 12, 9, 0, 0, 0, "none is used" },
};

static void check_trials(size_t i, const struct result_point *p)
{
	const struct result_trials *t = result_find_trials(p, 0);
	const char *row = rows[i].name;

	check_row_int(row, t != NULL, rows[i].items > 0);
	if (!t)
		return;
	check_row_int(row, (int)t->nr_launches, 1);
	check_row(row, t->launches[0].items == rows[i].items);
	check_row(row, t->launches[0].as_expected == rows[i].as_expected);
	check_row(row, t->launches[0].trials == rows[i].trials);
	check_row(row, t->launches[0].told[0] == rows[i].told);
	check_row(row, t->launches[0].agreed[0] == rows[i].agreed);
}

static void known_and_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct result *r = load_text(rows[i].name, rows[i].text);
		const struct result_point *p = &r->points[0];

		check_row_int(rows[i].name, (int)p->nr_outcomes,
			      (int)rows[i].nr_outcomes);
		check_row_int(rows[i].name, (int)p->nr_oracles,
			      (int)rows[i].nr_oracles);
		check_row_int(rows[i].name, (int)p->nr_status[rows[i].status],
			      1);
		check_trials(i, p);
		check_row_int(rows[i].name, r->warnings.nr_notes != 0,
			      rows[i].warning != NULL);
		if (rows[i].warning)
			check_row(rows[i].name, load_warns(r, rows[i].warning));
		result_free(r);
	}
}

/* Launches stand apart, the pairs of all of them together. */
static void launches_add_up(void **state)
{
	struct result *r = load_text(
		"launches",
		HEAD(GOOD_BAD) LAUNCH(NINE) TRIALS_REFERENCE("2") TRIALS_ARM(
			"2", "1", "contrast\",\"reference\":0")
			TRIALS_JUDGED("2", "0", "bad", "good", "5")
				TRIALS_JUDGED("2", "1", "good", "good", "4")
					TRIALS_COMMIT("2", "p"));
	const struct result_trials *t = result_find_trials(&r->points[0], 0);

	(void)state;
	assert_non_null(t);
	assert_int_equal(t->nr_launches, 2);
	assert_true(t->launches[1].items == 5);
	assert_true(t->launches[1].as_expected == 0);
	assert_true(t->launches[1].outcome[1] == 5);
	assert_true(t->judged[0] == 9);
	assert_true(t->judged[2] == 8);
	t = result_find_trials(&r->points[0], 1);
	assert_non_null(t);
	assert_int_equal(t->nr_launches, 1);
	assert_int_equal(t->launches[0].launch, 1);
	result_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_and_hostile),
		cmocka_unit_test(launches_add_up),
	};

	return cmocka_run_group_tests_name("load_trials", tests, NULL, NULL);
}
