// SPDX-License-Identifier: GPL-2.0-only
/* Which arms run, and that no arm is favoured by its place. */
#include "bench/agent/schedule.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct params {
	uint64_t more;
};

static const struct fl_param param_table[] = {
	FL_PARAM_BOOL(struct params, more, "no", "adds the arm more"),
	{ 0 },
};

static const struct fl_arm good_arms[] = {
	{ .name = "b", .reference = "a" },
	{ .name = "a" },
	{ .name = "more", .reference = "a", .when = "more=yes" },
	{ .name = "scan", .reference = "b", .needs = FL_FEATURE_PAGEMAP_SCAN },
	{ .name = "child", .reference = "scan" },
	{ 0 },
};

static const struct fl_arm no_reference[] = {
	{ .name = "a", .reference = "a" },
	{ 0 },
};

static const struct fl_arm two_references[] = {
	{ .name = "a" },
	{ .name = "b" },
	{ 0 },
};

static const struct fl_arm wrong_name[] = {
	{ .name = "a" },
	{ .name = "b", .reference = "c" },
	{ 0 },
};

static const struct fl_arm needy[] = {
	{ .name = "a", .needs = FL_FEATURE_THP },
	{ .name = "b", .reference = "a" },
	{ 0 },
};

static const struct fl_arm planted_arms[] = {
	{ .name = "p", .planted = true },
	{ .name = "a" },
	{ .name = "b", .reference = "a" },
	{ .name = "q", .planted = true, .needs = FL_FEATURE_THP },
	{ 0 },
};

static const struct fl_arm planted_only[] = {
	{ .name = "p", .planted = true },
	{ 0 },
};

static const struct fl_arm planted_against[] = {
	{ .name = "a" },
	{ .name = "p", .reference = "a", .planted = true },
	{ 0 },
};

static const struct fl_role own_role[] = {
	{ .name = "r" },
	{ .name = "s", .arm = "b" },
	{ 0 },
};

static const struct fl_role lost_role[] = {
	{ .name = "s", .arm = "c" },
	{ 0 },
};

static const struct fl_expect own_expect[] = {
	{ .counter = "page-faults" },
	{ .counter = "page-faults", .role = "s" },
	{ 0 },
};

static const struct fl_expect lost_expect[] = {
	{ .counter = "page-faults", .role = "t" },
	{ 0 },
};

static const struct fl_role here_role[] = {
	{ .name = "s", .first_here = true },
	{ 0 },
};

static enum fl_feature_state has_none(enum fl_feature feature,
				      const char **ret_why)
{
	(void)feature;
	*ret_why = "this machine has nothing";
	return FL_FEATURE_NO;
}

static enum fl_feature_state has_all(enum fl_feature feature,
				     const char **ret_why)
{
	(void)feature;
	(void)ret_why;
	return FL_FEATURE_YES;
}

static const struct {
	const char *what;
	const struct fl_arm *arms;
	uint64_t more;
	bool all, inject, toggle;
	int err;
	const char *slots; /* name/kind/reference */
	const char *skips;
	const struct fl_role *roles;
	enum fl_mode mode;
	const char *why;
	const struct fl_expect *expects;
} rows[] = {
	{ "plain", good_arms, 0, true, false, false, 0,
	  "b/contrast/1 a/reference/0 scan/contrast/0 child/contrast/2 "
	  "a:again/again/1 ",
	  "" },
	{ "more, inject", good_arms, 1, true, true, false, 0,
	  "b/contrast/1 a/reference/0 more/contrast/1 scan/contrast/0 "
	  "child/contrast/3 a:again/again/1 a:inject/inject/1 ",
	  "" },
	{ "toggle", good_arms, 1, true, true, true, 0,
	  "b/contrast/1 a/reference/0 more/contrast/1 scan/contrast/0 "
	  "child/contrast/3 a:again/again/1 a:inject/inject/1 "
	  "a:toggle/toggle/1 ",
	  "" },
	{ "missing feature", good_arms, 0, false, false, false, 0,
	  "b/contrast/1 a/reference/0 a:again/again/1 ",
	  "scan: this machine has nothing; "
	  "child: its reference scan is left out; " },
	{ "no reference", no_reference, 0, true, false, false, -EINVAL, "",
	  "" },
	{ "two references", two_references, 0, true, false, false, -EINVAL, "",
	  "" },
	{ "wrong name", wrong_name, 0, true, false, false, -EINVAL, "", "" },
	{ "no arms", NULL, 0, true, false, false, -EINVAL, "", "" },
	{ "reference missing", needy, 0, false, false, false, -ENODATA, "",
	  "" },
	{ "a role of an arm", good_arms, 0, false, false, false, 0,
	  "b/contrast/1 a/reference/0 a:again/again/1 ",
	  "scan: this machine has nothing; "
	  "child: its reference scan is left out; ",
	  own_role, FL_MODE_WINDOW },
	{ "a role of an arm, in batches", good_arms, 0, true, false, false,
	  -EINVAL, "", "", own_role, FL_MODE_BATCH,
	  "w: role s: an arm is for windows" },
	{ "a role of no arm", good_arms, 0, true, false, false, -EINVAL, "", "",
	  lost_role, FL_MODE_WINDOW, "w: role s: no arm `c`" },
	{ "an expectation of a role", needy, 0, true, false, false, 0,
	  "a/reference/0 b/contrast/0 a:again/again/0 ", "", own_role,
	  FL_MODE_WINDOW, NULL, own_expect },
	{ "an expectation of no role", needy, 0, true, false, false, -EINVAL,
	  "", "", own_role, FL_MODE_WINDOW, "w: page-faults: no role `t`",
	  lost_expect },
	{ "an expectation of a role, in batches", needy, 0, true, false, false,
	  -EINVAL, "", "", NULL, FL_MODE_BATCH,
	  "w: page-faults of role s: only windows count roles", own_expect },
	{ "planted arms", planted_arms, 0, true, false, false, 0,
	  "p/planted/0 a/reference/0 b/contrast/1 q/planted/0 "
	  "a:again/again/1 ",
	  "", NULL, FL_MODE_TRIAL },
	{ "a planted arm that cannot run", planted_arms, 0, false, false, false,
	  0, "p/planted/0 a/reference/0 b/contrast/1 a:again/again/1 ",
	  "q (planted): this machine has nothing; ", NULL, FL_MODE_TRIAL },
	{ "nothing but a planted arm", planted_only, 0, true, false, false,
	  -EINVAL, "", "", NULL, FL_MODE_TRIAL,
	  "w: 0 arms without a reference, not one" },
	{ "a planted arm with a reference", planted_against, 0, true, false,
	  false, -EINVAL, "", "", NULL, FL_MODE_TRIAL,
	  "w: arm p is planted: it has no reference" },
	{ "a planted arm of batches", planted_arms, 0, true, false, false,
	  -EINVAL, "", "", NULL, FL_MODE_BATCH,
	  "w: arm p: only trials are planted" },
	{ "a planted arm of windows", planted_arms, 0, true, false, false,
	  -EINVAL, "", "", NULL, FL_MODE_WINDOW,
	  "w: arm p: only trials are planted" },
	{ "first_here in trials", good_arms, 0, true, false, false, -EINVAL, "",
	  "", here_role, FL_MODE_TRIAL,
	  "w: role s: first_here is for windows" },
};

static void print_schedule(const struct schedule *s, char *slots, char *skips)
{
	for (unsigned i = 0; i < s->nr_slots; i++)
		slots += sprintf(slots, "%s/%s/%u ", s->slots[i].name,
				 schedule_kind_word(s->slots[i].kind),
				 s->slots[i].reference);
	for (unsigned i = 0; i < s->nr_skips; i++)
		skips += sprintf(skips, "%s%s: %s; ", s->skips[i].name,
				 s->skips[i].planted ? " (planted)" : "",
				 s->skips[i].why);
}

static void test_slots(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fl_workload w = { .name = "w",
					       .arms = rows[i].arms,
					       .roles = rows[i].roles,
					       .expects = rows[i].expects,
					       .mode = rows[i].mode,
					       .params = param_table };
		struct params params = { .more = rows[i].more };
		struct units units = { .page_bytes = 4096 };
		struct schedule_request request = {
			.workload = &w,
			.params = &params,
			.units = &units,
			.feature = rows[i].all ? has_all : has_none,
			.again = true,
			.inject = rows[i].inject,
			.toggle = rows[i].toggle,
		};
		char slots[1024] = "", skips[1024] = "";
		struct error e = { 0 };
		struct schedule s;
		int err = schedule_init(&s, &request, &e);

		if (!err)
			print_schedule(&s, slots, skips);
		if (err != rows[i].err || strcmp(slots, rows[i].slots) != 0 ||
		    strcmp(skips, rows[i].skips) != 0 ||
		    (rows[i].why && strcmp(e.text, rows[i].why) != 0))
			fail_msg("%s: %d %s %s %s", rows[i].what, err, e.text,
				 slots, skips);
	}
}

enum {
	BLOCKS = 6000,
	SLOTS = 3
};

/*
 * Each slot must stand in each place of the first half equally often; a slot
 * that is toggled stands in none.
 */
static void test_blocks(void **state)
{
	struct schedule s = { .nr_slots = SLOTS + 1,
			      .slots[SLOTS].kind = SLOT_TOGGLE };
	unsigned at[SLOTS][SLOTS] = { 0 };
	uint64_t rng = 1;

	(void)state;
	assert_int_equal(schedule_untoggled(&s), SLOTS);
	for (unsigned b = 0; b < BLOCKS; b++) {
		uint8_t order[2 * SLOTS];

		schedule_block(&s, &rng, order);
		for (unsigned i = 0; i < SLOTS; i++) {
			assert_int_equal(order[i], order[2 * SLOTS - 1 - i]);
			at[order[i]][i]++;
		}
	}
	/* Binomial with p = 1/3: five standard deviations are 183. */
	for (unsigned slot = 0; slot < SLOTS; slot++)
		for (unsigned i = 0; i < SLOTS; i++)
			assert_in_range(at[slot][i], BLOCKS / 3 - 183,
					BLOCKS / 3 + 183);
}

static void test_seed_repeats(void **state)
{
	struct schedule s = { .nr_slots = 8 };
	uint8_t a[16], b[16], c[16];
	uint64_t rng_a = 5, rng_b = 5;

	(void)state;
	schedule_block(&s, &rng_a, a);
	schedule_block(&s, &rng_b, b);
	assert_memory_equal(a, b, sizeof(a));
	schedule_block(&s, &rng_b, c);
	assert_memory_not_equal(a, c, sizeof(a));
}

static uint64_t thirty(const void *params)
{
	(void)params;
	return 30;
}

static uint64_t nothing(const void *params)
{
	(void)params;
	return 0;
}

/* The copies of the reference weigh what it does. */
static void test_weights(void **state)
{
	static const struct fl_arm arms[] = {
		{ .name = "a" },
		{ .name = "b", .reference = "a", .weight = thirty },
		{ .name = "c", .reference = "a", .weight = nothing },
		{ 0 },
	};
	static const uint64_t wanted[] = { 1, 30, 1, 1 };
	const struct fl_workload w = { .name = "w", .arms = arms };
	struct units units = { .page_bytes = 4096 };
	struct schedule_request request = { .workload = &w,
					    .units = &units,
					    .feature = has_all,
					    .again = true };
	struct schedule s;

	(void)state;
	assert_int_equal(schedule_init(&s, &request, NULL), 0);
	assert_int_equal(s.nr_slots, 4);
	for (unsigned i = 0; i < s.nr_slots; i++)
		assert_int_equal(s.slots[i].weight, wanted[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_seed_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
