// SPDX-License-Identifier: GPL-2.0-only
/* What the writer writes is read back by jansson, which knows JSON well. */
#include "common/json_writer.h"

#include "unit.h"

#include <float.h>
#include <jansson.h>
#include <math.h>

static char line[8192];

static json_t *read_back(struct json_writer *w)
{
	size_t bytes = json_writer_finish(w);
	json_error_t why;
	json_t *back;

	assert_in_range(bytes, 1, sizeof(line));
	assert_int_equal(line[bytes - 1], '\n');
	assert_null(memchr(line, '\n', bytes - 1));

	back = json_loadb(line, bytes, JSON_ALLOW_NUL, &why);
	if (!back)
		fail_msg("%s: %.*s", why.text, (int)bytes, line);
	return back;
}

#define TEXT(t) (t), sizeof(t) - 1
#define WRONG	"\xef\xbf\xbd" /* U+FFFD */

static const struct {
	const char *name;
	const char *text;
	size_t bytes;
	const char *back;
	size_t back_bytes;
} text_rows[] = {
	{ "empty", TEXT(""), TEXT("") },
	{ "plain", TEXT("plain"), TEXT("plain") },
	{ "quote, backslash", TEXT("\"\\/"), TEXT("\"\\/") },
	{ "control", TEXT("\n\r\t\b\f\x1f\x7f"), TEXT("\n\r\t\b\f\x1f\x7f") },
	{ "NUL", TEXT("a\0b"), TEXT("a\0b") },
	{ "two bytes", TEXT("\xc3\xa9"), TEXT("\xc3\xa9") },
	{ "three bytes", TEXT("\xe2\x82\xac"), TEXT("\xe2\x82\xac") },
	{ "four bytes", TEXT("\xf0\x9f\x90\xa7"), TEXT("\xf0\x9f\x90\xa7") },
	{ "U+2028", TEXT("\xe2\x80\xa8"), TEXT("\xe2\x80\xa8") },
	{ "U+10FFFF", TEXT("\xf4\x8f\xbf\xbf"), TEXT("\xf4\x8f\xbf\xbf") },
	{ "U+0800", TEXT("\xe0\xa0\x80"), TEXT("\xe0\xa0\x80") },
	{ "U+D7FF", TEXT("\xed\x9f\xbf"), TEXT("\xed\x9f\xbf") },
	{ "lone continuation", TEXT("a\x80z"), TEXT("a" WRONG "z") },
	{ "cut two", TEXT("\xc3"), TEXT(WRONG) },
	{ "cut three", TEXT("\xe2\x82"), TEXT(WRONG WRONG) },
	{ "cut four", TEXT("\xf0\x9f\x90"), TEXT(WRONG WRONG WRONG) },
	{ "cut, then text", TEXT("\xe2\x82z"), TEXT(WRONG WRONG "z") },
	{ "cut before a quote", TEXT("\xc3\""), TEXT(WRONG "\"") },
	{ "told to stop in two", "\xc3\xa9", 1, TEXT(WRONG) },
	{ "told to stop in four", "\xf0\x9f\x90\xa7", 3,
	  TEXT(WRONG WRONG WRONG) },
	{ "overlong /", TEXT("\xc0\xaf"), TEXT(WRONG WRONG) },
	{ "overlong, three", TEXT("\xe0\x80\xaf"), TEXT(WRONG WRONG WRONG) },
	{ "overlong, four", TEXT("\xf0\x8f\xbf\xbf"),
	  TEXT(WRONG WRONG WRONG WRONG) },
	{ "surrogate", TEXT("\xed\xa0\x80"), TEXT(WRONG WRONG WRONG) },
	{ "U+110000", TEXT("\xf4\x90\x80\x80"), TEXT(WRONG WRONG WRONG WRONG) },
	{ "no UTF-8 at all", TEXT("\xfe\xff\xf5"), TEXT(WRONG WRONG WRONG) },
};

static void check_text_back(const char *row, const json_t *value,
			    const char *text, size_t bytes)
{
	check_row_u64(row, json_string_length(value), bytes);
	check_row(row, !memcmp(json_string_value(value), text, bytes));
}

static void writes_any_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(text_rows); i++) {
		struct json_writer w;
		json_t *back;

		json_writer_init(&w, line, sizeof(line));
		json_object_open(&w, NULL);
		json_text_n(&w, "t", text_rows[i].text, text_rows[i].bytes);
		json_object_close(&w);
		back = read_back(&w);
		check_text_back(text_rows[i].name, json_object_get(back, "t"),
				text_rows[i].back, text_rows[i].back_bytes);
		json_decref(back);
	}
}

/* Each byte alone, as value and (but for NUL) as key. */
static void writes_each_byte(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		const char text[2] = { (char)c, '\0' };
		const char *want = c < 0x80 ? text : WRONG;
		size_t bytes = c < 0x80 ? 1 : 3;
		struct json_writer w;
		json_t *back;
		char row[8];

		snprintf(row, sizeof(row), "0x%02x", c);
		json_writer_init(&w, line, sizeof(line));
		json_object_open(&w, NULL);
		json_text_n(&w, text, text, 1);
		json_object_close(&w);
		back = read_back(&w);
		check_text_back(row, json_object_get(back, c ? want : ""), want,
				bytes);
		json_decref(back);
	}
}

static void writes_all_bytes_in_one_text(void **state)
{
	char text[256], want[128 + 128 * 3 + 1];
	struct json_writer w;
	char *p = want + 128;
	json_t *back;

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		text[c] = (char)c;
	memcpy(want, text, 128);
	for (unsigned i = 0; i < 128; i++)
		p = stpcpy(p, WRONG);

	json_writer_init(&w, line, sizeof(line));
	json_array_open(&w, NULL);
	json_text_n(&w, NULL, text, sizeof(text));
	json_array_close(&w);
	back = read_back(&w);
	check_text_back("all bytes", json_array_get(back, 0), want,
			sizeof(want) - 1);
	json_decref(back);
}

static const struct {
	uint64_t value;
	const char *text;
} u64_rows[] = {
	{ 0, "0" },
	{ 1, "1" },
	{ INT64_MAX, "9223372036854775807" },
	{ (uint64_t)INT64_MAX + 1, "9223372036854775808.0" },
	{ UINT64_MAX, "18446744073709551615.0" },
};

static void writes_whole_numbers(void **state)
{
	static const int64_t signed_rows[] = { 0, -1, INT64_MIN, INT64_MAX };
	struct json_writer w;
	json_t *back;

	(void)state;
	json_writer_init(&w, line, sizeof(line));
	json_array_open(&w, NULL);
	for (size_t i = 0; i < ROWS(u64_rows); i++)
		json_u64(&w, NULL, u64_rows[i].value);
	for (size_t i = 0; i < ROWS(signed_rows); i++)
		json_i64(&w, NULL, signed_rows[i]);
	json_array_close(&w);
	back = read_back(&w);

	for (size_t i = 0; i < ROWS(u64_rows); i++) {
		const char *text = u64_rows[i].text;
		const json_t *value = json_array_get(back, i);

		check_row(text, strstr(line, text));
		if (json_is_integer(value))
			check_row_u64(text, (uint64_t)json_integer_value(value),
				      u64_rows[i].value);
		else
			check_row(text, json_real_value(value) ==
						(double)u64_rows[i].value);
	}
	for (size_t i = 0; i < ROWS(signed_rows); i++)
		assert_true(json_integer_value(
				    json_array_get(back, ROWS(u64_rows) + i)) ==
			    signed_rows[i]);
	json_decref(back);
}

static const struct {
	double value;
	const char *text;
} real_rows[] = {
	{ 0, "0" },
	{ 0.1, "0.1" },
	{ -2.5, "-2.5" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 0.1 + 0.2, "0.30000000000000004" },
	{ 1e22, "1e+22" },
	{ DBL_MAX, "1.7976931348623157e+308" },
	{ -DBL_MAX, "-1.7976931348623157e+308" },
	{ DBL_MIN, "2.2250738585072014e-308" },
};

static void writes_real_numbers_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(real_rows); i++) {
		const char *text = real_rows[i].text;
		struct json_writer w;
		json_t *back;

		json_writer_init(&w, line, sizeof(line));
		json_array_open(&w, NULL);
		json_f64(&w, NULL, real_rows[i].value);
		json_array_close(&w);
		back = read_back(&w);
		check_row_u64(text, strcspn(line + 1, "]"), strlen(text));
		check_row(text, !strncmp(line + 1, text, strlen(text)));
		check_row(text, json_number_value(json_array_get(back, 0)) ==
					real_rows[i].value);
		json_decref(back);
	}
}

static void leaves_out_what_is_no_number(void **state)
{
	struct json_writer w;
	size_t bytes;

	(void)state;
	json_writer_init(&w, line, sizeof(line));
	json_object_open(&w, NULL);
	json_f64(&w, "nan", (double)NAN);
	json_u64(&w, "a", 1);
	json_f64(&w, "inf", -(double)INFINITY);
	json_bool(&w, "b", true);
	json_object_close(&w);
	bytes = json_writer_finish(&w);
	assert_int_equal(bytes, strlen("{\"a\":1,\"b\":true}\n"));
	assert_memory_equal(line, "{\"a\":1,\"b\":true}\n", bytes);
}

static size_t write_nested(char *buf, size_t capacity)
{
	struct json_writer w;

	json_writer_init(&w, buf, capacity);
	json_object_open(&w, NULL);
	json_text(&w, "type", "samples");
	json_array_open(&w, "empty");
	json_array_close(&w);
	json_array_open(&w, "rows");
	json_array_open(&w, NULL);
	json_u64(&w, NULL, 1);
	json_i64(&w, NULL, -2);
	json_array_close(&w);
	json_object_open(&w, NULL);
	json_bool(&w, "no", false);
	json_object_close(&w);
	json_object_open(&w, NULL);
	json_object_close(&w);
	json_array_close(&w);
	json_text(&w, "last", "\x01\xff\"");
	json_object_close(&w);
	return json_writer_finish(&w);
}

static const char nested[] =
	"{\"type\":\"samples\",\"empty\":[],\"rows\":[[1,-2],{\"no\":false},"
	"{}],\"last\":\"\\u0001" WRONG "\\\"\"}\n";

static void nests_with_commas_between(void **state)
{
	(void)state;
	assert_int_equal(write_nested(line, sizeof(line)), strlen(nested));
	assert_memory_equal(line, nested, strlen(nested));
}

/* Not one byte is written behind the end, and a cut line is not used. */
static void refuses_what_does_not_fit(void **state)
{
	size_t fits = strlen(nested);

	(void)state;
	for (size_t capacity = 0; capacity < fits; capacity++) {
		memset(line, '#', sizeof(line));
		assert_int_equal(write_nested(line, capacity), 0);
		assert_int_equal(line[capacity], '#');
	}
	memset(line, '#', sizeof(line));
	assert_int_equal(write_nested(line, fits), fits);
	assert_int_equal(line[fits], '#');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_any_text),
		cmocka_unit_test(writes_each_byte),
		cmocka_unit_test(writes_all_bytes_in_one_text),
		cmocka_unit_test(writes_whole_numbers),
		cmocka_unit_test(writes_real_numbers_exactly),
		cmocka_unit_test(leaves_out_what_is_no_number),
		cmocka_unit_test(nests_with_commas_between),
		cmocka_unit_test(refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
