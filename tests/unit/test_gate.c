// SPDX-License-Identifier: GPL-2.0-only
/* Verdicts of a gate: rows as they may come, and what is to be said of them. */
#include "analysis/gate.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const struct {
	const char *text;
	int err;
	double more;
	bool is_share;
} limit_rows[] = {
	{ "0.5", 0, 0.5, false }, { "0", 0, 0, false },
	{ "12", 0, 12, false },	  { "0.1%", 0, 0.001, true },
	{ "150%", 0, 1.5, true }, { "", -EINVAL },
	{ "%", -EINVAL },	  { "-1", -EINVAL },
	{ "1x", -EINVAL },	  { "1%x", -EINVAL },
	{ " 1", -EINVAL },	  { "+1", -EINVAL },
	{ "nan", -EINVAL },	  { "inf", -EINVAL },
	{ "1e999", -EINVAL },	  { "much", -EINVAL },
};

static void limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(limit_rows); i++) {
		const char *text = limit_rows[i].text;
		struct gate_limit limit = { .more = 77 };

		check_row_int(text, gate_parse_limit(text, &limit),
			      limit_rows[i].err);
		if (limit_rows[i].err) {
			check_row(text, limit.more == 77);
			continue;
		}
		check_row(text, fabs(limit.more - limit_rows[i].more) < 1e-12);
		check_row(text, limit.is_share == limit_rows[i].is_share);
	}
}

#define HALF               \
	{                  \
		0.5, false \
	}
#define MILLE               \
	{                   \
		0.001, true \
	}

/* Of a kernel with 1000 instructions an op. */
static const struct {
	const char *name;
	struct gate_limit limit;
	enum exact_verdict verdict;
	double lo, hi;
	enum gate_row row;
} judged_rows[] = {
	{ "identical", HALF, EXACT_IDENTICAL, 0, 0, GATE_BELOW },
	{ "identical, and nothing is allowed",
	  { 0, false },
	  EXACT_IDENTICAL,
	  0,
	  0,
	  GATE_BELOW },
	{ "one more, and nothing is allowed",
	  { 0, false },
	  EXACT_DIFFERS,
	  1,
	  1,
	  GATE_ABOVE },
	{ "one more", HALF, EXACT_DIFFERS, 1, 1, GATE_ABOVE },
	{ "one less", HALF, EXACT_DIFFERS, -1, -1, GATE_BELOW },
	{ "a little more", HALF, EXACT_DIFFERS, 0.1, 0.5, GATE_BELOW },
	{ "the limit in the interval", HALF, EXACT_DIFFERS, 0.1, 0.6,
	  GATE_UNSURE },
	{ "all of the interval above", HALF, EXACT_DIFFERS, 0.6, 40,
	  GATE_ABOVE },
	{ "too wide to see it", HALF, EXACT_WITHIN, -36, 36, GATE_UNSEEN },
	{ "wide, but not too wide", HALF, EXACT_WITHIN, -0.4, 0.4, GATE_BELOW },
	{ "one in a thousand", MILLE, EXACT_DIFFERS, 1, 1, GATE_BELOW },
	{ "two in a thousand", MILLE, EXACT_DIFFERS, 2, 2, GATE_ABOVE },
	{ "gone", HALF, EXACT_MISSING, NAN, NAN, GATE_MISSING },
	{ "other batches", HALF, EXACT_UNLIKE, NAN, NAN, GATE_MISSING },
};

static void rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(judged_rows); i++) {
		struct exact_row row = { .arm = "a" };

		row.cells[0].per_op = 1000;
		row.cells[1] = (struct exact_cell){
			.verdict = judged_rows[i].verdict,
			.lo = judged_rows[i].lo,
			.hi = judged_rows[i].hi,
		};
		check_row_int(judged_rows[i].name,
			      gate_judge_row(&row, 1, &judged_rows[i].limit),
			      judged_rows[i].row);
	}
}

/* Letters are rows: below, Above, Unsure, unSeen, Missing; of arm "one" in
 * lower case and of "two" in upper. */
static const struct {
	const char *name, *of, *arm;
	enum result_again again;
	enum gate_verdict verdict;
} verdict_rows[] = {
	{ "all below", "bb", NULL, RESULT_SAME_AGAIN, GATE_GOOD },
	{ "one above", "bab", NULL, RESULT_SAME_AGAIN, GATE_BAD },
	{ "unsure, missing and unseen", "bums", NULL, RESULT_SAME_AGAIN,
	  GATE_CANNOT_TELL },
	{ "above beside unsure and missing", "aums", NULL, RESULT_SAME_AGAIN,
	  GATE_BAD },
	{ "perhaps above", "bu", NULL, RESULT_SAME_AGAIN, GATE_CANNOT_TELL },
	{ "missing", "bm", NULL, RESULT_SAME_AGAIN, GATE_CANNOT_TELL },
	{ "one that cannot be seen", "bs", NULL, RESULT_SAME_AGAIN, GATE_GOOD },
	{ "nothing that can be seen", "ss", NULL, RESULT_SAME_AGAIN,
	  GATE_CANNOT_TELL },
	{ "nothing", "", NULL, RESULT_SAME_AGAIN, GATE_CANNOT_TELL },
	{ "above in the other arm", "bA", "one", RESULT_SAME_AGAIN, GATE_GOOD },
	{ "above in this arm", "bA", "two", RESULT_SAME_AGAIN, GATE_BAD },
	{ "no such arm", "bA", "three", RESULT_SAME_AGAIN, GATE_CANNOT_TELL },
	{ "another the second time", "ba", NULL, RESULT_OTHER_AGAIN,
	  GATE_CANNOT_TELL },
	{ "booted once", "bb", NULL, RESULT_NOT_AGAIN, GATE_CANNOT_TELL },
};

static struct exact_row row_of(char letter)
{
	bool upper = letter >= 'A' && letter <= 'Z';
	struct exact_row row = { .arm = upper ? "two" : "one" };
	struct exact_cell *cell = &row.cells[1];

	row.cells[0].per_op = 1000;
	cell->verdict = EXACT_DIFFERS;
	switch (upper ? letter - 'A' + 'a' : letter) {
	case 'a':
		cell->lo = cell->hi = 2;
		break;
	case 'u':
		cell->lo = 0.2;
		cell->hi = 2;
		break;
	case 's':
		cell->verdict = EXACT_WITHIN;
		cell->lo = -9;
		cell->hi = 9;
		break;
	case 'm':
		cell->verdict = EXACT_MISSING;
		break;
	default:
		cell->verdict = EXACT_IDENTICAL;
		break;
	}
	return row;
}

static void verdicts(void **state)
{
	const struct gate_limit limit = { .more = 0.5 };

	(void)state;
	for (size_t i = 0; i < ROWS(verdict_rows); i++) {
		struct exact_row of[8];
		struct result_run run = { .again = verdict_rows[i].again };
		struct result good = { .runs = &run, .nr_runs = 1 };
		const struct result *sides[2] = { &good, &good };
		struct exact x = { .sides = sides,
				   .nr_sides = 2,
				   .rows = of,
				   .nr_rows = strlen(verdict_rows[i].of) };
		struct gate gate;

		for (size_t j = 0; j < x.nr_rows; j++)
			/* Read through x. */
			/* cppcheck-suppress unreadVariable */
			of[j] = row_of(verdict_rows[i].of[j]);
		gate_judge(&x, verdict_rows[i].arm, &limit, &gate);
		check_row_int(verdict_rows[i].name, gate.verdict,
			      verdict_rows[i].verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(rows),
		cmocka_unit_test(verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
