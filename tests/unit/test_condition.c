// SPDX-License-Identifier: GPL-2.0-only
#include "common/condition.h"

#include "example_workload.h"
#include "unit.h"

#include <errno.h>

static const struct units x86 = { .page_bytes = 4096, .hpage_bytes = 2 << 20 };
static const struct units no_thp = { .page_bytes = 4096 };

static const struct example_params values = {
	.threads = 4,
	.range = 2 << 20,
	.pause = 100000,
	.touch = 1,
	.what = EXAMPLE_PROTECT,
};

static const struct {
	const char *text;
	const struct units *units;
	bool holds;
} right_rows[] = {
	{ "", &x86, true },
	{ " \t\n", &x86, true },

	{ "threads=4", &x86, true },
	{ "threads=5", &x86, false },
	{ "threads!=4", &x86, false },
	{ "threads!=5", &x86, true },
	{ "threads<4", &x86, false },
	{ "threads<5", &x86, true },
	{ "threads<=4", &x86, true },
	{ "threads<=3", &x86, false },
	{ "threads>4", &x86, false },
	{ "threads>3", &x86, true },
	{ "threads>=4", &x86, true },
	{ "threads>=5", &x86, false },

	{ "what=protect", &x86, true },
	{ "what!=protect", &x86, false },
	{ "what=resolve", &x86, false },
	{ "touch=yes", &x86, true },
	{ "touch=off", &x86, false },
	{ "pause=0.1ms", &x86, true },
	{ "pause<99us", &x86, false },
	{ "range>=hpage", &x86, true },
	{ "range>hpage-4K", &x86, true },
	{ "range=512page", &x86, true },

	{ "what=protect range>=hpage", &x86, true },
	{ "  what=protect\t range>=hpage\n", &x86, true },
	{ "what=protect range>hpage", &x86, false },
	{ "what=resolve range>=hpage", &x86, false },
	{ "threads>1 threads<8 threads!=5", &x86, true },

	/* Beyond the parameter's range is a fair question. */
	{ "range<1T", &x86, true },
	{ "threads>1000", &x86, false },

	/* No huge pages: nothing is as large as one. */
	{ "range>=hpage", &no_thp, false },
	{ "range<hpage", &no_thp, true },
	{ "range=hpage", &no_thp, false },
	{ "range>hpage-4K", &no_thp, false },
	{ "range<4hpage", &no_thp, true },
	{ "range>=page", &no_thp, true },
};

static void holds_when_all_terms_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(right_rows); i++) {
		const char *text = right_rows[i].text;
		const struct units *units = right_rows[i].units;
		struct condition c;
		struct error e = { 0 };

		check_row_int(
			text,
			condition_parse(&example_workload, text, units, &c, &e),
			0);
		check_row_int(text, condition_holds(&c, &values),
			      right_rows[i].holds);
		check_row_int(
			text,
			condition_when(&example_workload, text, units, &values),
			right_rows[i].holds);
	}
	assert_true(condition_when(&example_workload, NULL, &x86, &values));
}

#define NOT_A_CONDITION                                                      \
	"is not a condition: write name, one of = != < <= > >=, and value, " \
	"without blanks"

static const struct {
	const char *text;
	int err;
	const char *words;
} wrong_rows[] = {
	{ "threads", -EINVAL, "`threads` " NOT_A_CONDITION },
	{ "threads = 4", -EINVAL, "`threads` " NOT_A_CONDITION },
	{ "threads!4", -EINVAL, "`threads!4` " NOT_A_CONDITION },
	{ "what=protect and", -EINVAL, "`and` " NOT_A_CONDITION },
	{ "=4", -EINVAL, "example has no parameter ``" },
	{ "thread=4", -EINVAL,
	  "example has no parameter `thread`; did you mean `threads`?" },
	{ "colour=red", -EINVAL, "example has no parameter `colour`" },
	{ "threads=", -EINVAL,
	  "threads: `` is not a whole number (0, 1, 4096)" },
	{ "threads==4", -EINVAL,
	  "threads: `=4` is not a whole number (0, 1, 4096)" },
	{ "threads=>4", -EINVAL,
	  "threads: `>4` is not a whole number (0, 1, 4096)" },
	{ "range>=4Q", -EINVAL,
	  "range: `4Q` is not a size (4096, 4K, 2M, hpage-4K)" },
	{ "range>=99999999T", -ERANGE,
	  "range: `99999999T` is out of range: 4K to 1G" },
	{ "what=protct", -EINVAL,
	  "what: `protct` is none of protect, unprotect, resolve; "
	  "did you mean `protect`?" },
	{ "what>protect", -EINVAL,
	  "what is one of some words, compare it by = or !=" },
	{ "what<=protect", -EINVAL,
	  "what is one of some words, compare it by = or !=" },
	{ "threads=1 threads=2 threads=3 threads=4 threads=5 threads=6 "
	  "threads=7 threads=8 threads=9",
	  -ERANGE, "more than 8 terms" },
	{ "\xff=1", -EINVAL, "example has no parameter `\\xff`" },
};

static void says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(wrong_rows); i++) {
		const char *text = wrong_rows[i].text;
		struct condition c = { .nr_terms = 77 };
		struct error e = { 0 };
		int ret;

		ret = condition_parse(&example_workload, text, &x86, &c, &e);
		check_row_int(text, ret, wrong_rows[i].err);
		check_row_u64(text, c.nr_terms, 77);
		check_row_text(text, e.text, wrong_rows[i].words);
	}
}

static void takes_eight_terms_and_no_long_one(void **state)
{
	static char endless[100001] = "threads=";
	struct error e = { 0 };
	struct condition c;

	(void)state;
	assert_int_equal(condition_parse(&example_workload,
					 "threads>0 threads>0 threads>0 "
					 "threads>0 threads>0 threads>0 "
					 "threads>0 threads=4 ",
					 &x86, &c, &e),
			 0);
	assert_int_equal(c.nr_terms, CONDITION_MAX_TERMS);
	assert_true(condition_holds(&c, &values));

	memset(endless + 8, '9', sizeof(endless) - 9);
	assert_int_equal(
		condition_parse(&example_workload, endless, &x86, &c, &e),
		-EINVAL);
	assert_string_equal(e.text, "`threads=999999999999999999999999...` is "
				    "too long for a condition");
}

struct two_sizes {
	uint64_t range, chunk;
};

static const struct fl_param two_table[] = {
	FL_PARAM_SIZE(struct two_sizes, range, "4K", 0, 1 << 30, "one"),
	FL_PARAM_SIZE(struct two_sizes, chunk, "4K", 0, 1 << 30, "another"),
	{ 0 },
};

static void compares_two_parameters(void **state)
{
	static const struct fl_workload two = { .name = "two",
						.params = two_table };
	static const struct two_sizes v = { .range = 8192, .chunk = 4096 };

	(void)state;
	assert_true(condition_when(&two, "range>chunk", &x86, &v));
	assert_false(condition_when(&two, "range<=chunk", &x86, &v));
	assert_true(condition_when(&two, "chunk<range range=8K", &x86, &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_when_all_terms_do),
		cmocka_unit_test(compares_two_parameters),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(takes_eight_terms_and_no_long_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
