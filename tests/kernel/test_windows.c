// SPDX-License-Identifier: GPL-2.0-only
/* Windows as a driver sees them: whose steps were counted, and what else. */
#include "agent_call.h"

#include <stdlib.h>

/* Of all records of that type, slot and role (NULL: any). */
static uint64_t sum_of(const struct agent_outcome *o, const char *type,
		       const char *key, uint64_t slot, const char *role)
{
	uint64_t sum = 0, at, value;

	for (size_t i = 0; i < o->nr; i++) {
		const json_t *r = o->record[i];

		if (!strcmp(record_text_or(r, "type", ""), type) &&
		    !record_u64(r, "slot", &at, NULL) && at == slot &&
		    (!role || !strcmp(record_text_or(r, "role", ""), role)) &&
		    !record_u64(r, key, &value, NULL))
			sum += value;
	}
	return sum;
}

static uint64_t steps_of(const struct agent_outcome *o, uint64_t slot,
			 const char *role)
{
	return sum_of(o, "window", "steps", slot, role);
}

/* With one instance the least and the most are all. */
static void check_instances(const struct agent_outcome *o, uint64_t slot,
			    const char *role)
{
	uint64_t steps = steps_of(o, slot, role);

	assert_int_equal(sum_of(o, "window", "least_steps", slot, role), steps);
	assert_int_equal(sum_of(o, "window", "most_steps", slot, role), steps);
	assert_int_equal(sum_of(o, "window", "untimed_ns", slot, role), 0);
}

static void test_window(void **state)
{
	static const char *const params[] = { NULL, "process=yes" };
	static const char *const counts[] = { "count", "count-process" };
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
		assert_true(o.done);
		assert_string_equal(agent_text(&o, "result", "why"), "");
		for (uint64_t slot = 0; slot < 2; slot++) {
			assert_true(steps_of(&o, slot, counts[i]) > 0);
			assert_true(steps_of(&o, slot, "tick") > 0);
			check_instances(&o, slot, counts[i]);
		}
		agent_outcome_finish(&o);
	}
}

static const json_t *of_role(const struct agent_outcome *o, const char *type,
			     const char *role)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), type) &&
		    !strcmp(record_text_or(o->record[i], "role", ""), role))
			return o->record[i];

	return NULL;
}

/* An event of a counters record; -1 if it was not counted. */
static double counted(const json_t *record, const char *event)
{
	const json_t *e = record_find(json_object_get(record, "events"), "name",
				      event);

	return record_real_or(e, "value", -1);
}

static void check_scopes(const struct agent_outcome *o)
{
	const json_t *machine = of_role(o, "counters", "");
	const json_t *touch = of_role(o, "counters", "touch");
	const json_t *tick = of_role(o, "counters", "tick");

	assert_non_null(machine);
	assert_non_null(touch);
	assert_non_null(tick);
	assert_null(json_object_get(machine, "role"));
	assert_null(record_find(json_object_get(touch, "events"), "scope",
				"system"));
	assert_null(record_find(json_object_get(machine, "events"), "scope",
				"thread"));
	if (counted(touch, "page-faults") >= 0)
		assert_true(counted(touch, "page-faults") >
			    counted(tick, "page-faults"));
}

/* Each role counts its own: the one that touches, and not the others. */
static const struct {
	const char *params, *touch, *status, *why;
} count_rows[] = {
	{ "pages=4", "held", "ok", "" },
	{ "pages=4 process=yes", "held", "ok", "" },
	{ "pages=4 untimed=yes", "held", "ok", "" },
	{ "pages=3", "broken", "invalid", "arm one: touch: page-faults" },
};

static void test_role_counts(void **state)
{
	unsigned cpus[2];

	(void)state;
	if (agent_cpus(cpus, 2) < 2)
		skip();
	for (size_t i = 0; i < sizeof(count_rows) / sizeof(count_rows[0]);
	     i++) {
		const struct agent_request r = {
			"launch", "test_window",
			"launch_ns=80000000\nlimit_ns=20000000000\n"
			"batch_ops=0\ncounters=1\n",
			count_rows[i].params, 2
		};
		struct agent_outcome o = agent_run(&r);
		const json_t *expect = of_role(&o, "expect", "touch");
		const char *seen = record_text_or(expect, "state", "none");

		assert_true(o.done);
		check_scopes(&o);
		if (!strcmp(seen, "unverified")) {
			print_message("page faults: %s\n",
				      record_text_or(expect, "why", ""));
		} else if (strcmp(seen, count_rows[i].touch) != 0 ||
			   strcmp(agent_text(&o, "result", "status"),
				  count_rows[i].status) != 0 ||
			   !strstr(agent_text(&o, "result", "why"),
				   count_rows[i].why)) {
			fail_msg("%s: %s, %s", count_rows[i].params, seen,
				 agent_text(&o, "result", "why"));
		}
		agent_outcome_finish(&o);
	}
}

/* A value for each step, and none is lost, however many there are. */
static void check_observed(const struct agent_outcome *o, uint64_t slot)
{
	uint64_t steps = steps_of(o, slot, NULL);

	assert_true(steps > 4096);
	assert_int_equal(sum_of(o, "observed", "count", slot, NULL), steps);
	assert_int_equal(sum_of(o, "observed", "lost", slot, NULL), 0);
}

static void check_copies(const struct agent_outcome *o)
{
	static const char *const names[] = { "threads", "processes",
					     "threads:again",
					     "threads:inject" };
	uint64_t slot, nr = 0;

	for (size_t i = 0; i < o->nr; i++) {
		const json_t *r = o->record[i];

		if (strcmp(record_text_or(r, "type", ""), "arm") != 0)
			continue;
		assert_int_equal(record_u64(r, "slot", &slot, NULL), 0);
		assert_int_equal(slot, nr++);
		assert_string_equal(record_text_or(r, "name", ""), names[slot]);
	}
	assert_int_equal(nr, 4);
}

/*
 * Of each arm only its own role runs, also where that needs no second CPU;
 * the copies of the reference run that of the reference.
 */
static void test_roles_of_arms(void **state)
{
	static const char *const roles[] = { "thread", "process", "thread",
					     "thread" };
	static const struct agent_request r = {
		"launch", "null_window",
		"launch_ns=80000000\nbatch_ops=0\n"
		"limit_ns=20000000000\ninject_ppm=10000\n",
		"instances=1 observe=yes", 1
	};
	struct agent_outcome o = agent_run(&r);
	unsigned windows[4] = { 0 };

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
		assert_in_range(slot, 0, 3);
		assert_string_equal(record_text_or(o.record[i], "role", ""),
				    roles[slot]);
		windows[slot]++;
	}
	check_copies(&o);
	for (unsigned i = 0; i < 4; i++) {
		assert_true(windows[0] && windows[0] == windows[i]);
		check_observed(&o, i);
	}
	agent_outcome_finish(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_roles_of_arms),
		cmocka_unit_test(test_role_counts),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
