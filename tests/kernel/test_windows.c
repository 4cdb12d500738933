// SPDX-License-Identifier: GPL-2.0-only
/* Windows as a driver sees them: whose steps were counted, and what else. */
#include "agent_call.h"

#include <stdlib.h>

static void test_window(void **state)
{
	static const char *const params[] = { NULL, "process=yes" };
	unsigned cpus[2];

	(void)state;
	if (agent_cpus(cpus, 2) < 2)
		skip();
	for (size_t i = 0; i < 2; i++) {
		const struct agent_request r = { "launch", "test_window",
						 "launch_ns=200000000\n"
						 "limit_ns=20000000000\n"
						 "batch_ops=0\n",
						 params[i], 2 };
		struct agent_outcome o = agent_run(&r);
		unsigned windows = 0;

		assert_true(o.done);
		assert_string_equal(agent_text(&o, "result", "why"), "");
		for (size_t k = 0; k < o.nr; k++) {
			uint64_t steps;

			if (strcmp(record_text_or(o.record[k], "type", ""),
				   "window") != 0)
				continue;
			windows++;
			assert_int_equal(
				record_u64(o.record[k], "steps", &steps, NULL),
				0);
			assert_true(steps > 0);
		}
		assert_true(windows >= 4); /* two arms, two roles */
		agent_outcome_finish(&o);
	}
}

static uint64_t sum_of(const struct agent_outcome *o, const char *type,
		       const char *key, uint64_t slot)
{
	uint64_t sum = 0, at, value;

	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), type) &&
		    !record_u64(o->record[i], "slot", &at, NULL) &&
		    at == slot && !record_u64(o->record[i], key, &value, NULL))
			sum += value;
	return sum;
}

/* A value for each step, and none is lost, however many there are. */
static void check_observed(const struct agent_outcome *o, uint64_t slot)
{
	uint64_t steps = sum_of(o, "window", "steps", slot);

	assert_true(steps > 4096);
	assert_int_equal(sum_of(o, "observed", "count", slot), steps);
	assert_int_equal(sum_of(o, "observed", "lost", slot), 0);
}

/* Of each arm only its own role runs, also where that needs no second CPU. */
static void test_roles_of_arms(void **state)
{
	static const char *const roles[] = { "thread", "process" };
	static const struct agent_request r = {
		"launch", "null_window",
		"launch_ns=80000000\nbatch_ops=0\n"
		"limit_ns=20000000000\n",
		"instances=1 observe=yes", 1
	};
	struct agent_outcome o = agent_run(&r);
	unsigned windows[2] = { 0 };

	(void)state;
	assert_true(o.done);
	assert_string_equal(agent_text(&o, "result", "why"), "");
	for (size_t i = 0; i < o.nr; i++) {
		uint64_t slot;

		if (strcmp(record_text_or(o.record[i], "type", ""), "window") !=
		    0)
			continue;
		assert_int_equal(record_u64(o.record[i], "slot", &slot, NULL),
				 0);
		assert_in_range(slot, 0, 1);
		assert_string_equal(record_text_or(o.record[i], "role", ""),
				    roles[slot]);
		windows[slot]++;
	}
	assert_true(windows[0] && windows[0] == windows[1]);
	check_observed(&o, 0);
	check_observed(&o, 1);
	agent_outcome_finish(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_roles_of_arms),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
