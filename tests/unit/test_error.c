// SPDX-License-Identifier: GPL-2.0-only
#include "common/error.h"

#include "unit.h"

#include <errno.h>

static const struct {
	const char *raw, *text;
} printable_rows[] = {
	{ "plain text ~ `4Q`", "plain text ~ `4Q`" },
	{ "two\nlines\r\n", "two\\x0alines\\x0d\\x0a" },
	{ "\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m" },
	{ "tab\tbell\a del\x7f", "tab\\x09bell\\x07 del\\x7f" },
	{ "\xc3\xa9 \xff", "\\xc3\\xa9 \\xff" },
	{ "100%s%n", "100%s%n" },
	{ "", "" },
};

static void writes_printable_text_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(printable_rows); i++) {
		const char *raw = printable_rows[i].raw;
		const char *text = printable_rows[i].text;
		struct error e = { 0 };

		check_row_int(text, error_set(&e, -EINVAL, "%s", raw), -EINVAL);
		check_row_text(text, e.text, text);

		e = (struct error){ 0 };
		error_at(&e, -EINVAL, NULL, "%s", raw);
		check_row_text(text, e.text, text);
	}
}

static const struct {
	struct place where;
	const char *text;
} place_rows[] = {
	{ { "quick.yaml", 9, 12 }, "quick.yaml:9:12: wrong" },
	{ { "quick.yaml", 9, 0 }, "quick.yaml:9: wrong" },
	{ { "quick.yaml", 0, 12 }, "quick.yaml: wrong" },
	{ { "a\nb", 1, 1 }, "a\\x0ab:1:1: wrong" },
	{ { NULL, 3, 4 }, "3:4: wrong" },
	{ { NULL, 0, 0 }, "wrong" },
};

static void names_the_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(place_rows); i++) {
		struct error e = { 0 };

		error_at(&e, -EINVAL, &place_rows[i].where, "%s", "wrong");
		check_row_text(place_rows[i].text, e.text, place_rows[i].text);
	}
}

static void keeps_the_first_text(void **state)
{
	const struct place where = { "x", 1, 1 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(error_set(&e, -EINVAL, "first"), -EINVAL);
	assert_int_equal(error_set(&e, -ENOMEM, "second"), -ENOMEM);
	assert_int_equal(error_at(&e, -EIO, &where, "third"), -EIO);
	assert_string_equal(e.text, "first");
}

static void hands_the_code_on_without_a_text(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, -EIO, "x"), -EIO);
	assert_int_equal(error_at(NULL, -EIO, NULL, "x"), -EIO);
	error_prefix(NULL, "x");
}

static void puts_a_prefix_before_a_text(void **state)
{
	struct error e = { 0 };

	(void)state;
	error_prefix(&e, "nothing to prefix");
	assert_string_equal(e.text, "");

	error_set(&e, -EINVAL, "`%s`", "\n");
	error_prefix(&e, "line %d\t", 9);
	error_prefix(&e, "%s", "quick.yaml");
	assert_string_equal(e.text, "quick.yaml: line 9\\x09: `\\x0a`");
}

/* Neither the text nor an escape in it is ever cut in the middle. */
static void cuts_long_texts(void **state)
{
	char raw[2 * ERROR_TEXT_BYTES];
	struct error e = { 0 };

	(void)state;
	memset(raw, '\n', sizeof(raw) - 1);
	raw[sizeof(raw) - 1] = '\0';
	error_set(&e, -EINVAL, "%s", raw);
	assert_int_equal(strlen(e.text), (ERROR_TEXT_BYTES - 1) / 4 * 4);
	assert_string_equal(e.text + strlen(e.text) - 4, "\\x0a");

	error_prefix(&e, "%s", "prefix");
	assert_memory_equal(e.text, "prefix: \\x0a", 12);
	assert_true(strlen(e.text) < ERROR_TEXT_BYTES);

	memset(raw, 'x', sizeof(raw) - 1);
	error_prefix(&e, "%s", raw);
	assert_int_equal(strlen(e.text), ERROR_TEXT_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_printable_text_only),
		cmocka_unit_test(names_the_place),
		cmocka_unit_test(keeps_the_first_text),
		cmocka_unit_test(hands_the_code_on_without_a_text),
		cmocka_unit_test(puts_a_prefix_before_a_text),
		cmocka_unit_test(cuts_long_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
