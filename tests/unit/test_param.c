// SPDX-License-Identifier: GPL-2.0-only
#include "common/param.h"

#include "example_workload.h"
#include "unit.h"

#include <errno.h>

#define UNTOUCHED UINT64_C(0x5ca1ab1e)

static const struct units x86 = { .page_bytes = 4096, .hpage_bytes = 2 << 20 };
static const struct units no_thp = { .page_bytes = 4096 };

static const struct {
	const char *name, *text;
	uint64_t value;
	const char *printed;
} right_rows[] = {
	{ "threads", "1", 1, "1" },
	{ "threads", "64", 64, "64" },
	{ "range", "4096", 4096, "4K" },
	{ "range", "4097", 4097, "4097" },
	{ "range", "1G", 1 << 30, "1G" },
	{ "range", "hpage-4K", (2 << 20) - 4096, "2044K" },
	{ "pause", "1us", 1000, "1us" },
	{ "pause", "1.5s", 1500000000, "1500ms" },
	{ "pause", "18446744073709551615ns", UINT64_MAX,
	  "18446744073709551615ns" },
	{ "touch", "yes", 1, "yes" },
	{ "touch", "true", 1, "yes" },
	{ "touch", "on", 1, "yes" },
	{ "touch", "1", 1, "yes" },
	{ "touch", "no", 0, "no" },
	{ "touch", "false", 0, "no" },
	{ "touch", "off", 0, "no" },
	{ "touch", "0", 0, "no" },
	{ "what", "protect", EXAMPLE_PROTECT, "protect" },
	{ "what", "resolve", EXAMPLE_RESOLVE, "resolve" },
};

static void parses_and_prints_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(right_rows); i++) {
		const struct fl_param *p;
		const char *text = right_rows[i].text;
		char buf[PARAM_TEXT_BYTES];
		uint64_t value = UNTOUCHED;
		struct error e = { 0 };

		p = param_find(&example_workload, right_rows[i].name);
		assert_non_null(p);
		check_row_int(text, param_parse(p, text, &x86, &value, &e), 0);
		check_row_u64(text, value, right_rows[i].value);
		check_row_text(text, e.text, "");
		check_row_text(text, param_print(p, value, buf),
			       right_rows[i].printed);
	}
}

static const struct {
	const char *name, *text;
	int err;
	const char *words;
} wrong_rows[] = {
	{ "threads", "", -EINVAL,
	  "threads: `` is not a whole number (0, 1, 4096)" },
	{ "threads", "4K", -EINVAL,
	  "threads: `4K` is not a whole number (0, 1, 4096)" },
	{ "threads", "0", -ERANGE,
	  "threads: `0` is out of range: 1 to 64 threads" },
	{ "threads", "65", -ERANGE,
	  "threads: `65` is out of range: 1 to 64 threads" },
	{ "threads", "99999999999999999999", -ERANGE,
	  "threads: `99999999999999999999` is out of range: 1 to 64 threads" },
	{ "range", "4Q", -EINVAL,
	  "range: `4Q` is not a size (4096, 4K, 2M, hpage-4K)" },
	{ "range", "2K", -ERANGE, "range: `2K` is out of range: 4K to 1G" },
	{ "range", "1G+1", -ERANGE, "range: `1G+1` is out of range: 4K to 1G" },
	{ "range", "hpage-4G", -ERANGE,
	  "range: `hpage-4G` is out of range: 4K to 1G" },
	{ "range", "\n\x1b[2J", -EINVAL,
	  "range: `\\x0a\\x1b[2J` is not a size (4096, 4K, 2M, hpage-4K)" },
	{ "pause", "100", -EINVAL,
	  "pause: `100` is not a time (250ns, 100us, 1.5s, 2m)" },
	{ "pause", "0", -ERANGE, "pause: `0` is out of range: at least 1us" },
	{ "touch", "2", -EINVAL, "touch: `2` is not yes or no" },
	{ "touch", "YES", -EINVAL, "touch: `YES` is not yes or no" },
	{ "what", "protct", -EINVAL,
	  "what: `protct` is none of protect, unprotect, resolve; "
	  "did you mean `protect`?" },
	{ "what", "0", -EINVAL,
	  "what: `0` is none of protect, unprotect, resolve" },
	{ "what", "", -EINVAL,
	  "what: `` is none of protect, unprotect, resolve" },
};

static void says_what_would_be_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(wrong_rows); i++) {
		const char *text = wrong_rows[i].text;
		const struct fl_param *p;
		uint64_t value = UNTOUCHED;
		struct error e = { 0 };
		int ret;

		p = param_find(&example_workload, wrong_rows[i].name);
		assert_non_null(p);
		ret = param_parse(p, text, &x86, &value, &e);
		check_row_int(text, ret, wrong_rows[i].err);
		check_row_u64(text, value, UNTOUCHED);
		check_row_text(text, e.text, wrong_rows[i].words);
	}
}

static void says_that_a_word_means_nothing_here(void **state)
{
	const struct fl_param *p = param_find(&example_workload, "range");
	uint64_t value = UNTOUCHED;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(param_parse(p, "hpage", &no_thp, &value, &e), -EINVAL);
	assert_string_equal(e.text, "range: `hpage` means nothing here: this "
				    "machine has no huge pages");
	assert_int_equal(value, UNTOUCHED);
}

static void cuts_what_it_quotes(void **state)
{
	const struct fl_param *p = param_find(&example_workload, "what");
	static char endless[100001];
	uint64_t value = UNTOUCHED;
	struct error e = { 0 };

	(void)state;
	memset(endless, 'p', sizeof(endless) - 1);
	assert_int_equal(param_parse(p, endless, &x86, &value, &e), -EINVAL);
	assert_non_null(strstr(e.text, "` is none of protect, "));
}

/* So many choices that the list has to be cut. */
static void survives_many_choices(void **state)
{
	const char *choices[65] = { NULL };
	const struct fl_param p = { .name = "many",
				    .type = FL_TYPE_ENUM,
				    .choices = choices };
	uint64_t value = UNTOUCHED;
	char buf[PARAM_TEXT_BYTES];
	struct error e = { 0 };

	(void)state;
	for (size_t i = 0; i < 64; i++)
		choices[i] = "a-rather-long-choice";
	assert_int_equal(param_parse(&p, "b", &x86, &value, &e), -EINVAL);
	assert_non_null(strstr(e.text, "a-rather-long-choice, a-rather"));
	assert_string_equal(param_print(&p, 64, buf), "64");
	assert_string_equal(param_print(&p, UINT64_MAX, buf),
			    "18446744073709551615");
}

static void leaves_out_the_range_on_request(void **state)
{
	const struct fl_param *p = param_find(&example_workload, "range");
	uint64_t value = UNTOUCHED;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(param_parse_type(p, "1T", &x86, &value, &e), 0);
	assert_int_equal(value, UINT64_C(1) << 40);
	assert_int_equal(param_parse_type(p, "1Q", &x86, &value, NULL),
			 -EINVAL);
}

static void finds_parameters_by_name(void **state)
{
	static const struct fl_workload bare = { .name = "bare" };

	(void)state;
	assert_ptr_equal(param_find(&example_workload, "what"),
			 &example_table[4]);
	assert_null(param_find(&example_workload, "wha"));
	assert_null(param_find(&example_workload, ""));
	assert_null(param_find(&bare, "what"));
}

static void fills_in_the_defaults(void **state)
{
	struct example_params params = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_int_equal(param_defaults(&example_workload, &x86, &params, &e),
			 0);
	assert_int_equal(params.threads, 1);
	assert_int_equal(params.range, 2 << 20);
	assert_int_equal(params.pause, 100000);
	assert_int_equal(params.touch, 0);
	assert_int_equal(params.what, EXAMPLE_PROTECT);

	assert_int_equal(
		param_defaults(&example_workload, &no_thp, &params, &e),
		-EINVAL);
	assert_non_null(strstr(e.text, "range: `hpage`"));
}

static void reads_and_writes_fields(void **state)
{
	struct example_params params = { 1, 2, 3, 4, 5 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		const struct fl_param *p = &example_table[i];

		check_row_u64(p->name, param_get(p, &params), i + 1);
		param_set(p, &params, UINT64_MAX - i);
		check_row_u64(p->name, param_get(p, &params), UINT64_MAX - i);
	}
	assert_true(params.threads == UINT64_MAX);
	assert_true(params.what == UINT64_MAX - 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_prints_values),
		cmocka_unit_test(says_what_would_be_right),
		cmocka_unit_test(says_that_a_word_means_nothing_here),
		cmocka_unit_test(cuts_what_it_quotes),
		cmocka_unit_test(survives_many_choices),
		cmocka_unit_test(leaves_out_the_range_on_request),
		cmocka_unit_test(finds_parameters_by_name),
		cmocka_unit_test(fills_in_the_defaults),
		cmocka_unit_test(reads_and_writes_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
