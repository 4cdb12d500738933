// SPDX-License-Identifier: GPL-2.0-only
#include "common/record.h"

#include "unit.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>

static json_t *parse(const char *text)
{
	struct error e = { 0 };
	json_t *record = record_parse(text, strlen(text), &e);

	if (!record)
		fail_msg("`%s`: %s", text, e.text);
	return record;
}

static const struct {
	const char *line;
	const char *words; /* in the error; NULL: it is a record */
} line_rows[] = {
	{ "{\"type\":\"done\"}", NULL },
	{ " {\"x\":[{}],\"type\":\"\"} ", NULL },
	{ "{\"type\":\"fact\",\"value\":\"a\\u0000b\"}", NULL },

	{ "", "not JSON" },
	{ "{", "not JSON" },
	{ "{\"type\":\"done\"", "not JSON" },
	{ "{\"type\":\"done\"}x", "not JSON" },
	{ "{\"type\":\"done\"}{}", "not JSON" },
	{ "{\"type\":\"d\xff\"}", "not JSON" },
	{ "{\"type\":\"d\n\"}", "not JSON" },
	{ "{'type':'done'}", "not JSON" },
	{ "{\"type\":\"done\",\"x\":NaN}", "not JSON" },
	{ "{\"type\":\"done\",\"x\":1e999}", "not JSON" },
	{ "{\"type\":\"done\",\"x\":99999999999999999999}", "not JSON" },
	{ "null", "not " },
	{ "7", "not " },
	{ "[]", "not a record" },
	{ "[{\"type\":\"done\"}]", "not a record" },
	{ "{}", "not a record" },
	{ "{\"Type\":\"done\"}", "not a record" },
	{ "{\"type\":7}", "not a record" },
	{ "{\"type\":null}", "not a record" },
	{ "{\"type\":[\"done\"]}", "not a record" },
};

static void takes_objects_with_a_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(line_rows); i++) {
		const char *line = line_rows[i].line;
		const char *words = line_rows[i].words;
		struct error e = { 0 };
		json_t *record = record_parse(line, strlen(line), &e);

		check_row(line, !record == !!words);
		check_row(line, !words || strstr(e.text, words));
		check_row(line, words || !e.text[0]);
		json_decref(record);
	}
}

static char *repeated(char c, size_t nr)
{
	char *text = malloc(nr + 1);

	assert_non_null(text);
	memset(text, c, nr);
	text[nr] = '\0';
	return text;
}

static void refuses_long_and_deep_lines(void **state)
{
	static const char object[] = { '{', '"', 't', 'y', 'p', 'e',
				       '"', ':', '"', 'x', '"', '}' };
	char *blanks = repeated(' ', FL_RECORD_MAX_BYTES + 1);
	char *deep = repeated('[', 100000);
	struct error e = { 0 };
	json_t *record;

	(void)state;
	memcpy(blanks, object, sizeof(object));
	assert_null(record_parse(blanks, FL_RECORD_MAX_BYTES + 1, &e));
	assert_string_equal(e.text,
			    "a record of 1048577 bytes, at most 1048576");

	record = record_parse(blanks, FL_RECORD_MAX_BYTES, NULL);
	assert_non_null(record);
	json_decref(record);

	e = (struct error){ 0 };
	assert_null(record_parse(deep, 100000, &e));
	assert_non_null(strstr(e.text, "not JSON: maximum parsing depth"));
	free(blanks);
	free(deep);
}

/* Only the bytes that were named are read. */
static void reads_no_further_than_told(void **state)
{
	static const char text[] = "{\"type\":\"done\"}garbage";
	json_t *record = record_parse(text, 15, NULL);

	(void)state;
	assert_non_null(record);
	json_decref(record);
}

static const char fields[] =
	"{\"type\":\"launch\",\"text\":\"abc\",\"nul\":\"a\\u0000b\",\"n\":7,"
	"\"neg\":-1,\"max\":9223372036854775807,\"real\":1.5,\"null\":null,"
	"\"yes\":true,\"list\":[1]}";

enum {
	AS_TEXT = 1,
	AS_U64 = 2,
	AS_REAL = 4
};

static const struct {
	const char *key;
	unsigned is; /* all that the field may be read as */
} field_rows[] = {
	{ "type", AS_TEXT }, { "text", AS_TEXT },
	{ "nul", 0 },	     { "n", AS_U64 | AS_REAL },
	{ "neg", AS_REAL },  { "max", AS_U64 | AS_REAL },
	{ "real", AS_REAL }, { "null", 0 },
	{ "yes", 0 },	     { "list", 0 },
	{ "absent", 0 },     { "", 0 },
};

static void check_words(const char *key, bool found, const struct error *e)
{
	check_row(key, found == !e->text[0]);
	check_row(key, found || strstr(e->text, "launch: "));
	check_row(key, found || strstr(e->text, key));
}

static void reads_fields_by_type(void **state)
{
	json_t *record = parse(fields);

	(void)state;
	for (size_t i = 0; i < ROWS(field_rows); i++) {
		const char *key = field_rows[i].key;
		unsigned is = field_rows[i].is;
		struct error e[3] = { 0 };
		const char *text = "untouched";
		uint64_t whole = 42;
		double real = -42;

		check_row_int(key, record_text(record, key, &text, &e[0]),
			      is & AS_TEXT ? 0 : -EINVAL);
		check_row_int(key, record_u64(record, key, &whole, &e[1]),
			      is & AS_U64 ? 0 : -EINVAL);
		check_row_int(key, record_real(record, key, &real, &e[2]),
			      is & AS_REAL ? 0 : -EINVAL);
		check_words(key, is & AS_TEXT, &e[0]);
		check_words(key, is & AS_U64, &e[1]);
		check_words(key, is & AS_REAL, &e[2]);
		check_row(key, is & AS_TEXT || !strcmp(text, "untouched"));
		check_row(key, is & AS_U64 || whole == 42);
		check_row(key, is & AS_REAL || real == -42);
	}
	json_decref(record);
}

static void falls_back_on_request(void **state)
{
	json_t *record = parse(fields);
	uint64_t max = 0;

	(void)state;
	assert_string_equal(record_text_or(record, "text", "-"), "abc");
	assert_string_equal(record_text_or(record, "n", "-"), "-");
	assert_null(record_text_or(record, "absent", NULL));
	assert_true(record_real_or(record, "real", -1) == 1.5);
	assert_true(record_real_or(record, "n", -1) == 7);
	assert_true(record_real_or(record, "text", -1) == -1);
	assert_true(record_real_or(record, "absent", -1) == -1);
	assert_int_equal(record_u64(record, "max", &max, NULL), 0);
	assert_true(max == INT64_MAX);
	json_decref(record);
}

/* Rows that follow two good batches in slots 0 and 1. */
static const struct {
	const char *text;
	const char *words; /* in the error; NULL: it fits */
} samples_rows[] = {
	{ "\"first\":2,\"slots\":\"01\",\"marks\":\"0f\",\"ns\":[0,7]", NULL },

	{ "\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1]", "no field `first`" },
	{ "\"first\":2,\"marks\":\"0\",\"ns\":[1]", "no field `slots`" },
	{ "\"first\":2,\"slots\":\"0\",\"ns\":[1]", "no field `marks`" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\"", "no field `ns`" },

	{ "\"first\":1,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1]",
	  "batch 2 should come next, not 1" },
	{ "\"first\":3,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1]",
	  "batch 2 should come next, not 3" },
	{ "\"first\":-2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1]",
	  "`first` is not a whole number" },
	{ "\"first\":2.0,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1]",
	  "`first` is not a whole number" },
	{ "\"first\":\"2\",\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1]",
	  "`first` is not a whole number" },

	{ "\"first\":2,\"slots\":0,\"marks\":\"0\",\"ns\":[1]",
	  "`slots` is not a text" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":[0],\"ns\":[1]",
	  "`marks` is not a text" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":1",
	  "`ns` is not an array" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":{\"0\":1}",
	  "`ns` is not an array" },

	{ "\"first\":2,\"slots\":\"\",\"marks\":\"\",\"ns\":[]", "0 batches" },
	{ "\"first\":2,\"slots\":\"00\",\"marks\":\"0\",\"ns\":[1,1]",
	  "1 marks for 2 batches" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"00\",\"ns\":[1]",
	  "2 marks for 1 batches" },
	{ "\"first\":2,\"slots\":\"00\",\"marks\":\"00\",\"ns\":[1]",
	  "1 values in `ns` for 2 batches" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[]",
	  "0 values in `ns` for 1 batches" },

	{ "\"first\":2,\"slots\":\"3\",\"marks\":\"0\",\"ns\":[1]",
	  "`3` in `slots`: digits are below 3" },
	{ "\"first\":2,\"slots\":\"z\",\"marks\":\"0\",\"ns\":[1]",
	  "`z` in `slots`" },
	{ "\"first\":2,\"slots\":\"-\",\"marks\":\"0\",\"ns\":[1]",
	  "`-` in `slots`" },
	{ "\"first\":2,\"slots\":\"\\u0000\",\"marks\":\"0\",\"ns\":[1]",
	  "`slots` is not a text" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"g\",\"ns\":[1]",
	  "`g` in `marks`: digits are below 16" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\" \",\"ns\":[1]",
	  "` ` in `marks`" },

	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[-1]",
	  "value 0 of `ns` is not a whole number" },
	{ "\"first\":2,\"slots\":\"00\",\"marks\":\"00\",\"ns\":[1,\"1\"]",
	  "value 1 of `ns` is not a whole number" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1.5]",
	  "value 0 of `ns` is not a whole number" },
	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[null]",
	  "value 0 of `ns` is not a whole number" },

	{ "\"first\":2,\"slots\":\"0\",\"marks\":\"0\",\"ns\":[1],"
	  "\"cpu_ns\":[1]",
	  "`cpu_ns` in some records only" },
};

static json_t *samples(const char *members)
{
	char text[512];

	snprintf(text, sizeof(text), "{\"type\":\"samples\",%s}", members);
	return parse(text);
}

static int add(struct record_batches *b, const char *members, struct error *e)
{
	json_t *record = samples(members);
	int ret = record_batches_add(b, record, 3, e);

	json_decref(record);
	return ret;
}

static void adds_batches_that_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(samples_rows); i++) {
		const char *text = samples_rows[i].text;
		const char *words = samples_rows[i].words;
		struct record_batches b = { 0 };
		struct error e = { 0 };
		int ret;

		assert_int_equal(add(&b,
				     "\"first\":0,\"slots\":\"02\","
				     "\"marks\":\"04\",\"ns\":[5,6]",
				     NULL),
				 0);
		ret = add(&b, text, &e);
		check_row_int(text, ret, words ? -EINVAL : 0);
		check_row_u64(text, b.nr, words ? 2 : 4);
		check_row(text, words ? !!strstr(e.text, words) : !e.text[0]);
		check_row(text, b.slot[1] == 2 && b.marks[1] == 4);
		check_row(text, b.ns[1] == 6 && !b.cpu_ns);
		record_batches_finish(&b);
		check_row(text, !b.nr && !b.ns);
	}
}

static void keeps_what_was_measured(void **state)
{
	struct record_batches b = { 0 };

	(void)state;
	assert_int_equal(add(&b,
			     "\"first\":0,\"slots\":\"01\",\"marks\":\"0f\","
			     "\"ns\":[0,4503599627370497]",
			     NULL),
			 0);
	assert_int_equal(b.slot[0], 0);
	assert_int_equal(b.slot[1], 1);
	assert_int_equal(b.marks[0], 0);
	assert_int_equal(b.marks[1], 15);
	assert_true(b.ns[0] == 0);
	assert_true(b.ns[1] == 4503599627370497.0);
	record_batches_finish(&b);
	record_batches_finish(&b);
}

static void batches_of_fewer_ops_are_evened(void **state)
{
	static const uint64_t ops[] = { 50, 2, 0 };
	static const unsigned reference[] = { 0, 0, 0 };
	struct record_batches b = { 0 };

	(void)state;
	assert_int_equal(add(&b,
			     "\"first\":0,\"slots\":\"012\","
			     "\"marks\":\"000\",\"ns\":[100,100,100],"
			     "\"cpu_ns\":[10,10,10]",
			     NULL),
			 0);
	record_batches_even(&b, ops, reference, 3);
	assert_true(b.ns[0] == 100 && b.cpu_ns[0] == 10);
	assert_true(b.ns[1] == 2500 && b.cpu_ns[1] == 250);
	assert_true(b.ns[2] == 100 && b.cpu_ns[2] == 10);
	record_batches_finish(&b);
}

static void wants_cpu_ns_in_all_records_or_none(void **state)
{
	struct record_batches b = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(add(&b,
			     "\"first\":0,\"slots\":\"0\",\"marks\":\"0\","
			     "\"ns\":[9],\"cpu_ns\":[-1]",
			     NULL),
			 -EINVAL);
	assert_null(b.cpu_ns);
	assert_int_equal(add(&b,
			     "\"first\":0,\"slots\":\"0\",\"marks\":\"0\","
			     "\"ns\":[9],\"cpu_ns\":[8]",
			     NULL),
			 0);
	assert_true(b.cpu_ns[0] == 8);
	assert_int_equal(add(&b,
			     "\"first\":1,\"slots\":\"0\",\"marks\":\"0\","
			     "\"ns\":[9]",
			     &e),
			 -EINVAL);
	assert_string_equal(e.text, "samples: `cpu_ns` in some records only");
	assert_int_equal(add(&b,
			     "\"first\":1,\"slots\":\"0\",\"marks\":\"0\","
			     "\"ns\":[9],\"cpu_ns\":[7]",
			     NULL),
			 0);
	assert_true(b.cpu_ns[1] == 7);
	record_batches_finish(&b);
}

/* A record of @nr batches: slot i % 36, mark i % 16, ns first + i. */
static json_t *make_samples(size_t first, size_t nr)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char *slots = repeated('0', nr), *marks = repeated('0', nr);
	json_t *ns = json_array(), *record;

	for (size_t i = 0; i < nr; i++) {
		slots[i] = digits[(first + i) % 36];
		marks[i] = digits[(first + i) % 16];
		json_array_append_new(
			ns, json_integer((json_int_t)first + (json_int_t)i));
	}
	record = json_pack("{ss si ss ss so}", "type", "samples", "first",
			   (int)first, "slots", slots, "marks", marks, "ns",
			   ns);
	free(slots);
	free(marks);
	assert_non_null(record);
	return record;
}

static void grows_over_many_records(void **state)
{
	static const size_t sizes[] = { 1, FL_SAMPLES_MAX, 1023,
					1, 3000,	   FL_SAMPLES_MAX };
	struct record_batches b = { 0 };
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		json_t *record = make_samples(b.nr, sizes[i]);

		if (record_batches_add(&b, record, FL_MAX_SLOTS, &e))
			fail_msg("record %zu: %s", i, e.text);
		json_decref(record);
	}
	assert_int_equal(b.nr, 1 + 4096 + 1023 + 1 + 3000 + 4096);
	assert_true(b.capacity >= b.nr);
	for (size_t i = 0; i < b.nr; i++) {
		if (b.slot[i] != i % 36 || b.marks[i] != i % 16 ||
		    b.ns[i] != (double)i)
			fail_msg("batch %zu is another one", i);
	}
	record_batches_finish(&b);
}

static void refuses_a_million_batches_in_one(void **state)
{
	static const size_t sizes[] = { FL_SAMPLES_MAX + 1, 1000000 };

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		json_t *record = make_samples(0, sizes[i]);
		struct record_batches b = { 0 };
		struct error e = { 0 };

		assert_int_equal(record_batches_add(&b, record, 36, &e),
				 -EINVAL);
		assert_non_null(strstr(e.text, "1 to 4096 in a record"));
		assert_null(b.slot);
		json_decref(record);
	}
}

static void test_find(void **state)
{
	json_t *array = json_loads("[{\"name\":1},{\"n\":\"b\"},"
				   "{\"name\":\"b\",\"at\":2},"
				   "{\"name\":\"b\",\"at\":3}]",
				   0, NULL);

	(void)state;
	assert_non_null(array);
	assert_ptr_equal(record_find(array, "name", "b"),
			 json_array_get(array, 2));
	assert_null(record_find(array, "name", "c"));
	assert_null(record_find(NULL, "name", "b"));
	json_decref(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_objects_with_a_type),
		cmocka_unit_test(refuses_long_and_deep_lines),
		cmocka_unit_test(reads_no_further_than_told),
		cmocka_unit_test(reads_fields_by_type),
		cmocka_unit_test(falls_back_on_request),
		cmocka_unit_test(adds_batches_that_fit),
		cmocka_unit_test(keeps_what_was_measured),
		cmocka_unit_test(batches_of_fewer_ops_are_evened),
		cmocka_unit_test(wants_cpu_ns_in_all_records_or_none),
		cmocka_unit_test(grows_over_many_records),
		cmocka_unit_test(refuses_a_million_batches_in_one),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
