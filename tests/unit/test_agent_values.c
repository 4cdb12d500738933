// SPDX-License-Identifier: GPL-2.0-only
/* The small decisions of the agent: buckets, marks, expectations, paces. */
#include "bench/agent/expects.h"
#include "bench/agent/inject.h"
#include "bench/agent/observe.h"
#include "bench/agent/role_body.h"
#include "bench/agent/switches.h"
#include "bench/agent/system_counts.h"
#include "bench/agent/tracefs.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NR(x) (sizeof(x) / sizeof((x)[0]))

static const struct {
	uint64_t ns, bound;
} bucket_rows[] = {
	{ 0, 0 },
	{ 1, 1 },
	{ 63, 63 },
	{ 64, 64 },
	{ 127, 127 },
	{ 128, 128 },
	{ 129, 128 },
	{ 130, 130 },
	{ 255, 254 },
	{ 256, 256 },
	{ 259, 256 },
	{ 1000, 1000 },
	{ 1007, 1000 },
	{ 1008, 1008 },
	{ 1ULL << 40, 1ULL << 40 },
	{ UINT64_MAX, UINT64_C(127) << 57 },
};

static void test_buckets(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(bucket_rows); i++) {
		size_t bucket = observe_bucket(bucket_rows[i].ns);

		if (bucket >= OBSERVE_BUCKETS ||
		    observe_bound(bucket) != bucket_rows[i].bound)
			fail_msg("row %zu: bucket %zu", i, bucket);
	}
	for (size_t b = 1; b < OBSERVE_BUCKETS; b++) {
		assert_true(observe_bound(b) > observe_bound(b - 1));
		assert_int_equal(observe_bucket(observe_bound(b)), b);
	}
}

/* The values 0..n-1 once each: a uniform sample has their mean. */
static void test_reservoir(void **state)
{
	enum {
		N = 40960
	};
	struct observe *o = calloc(1, sizeof(*o));
	double sum = 0;

	(void)state;
	assert_non_null(o);
	o->rng = 7;
	for (uint64_t i = 0; i < N; i++)
		observe_add(o, &i, 1);

	assert_int_equal(o->count, N);
	assert_int_equal(observe_kept(o), OBSERVE_RESERVOIR);
	for (size_t i = 0; i < OBSERVE_RESERVOIR; i++)
		sum += (double)o->reservoir[i];
	/* sigma of the mean is N / sqrt(12 * 4096), here 185. */
	assert_in_range((uint64_t)(sum / OBSERVE_RESERVOIR), N / 2 - 1000,
			N / 2 + 1000);
	free(o);
}

/* Two parts of 0..n-1, unequal and apart, merged in both orders. */
static const struct {
	uint64_t first, all;
} merge_rows[] = {
	{ 0, 100 },	 { 100, 100 },	 { 100, 1000 },	   { 1000, 40960 },
	{ 4096, 40960 }, { 4097, 8192 }, { 20480, 40960 }, { 40000, 40960 },
};

static struct observe *observed(uint64_t from, uint64_t to, uint64_t seed)
{
	struct observe *o = calloc(1, sizeof(*o));

	assert_non_null(o);
	o->rng = seed;
	for (uint64_t i = from; i < to; i++)
		observe_add(o, &i, 1);
	return o;
}

static void check_merged(struct observe *o, size_t row)
{
	const uint64_t n = merge_rows[row].all;
	size_t kept = observe_kept(o);
	double sum = 0, buckets = 0;
	/* Six sigma of the mean of that many out of 0..n-1. */
	double off = kept == n ? 0.5
			       : 6 * (double)n / sqrt(12.0 * (double)kept);

	assert_int_equal(o->count, n);
	for (size_t i = 0; i < kept; i++)
		sum += (double)o->reservoir[i];
	for (size_t b = 0; b < OBSERVE_BUCKETS; b++)
		buckets += (double)o->bucket[b];
	assert_float_equal(buckets, (double)n, 0);
	if (fabs(sum / (double)kept - (double)(n - 1) / 2) > off)
		fail_msg("row %zu: mean %g of %zu", row, sum / (double)kept,
			 kept);
}

static void test_merge(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * NR(merge_rows); i++) {
		uint64_t cut = merge_rows[i / 2].first;
		uint64_t n = merge_rows[i / 2].all;
		struct observe *a = observed(0, cut, i + 1);
		struct observe *b = observed(cut, n, i + 100);

		observe_merge(i % 2 ? a : b, i % 2 ? b : a);
		check_merged(i % 2 ? a : b, i / 2);
		free(a);
		free(b);
	}
}

static const struct {
	struct switches s;
	double per_op;
	uint64_t nops;
	bool excess;
} switch_rows[] = {
	{ { 0, 0 }, 0, 1, false },	{ { 1, 0 }, 0, 100, true },
	{ { 0, 1 }, 5, 100, true },	{ { 100, 0 }, 1, 100, false },
	{ { 101, 0 }, 1, 100, true },	{ { 1, 0 }, 0.001, 100, false },
	{ { 2, 0 }, 0.001, 100, true },
};

static void test_switches(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(switch_rows); i++)
		if (switches_excess(switch_rows[i].s, switch_rows[i].per_op,
				    switch_rows[i].nops) !=
		    switch_rows[i].excess)
			fail_msg("row %zu", i);
}

#define COUNTED(n)                                                          \
	{                                                                   \
		.name = "c", .value = (n), .enabled_ns = 9, .running_ns = 9 \
	}

static const struct {
	const char *what;
	struct fl_expect x;
	struct counter c;
	enum expects_state state;
} expect_rows[] = {
	{ "exact",
	  { .relation = FL_EXACTLY, .per_op = 2 },
	  COUNTED(200),
	  EXPECTS_HELD },
	{ "one too many",
	  { .relation = FL_EXACTLY, .per_op = 2 },
	  COUNTED(201),
	  EXPECTS_BROKEN },
	{ "tolerated",
	  { .relation = FL_EXACTLY, .per_op = 2, .tolerance = 0.01 },
	  COUNTED(201),
	  EXPECTS_HELD },
	{ "zero", { .relation = FL_EXACTLY }, COUNTED(0), EXPECTS_HELD },
	{ "not zero", { .relation = FL_EXACTLY }, COUNTED(1), EXPECTS_BROKEN },
	{ "at least",
	  { .relation = FL_AT_LEAST, .per_op = 1 },
	  COUNTED(500),
	  EXPECTS_HELD },
	{ "too few",
	  { .relation = FL_AT_LEAST, .per_op = 1 },
	  COUNTED(99),
	  EXPECTS_BROKEN },
	{ "at most",
	  { .relation = FL_AT_MOST, .per_op = 1 },
	  COUNTED(0),
	  EXPECTS_HELD },
	{ "too many",
	  { .relation = FL_AT_MOST, .per_op = 1 },
	  COUNTED(101),
	  EXPECTS_BROKEN },
	{ "denied",
	  { .relation = FL_EXACTLY },
	  { .name = "c", .status = COUNTER_DENIED },
	  EXPECTS_UNVERIFIED },
	{ "user part",
	  { .relation = FL_EXACTLY },
	  { .name = "c",
	    .status = COUNTER_USER_ONLY,
	    .enabled_ns = 9,
	    .running_ns = 9 },
	  EXPECTS_UNVERIFIED },
	{ "user faults",
	  { .relation = FL_EXACTLY },
	  { .name = "c",
	    .status = COUNTER_USER_ONLY,
	    .enabled_ns = 9,
	    .running_ns = 9,
	    .user_suffices = true },
	  EXPECTS_HELD },
	{ "multiplexed",
	  { .relation = FL_EXACTLY },
	  { .name = "c", .enabled_ns = 9, .running_ns = 8 },
	  EXPECTS_UNVERIFIED },
	{ "others count too",
	  { .relation = FL_EXACTLY },
	  { .name = "c", .system = true, .value = 1 },
	  EXPECTS_UNVERIFIED },
	{ "even with others too few",
	  { .relation = FL_AT_LEAST, .per_op = 1 },
	  { .name = "c", .system = true, .value = 1 },
	  EXPECTS_BROKEN },
};

static void test_expects(void **state)
{
	struct expects_verdict v;

	(void)state;
	for (size_t i = 0; i < NR(expect_rows); i++) {
		v = expects_judge(&expect_rows[i].x, &expect_rows[i].c, 100, 0);
		if (v.state != expect_rows[i].state ||
		    (v.state == EXPECTS_HELD) != !v.why[0])
			fail_msg("%s: %s, %s", expect_rows[i].what,
				 expects_state_word(v.state), v.why);
	}
	v = expects_judge(&expect_rows[0].x, NULL, 100, 0);
	assert_int_equal(v.state, EXPECTS_UNVERIFIED);
}

static double as_given(const void *params)
{
	return (double)*(const uint64_t *)params;
}

static void test_expects_of_params(void **state)
{
	static const struct fl_expect x = { .counter = "c",
					    .relation = FL_EXACTLY,
					    .tolerance = 0.1,
					    .of = as_given,
					    .relative = true };
	uint64_t params = 50;
	struct fl_expect row = expects_resolve(&x, &params);

	(void)state;
	assert_true(row.per_op == 50 && row.tolerance == 5);
	row = expects_resolve(&(struct fl_expect){ .per_op = 2 }, NULL);
	assert_true(row.per_op == 2 && row.tolerance == 0);
}

/* Two switches of tasks may have flushed; a third flush is the op's. */
static void test_strays(void **state)
{
	const struct fl_expect none = { .counter = "c",
					.relation = FL_EXACTLY };
	struct counter c = { .name = "c", .value = 2 };

	(void)state;
	assert_int_equal(expects_judge(&none, &c, 100, 2).state, EXPECTS_HELD);
	assert_int_equal(expects_judge(&none, &c, 100, 5).state, EXPECTS_HELD);
	c.value = 3;
	assert_int_equal(expects_judge(&none, &c, 100, 2).state,
			 EXPECTS_BROKEN);
}

static void test_system_counts(void **state)
{
	struct system_counts before = { 0 }, after = { 0 }, total = { 0 };

	(void)state;
	system_counts_parse_interrupts(&before,
				       "    CPU0 CPU1\n  0:  5 6 timer\n"
				       "TLB:   10   20   TLB shootdowns\n");
	system_counts_parse_interrupts(&after, " CPU0 CPU1\n"
					       " TLB: 11 25 TLB shootdowns\n");
	system_counts_parse_vmstat(&before, "pgreuse_not 7\npgreuse 5\n");
	system_counts_parse_vmstat(&after, "nr_free 1\npgreuse 9\n");
	system_counts_add(&total, &before, &after);
	for (size_t i = 0; i < SYSTEM_COUNTS_NR; i++) {
		struct counter c = system_counts_at(&total, i);

		if (!strcmp(c.name, "interrupts:TLB"))
			assert_int_equal(c.value, 6);
		else if (!strcmp(c.name, "pgreuse"))
			assert_int_equal(c.value, 4);
		else
			assert_int_equal(c.status, COUNTER_ABSENT);
	}
}

static void test_no_tlb_row(void **state)
{
	struct system_counts c = { 0 };

	(void)state;
	system_counts_parse_interrupts(&c, " CPU0\n IPI0: 5 Rescheduling\n");
	assert_false(c.present[0]);
	system_counts_parse_interrupts(&c, "");
	assert_false(c.present[0]);
}

static const struct {
	struct fl_pace pace;
	uint64_t took_ns, units, next_ns;
} pace_rows[] = {
	{ { .per_s = 1000 }, 10, 1, 1000000 },
	{ { .per_s = 1000 }, 5000000, 1, 1000000 }, /* late: open loop */
	{ { .per_s = 1000 }, 10, 7, 7000000 },
	{ { .duty = 0.25 }, 1000, 1, 4000 },
	{ { .duty = 0.25 }, 1000, 7, 4000 }, /* time, not units */
	{ { .per_s = 1000, .duty = 0.5 }, 1000000, 1, 2000000 },
	{ { .per_s = 1000, .duty = 0.5 }, 10, 1, 1000000 },
};

static void test_paces(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(pace_rows); i++)
		if (role_body_next(&pace_rows[i].pace, 77, pace_rows[i].took_ns,
				   pace_rows[i].units) !=
		    77 + pace_rows[i].next_ns)
			fail_msg("row %zu", i);
}

static void test_inject(void **state)
{
	struct inject_speed speed = { .per_ns = 2, .fixed_ns = 5 };

	(void)state;
	assert_int_equal(inject_size(speed, 100000, 10000), 2 * (1000 - 5));
	assert_int_equal(inject_size(speed, 100, 10000), 0);
	assert_int_equal(inject_size(speed, 100000, 0), 0);
	speed = inject_calibrate();
	assert_true(speed.per_ns > 0);
}

#define NEWER                                                             \
	"print fmt: \"pages:%ld reason:%s (%d)\", REC->pages, "           \
	"__print_symbolic(REC->reason, { 0, \"flush on task switch\" }, " \
	"{ 1, \"remote shootdown\" }, { 4, \"remote IPI send\" }), "      \
	"REC->reason\n"
#define OLDER "{ 0x0, \"flush on task switch\" }, { 3, \"remote ipi send\" }"

static const struct {
	const char *format, *filter;
	size_t bytes;
	int err;
	const char *text;
} filter_rows[] = {
	{ NEWER, "pages == 0xff", 64, 0, "pages == 0xff" },
	{ NEWER, "reason == {remote IPI send}", 64, 0, "reason == 4" },
	{ OLDER, "reason == {remote IPI send}", 64, 0, "reason == 3" },
	{ NEWER, "reason == {remote IPI}", 64, -ENOENT },
	{ NEWER, "reason == {local shootdown}", 64, -ENOENT },
	{ NEWER, "a != {flush on task switch} || b == {remote shootdown}", 64,
	  0, "a != 0 || b == 1" },
	{ NEWER, "reason == {remote IPI send}", 12, 0, "reason == 4" },
	{ NEWER, "reason == {remote IPI send}", 11, -E2BIG },
	{ "", "reason == {remote IPI send}", 64, -ENOENT },
	{ "{ 4, ", "reason == {remote IPI send}", 64, -ENOENT },
};

static void test_filters(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(filter_rows); i++) {
		char text[64] = "";
		int err = tracefs_print_filter(filter_rows[i].format,
					       filter_rows[i].filter, text,
					       filter_rows[i].bytes);

		if (err != filter_rows[i].err ||
		    (!err && strcmp(text, filter_rows[i].text) != 0))
			fail_msg("row %zu: %d, %s", i, err, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_reservoir),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_expects),
		cmocka_unit_test(test_expects_of_params),
		cmocka_unit_test(test_strays),
		cmocka_unit_test(test_system_counts),
		cmocka_unit_test(test_no_tlb_row),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_paces),
		cmocka_unit_test(test_inject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
