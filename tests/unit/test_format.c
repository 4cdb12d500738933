// SPDX-License-Identifier: GPL-2.0-only
/* Numbers with three digits, paragraphs, tables and quoted texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/format.h"
#include "analysis/out_gnuplot.h"
#include "analysis/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	double ns;
	const char *text;
} value_rows[] = {
	{ 0, "0 ns" },	     { 0.5, "0.500 ns" },      { 941.2, "941 ns" },
	{ 999.4, "999 ns" }, { 999.6, "1.00 us" },     { 31240, "31.2 us" },
	{ 99960, "100 us" }, { 1.25e9, "1.25 s" },     { 2.5e12, "2500 s" },
	{ NAN, "- ns" },     { 1e300, "1.00e+291 s" },
};

static void test_values(void **state)
{
	char buf[FORMAT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]); i++)
		if (strcmp(format_value(value_rows[i].ns, "ns", buf),
			   value_rows[i].text) != 0)
			fail_msg("%g: %s", value_rows[i].ns, buf);
}

static const struct {
	double estimate, lo, hi; /* ratios */
	const char *text;
} ratio_rows[] = {
	{ 1.0003, 0.9998, 1.0007, "+0.03 % [-0.02, +0.07]" },
	{ 0.841, 0.839, 0.843, "-15.9 % [-16.1, -15.7]" },
	{ 1.0, 1.0, 1.0, "+0.00 % [+0.00, +0.00]" },
	{ 12, 11, 13, "+1100 % [+1000, +1200]" },
	{ 1.1, NAN, NAN, "+10.0 %" },
};

static void test_ratios(void **state)
{
	char buf[FORMAT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(ratio_rows) / sizeof(ratio_rows[0]);
	     i++) {
		struct stats_ci ci = { log(ratio_rows[i].estimate),
				       log(ratio_rows[i].lo),
				       log(ratio_rows[i].hi), 0.95 };

		if (strcmp(format_ratio(&ci, buf), ratio_rows[i].text) != 0)
			fail_msg("row %zu: %s", i, buf);
	}
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		longest = len > longest ? len : longest;
		text += len + (text[len] == '\n');
	}
	return longest;
}

static void test_paragraph(void **state)
{
	char *text = NULL, word[301];
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	(void)state;
	assert_non_null(f);
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	format_paragraph(f, "first: ", 2, "some words %s and more", word);
	fclose(f);
	assert_int_equal(longest_line(text), FORMAT_COLUMNS);
	assert_memory_equal(text, "first: some words\n  www", 23);
	free(text);
}

/* Too wide for a line: the name of the row gets a line of its own. */
static void test_wide_table(void **state)
{
	struct table t = { .nr_columns = 3 };
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	(void)state;
	assert_non_null(f);
	table_cell(&t, "a name of thirty characters   ");
	table_cell(&t, "a level of thirty characters  ");
	table_cell(&t, "a verdict of over twenty");
	assert_int_equal(table_print(&t, f), 0);
	fclose(f);
	assert_string_equal(text, "a name of thirty characters\n"
				  "  a level of thirty characters    "
				  "a verdict of over twenty\n");
	free(text);
}

static const struct {
	const char *text, *quoted;
} quote_rows[] = {
	{ "plain", "'plain'" },
	{ "it's", "'it''s'" },
	{ "`reboot`", "'?reboot?'" },
	{ "end\\", "'end?'" },
	{ "two\nlines", "'two?lines'" },
	{ "@macro {/Bold x} a_b", "'@macro {/Bold x} a_b'" },
	{ "\xc3\xa9", "'?\?'" },
	{ "", "''" },
};

static void test_quotes(void **state)
{
	char buf[64], small[8];

	(void)state;
	for (size_t i = 0; i < sizeof(quote_rows) / sizeof(quote_rows[0]); i++)
		if (strcmp(gnuplot_quote(quote_rows[i].text, buf, sizeof(buf)),
			   quote_rows[i].quoted) != 0)
			fail_msg("row %zu: %s", i, buf);

	assert_string_equal(gnuplot_quote("''''''''", small, sizeof(small)),
			    "''''''");
	assert_string_equal(gnuplot_quote("abcdefghij", small, sizeof(small)),
			    "'abcd'");
}

static const struct {
	double estimate, lo, hi; /* shares */
	const char *text;
} share_rows[] = {
	{ 0.05312, 0.0412, 0.0661, "5.3 [4.1, 6.6]" },
	{ 0, 0, 0.168433, "0 [<17]" },
	{ 1, 0.831567, 1, "100 [>83]" },
	{ 0.0055, 0.0000471, 0.0372, "0.55 [0.005, 3.7]" },
	{ 0.9984, 0.9921, 0.9997, "99.8 [99.2, 99.97]" },
	{ 0.9999999, 0.999, 0.99999999, ">99.999 [99.9, >99.999]" },
	{ 0.5, NAN, NAN, "50 ?" },
	{ NAN, NAN, NAN, "-" },
};

static void test_shares(void **state)
{
	char buf[FORMAT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(share_rows) / sizeof(share_rows[0]);
	     i++) {
		struct stats_ci ci = { share_rows[i].estimate, share_rows[i].lo,
				       share_rows[i].hi, 0.95 };

		if (strcmp(format_share_ci(&ci, buf), share_rows[i].text) != 0)
			fail_msg("%s, not %s", buf, share_rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_ratios),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_paragraph),
		cmocka_unit_test(test_wide_table),
		cmocka_unit_test(test_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
