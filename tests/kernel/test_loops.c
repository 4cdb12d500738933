// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every loop of fault_loops, as processes and as threads, with its counters:
 * what an iteration is said to be must be what the kernel counted.
 */
#include "agent_call.h"

#include <stdlib.h>

static const struct {
	const char *params;
	unsigned cpus;
	unsigned judged; /* expectations, over both arms */
} rows[] = {
	{ "loop=page_fault1", 1, 2 },
	{ "loop=page_fault1 tasks=2", 2, 2 },
	{ "loop=page_fault2", 1, 2 },
	{ "loop=page_fault3", 1, 2 },
	{ "loop=page_fault3 folios=base tasks=2", 2, 2 },
	{ "loop=mmap1", 1, 4 },
	{ "loop=mmap1 tasks=2", 2, 4 },
	{ "loop=mmap2", 1, 4 },
	{ "loop=tlb_flush1", 1, 4 },
	{ "loop=tlb_flush2", 1, 4 },
	{ "loop=tlb_flush2 tasks=2", 2, 4 },
};

static bool is_of(const json_t *record, const char *type)
{
	return !strcmp(record_text_or(record, "type", ""), type);
}

/* Each was looked at and holds, unless this user may not count. */
static unsigned count_judged(const char *row, const struct agent_outcome *o)
{
	unsigned nr = 0;

	for (size_t i = 0; i < o->nr; i++) {
		const char *state = record_text_or(o->record[i], "state", "");

		if (!is_of(o->record[i], "expect"))
			continue;
		nr++;
		if (!strcmp(state, "unverified"))
			print_message("%s: %s\n", row,
				      record_text_or(o->record[i], "why", ""));
		else
			assert_string_equal(state, "held");
	}
	return nr;
}

/* Both arms went round, and each window says how often. */
static void check_windows(const struct agent_outcome *o)
{
	uint64_t steps, slot;
	unsigned seen = 0;

	for (size_t i = 0; i < o->nr; i++) {
		if (!is_of(o->record[i], "window"))
			continue;
		assert_false(record_u64(o->record[i], "slot", &slot, NULL));
		assert_false(record_u64(o->record[i], "steps", &steps, NULL));
		assert_true(steps > 0);
		seen |= 1U << slot;
	}
	assert_int_equal(seen & 3, 3);
}

static void test_loops(void **state)
{
	unsigned cpus[2], nr = agent_cpus(cpus, 2);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct agent_request r = {
			"launch", "fault_loops",
			"launch_ns=40000000\nlimit_ns=30000000000\n"
			"batch_ops=0\ncounters=2\n",
			rows[i].params, rows[i].cpus
		};
		struct agent_outcome o;

		if (rows[i].cpus > nr)
			continue;
		o = agent_run(&r);
		assert_true(o.done);
		if (strcmp(agent_text(&o, "result", "status"), "skipped") !=
		    0) {
			assert_string_equal(agent_text(&o, "result", "why"),
					    "");
			check_windows(&o);
			assert_int_equal(count_judged(rows[i].params, &o),
					 rows[i].judged);
		}
		agent_outcome_finish(&o);
	}
}

/* Where files cannot be made, who reads it knows which folder to change. */
static void test_no_folder(void **state)
{
	static const struct agent_request r = {
		"launch", "fault_loops",
		"launch_ns=40000000\nlimit_ns=30000000000\nbatch_ops=0\n",
		"loop=page_fault2", 1
	};
	struct agent_outcome o;

	(void)state;
	setenv("TMPDIR", "/nowhere", 1);
	o = agent_run(&r);
	unsetenv("TMPDIR");
	assert_true(o.done);
	assert_string_equal(agent_text(&o, "result", "status"), "fail");
	assert_non_null(strstr(agent_text(&o, "result", "why"), "/nowhere"));
	agent_outcome_finish(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_no_folder),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
