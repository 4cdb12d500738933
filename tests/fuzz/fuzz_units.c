// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes what reads text from outside: sizes and times, conditions, records;
 * and the JSON writer, which has to make a record of any bytes.  The first
 * byte chooses, the rest is the text; seeds/units has examples.
 *
 * Beside crashes it looks for values that do not survive being printed and
 * read again, outputs that were written in spite of an error, and errors that
 * say nothing.
 */
#include "common/condition.h"
#include "common/error.h"
#include "common/json_writer.h"
#include "common/param.h"
#include "common/record.h"
#include "common/units.h"

#include "tests/unit/example_workload.h"

#include <faultline/protocol.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNTOUCHED UINT64_C(0x5ca1ab1e)

static const struct units units = { .page_bytes = 4096,
				    .hpage_bytes = 2 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Not assert(): a fuzzer has to stop in every build. */
static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void must_explain(int ret, const struct error *e)
{
	must(!ret == !e->text[0], "an error has words, a success has none");
	for (const char *p = e->text; *p; p++)
		must(*p >= 0x20 && *p < 0x7f, "an error text is printable");
}

static void fuzz_size(const char *text)
{
	uint64_t bytes = UNTOUCHED, back = UNTOUCHED;
	char buf[UNITS_TEXT_BYTES];

	if (units_parse_size(text, &units, &bytes)) {
		must(bytes == UNTOUCHED, "no size is written on failure");
		return;
	}
	units_print_size(bytes, buf);
	must(!units_parse_size(buf, &units, &back), "a printed size parses");
	must(back == bytes, "a printed size is the same size");
}

static void fuzz_time(const char *text)
{
	uint64_t ns = UNTOUCHED, back = UNTOUCHED;
	char buf[UNITS_TEXT_BYTES];

	if (units_parse_time(text, &ns)) {
		must(ns == UNTOUCHED, "no time is written on failure");
		return;
	}
	units_print_time(ns, buf);
	must(!units_parse_time(buf, &back), "a printed time parses");
	must(back == ns, "a printed time is the same time");
	units_human_ns((double)ns, buf);
	must(memchr(buf, '\0', sizeof(buf)), "a text for people has an end");
}

static void fuzz_ratio(const char *text)
{
	double ratio = -7;
	uint64_t value = UNTOUCHED;

	if (units_parse_ratio(text, &ratio))
		must(ratio < 0, "no ratio is written on failure");
	else
		must(ratio >= 0, "a ratio is not negative");
	if (units_parse_u64(text, &value))
		must(value == UNTOUCHED, "no number is written on failure");
}

static void fuzz_param(const char *text)
{
	for (const struct fl_param *p = example_table; p->name; p++) {
		uint64_t value = UNTOUCHED, back = UNTOUCHED;
		char buf[PARAM_TEXT_BYTES];
		struct error e = { 0 };
		int ret = param_parse(p, text, &units, &value, &e);

		must_explain(ret, &e);
		if (ret) {
			must(value == UNTOUCHED, "no value on failure");
			continue;
		}
		param_print(p, value, buf);
		must(!param_parse(p, buf, &units, &back, NULL),
		     "a printed value parses");
		must(back == value, "a printed value is the same value");
	}
}

static void fuzz_condition(const char *text)
{
	const struct example_params params = { .threads = 4, .range = 2 << 20 };
	struct condition c = { .nr_terms = 77 };
	struct error e = { 0 };
	int ret = condition_parse(&example_workload, text, &units, &c, &e);

	must_explain(ret, &e);
	if (ret) {
		must(c.nr_terms == 77, "no condition is written on failure");
		return;
	}
	must(c.nr_terms <= CONDITION_MAX_TERMS, "not too many terms");
	condition_holds(&c, &params);
}

static void add_twice(const json_t *record)
{
	struct record_batches b = { 0 };

	for (int i = 0; i < 2; i++) {
		size_t before = b.nr;
		struct error e = { 0 };
		int ret = record_batches_add(&b, record, 3, &e);

		must_explain(ret, &e);
		must(!ret == (b.nr > before), "batches are added or refused");
		must(b.nr <= b.capacity, "batches have room");
		for (size_t j = 0; j < b.nr; j++)
			must(b.slot[j] < 3 && b.marks[j] < 16 && b.ns[j] >= 0,
			     "batches are in range");
	}
	record_batches_finish(&b);
}

static void fuzz_record(const char *line, size_t bytes)
{
	struct error e = { 0 };
	json_t *record = record_parse(line, bytes, &e);
	const char *text;
	uint64_t value;
	double real;

	must_explain(!record, &e);
	if (!record)
		return;

	must(json_is_string(json_object_get(record, "type")),
	     "a record has a type");
	record_text(record, "type", &text, NULL);
	record_u64(record, "first", &value, NULL);
	record_real(record, "first", &real, NULL);
	add_twice(record);
	json_decref(record);
}

static void fuzz_writer(const char *text, size_t bytes)
{
	static char line[65536];
	struct json_writer w;
	struct error e = { 0 };
	json_t *record;
	size_t len;

	json_writer_init(&w, line, sizeof(line));
	json_object_open(&w, NULL);
	json_text(&w, "type", "fact");
	json_text_n(&w, "value", text, bytes);
	json_object_close(&w);
	len = json_writer_finish(&w);
	if (!len)
		return;

	must(line[len - 1] == '\n', "a record ends its line");
	must(!memchr(line, '\n', len - 1), "a record is one line");
	record = record_parse(line, len - 1, &e);
	must(record, e.text);
	json_decref(record);
}

/* A text of its own, so that a byte read behind it is noticed. */
static char *text_of(const uint8_t *data, size_t bytes)
{
	char *text = calloc(1, bytes + 1);

	must(text, "there is memory");
	memcpy(text, data, bytes);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text;

	if (!bytes)
		return 0;

	text = text_of(data + 1, bytes - 1);
	switch (data[0]) {
	case 's':
		fuzz_size(text);
		break;
	case 't':
		fuzz_time(text);
		break;
	case 'r':
		fuzz_ratio(text);
		break;
	case 'p':
		fuzz_param(text);
		break;
	case 'c':
		fuzz_condition(text);
		break;
	case 'w':
		fuzz_writer((const char *)data + 1, bytes - 1);
		break;
	default:
		fuzz_record((const char *)data + 1, bytes - 1);
		break;
	}
	free(text);
	return 0;
}
