// SPDX-License-Identifier: GPL-2.0-only
#include "common/nearest.h"

#include "unit.h"

static const char *const words[] = { "run",    "report",    "compare",
				     "doctor", "placement", "range" };

static const struct {
	const char *word;
	const char *nearest; /* NULL: none */
} rows[] = {
	{ "run", "run" },
	{ "rum", "run" },	   /* one substitution */
	{ "ru", "run" },	   /* one insertion */
	{ "runn", "run" },	   /* one deletion */
	{ "rnu", "run" },	   /* one swap of neighbours */
	{ "compaer", "compare" },  /* a swap counts once */
	{ "cmpre", NULL },	   /* two are more than a third of five */
	{ "comapire", "compare" }, /* two of eight */
	{ "plasement", "placement" },
	{ "plasemnet", "placement" }, /* two of nine */
	{ "qlasemant", "placement" }, /* ... three are just enough */
	{ "qlasemanx", NULL },	      /* ... four are too many */
	{ "raneg", "range" },
	{ "rnu!", NULL },
	{ "Run", "run" },
	{ "", NULL },
	{ "x", NULL },
	{ "frobnicate", NULL },
	{ "r\xc3\xbcn", NULL }, /* one letter, two bytes */
};

static void finds_the_nearest_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *got, *want = rows[i].nearest;

		got = nearest_word(rows[i].word, words, ROWS(words));
		check_row_text(rows[i].word, got ? got : "(none)",
			       want ? want : "(none)");
	}
}

static void takes_the_first_of_equals(void **state)
{
	static const char *const equals[] = { "cat", "bat", "hat" };

	(void)state;
	assert_string_equal(nearest_word("rat", equals, 3), "cat");
	assert_string_equal(nearest_word("hat", equals, 3), "hat");
	assert_null(nearest_word("rat", equals, 0));
	assert_null(nearest_word("rat", NULL, 0));
}

static void gives_up_on_endless_words(void **state)
{
	static char endless[100001];
	const char *const one[] = { endless };

	(void)state;
	memset(endless, 'a', sizeof(endless) - 1);
	assert_null(nearest_word(endless, words, ROWS(words)));
	assert_null(nearest_word("aaa", one, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_nearest_word),
		cmocka_unit_test(takes_the_first_of_equals),
		cmocka_unit_test(gives_up_on_endless_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
