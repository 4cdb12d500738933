// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes while memory is being write-protected, as a driver sees it: what is
 * planted is found, nothing is lost or torn on this kernel, and the race does
 * take place.  That it does is luck on a machine whose CPUs have other work, so
 * a launch without any exposure is told and not held against anybody.
 */
#include "agent_call.h"

#include <stdlib.h>

enum {
	NR_CPUS = 2,
	TRIALS = 2
};

#define KEYS                                         \
	"launch_ns=50000000\nlimit_ns=60000000000\n" \
	"batch_ops=0\ncounters=0\ntrials=2\n"
#define ROW(params, nr, lock)                                               \
	{                                                                   \
		{ "launch", "wp_race", KEYS, params " bytes=8M", NR_CPUS }, \
			nr, lock                                            \
	}

static const struct {
	struct agent_request request;
	unsigned planted; /* arms */
	bool apart;	  /* nothing can be exposed */
} rows[] = {
	ROW("by=uffd-wp share=exited", 3, false),
	ROW("by=uffd-wp share=alive", 3, false),
	ROW("by=uffd-wp share=none", 3, false),
	ROW("by=wp-async share=none", 2, false),
	ROW("by=soft-dirty share=none", 2, false),
	ROW("by=mprotect share=exited", 3, true),
	ROW("by=numa share=none", 0, true),
};

static uint64_t sum_judged(const struct agent_outcome *o, const char *outcome,
			   bool as_expected)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < o->nr; i++) {
		const json_t *r = o->record[i];
		bool same = !strcmp(record_text_or(r, "expected", ""),
				    record_text_or(r, "outcome", ""));
		uint64_t count = 0;

		if (strcmp(record_text_or(r, "type", ""), "trials") != 0 ||
		    strcmp(record_text_or(r, "outcome", ""), outcome) != 0 ||
		    same != as_expected)
			continue;
		assert_int_equal(record_u64(r, "count", &count, NULL), 0);
		sum += count;
	}
	return sum;
}

static uint64_t sum_exposed(const struct agent_outcome *o)
{
	uint64_t sum = 0, one;

	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""),
			    "trial_count") &&
		    !record_u64(o->record[i], "exposed", &one, NULL))
			sum += one;
	return sum;
}

static void check_row(size_t row)
{
	struct agent_outcome o = agent_run(&rows[row].request);
	const char *status = agent_text(&o, "result", "status");
	const char *why = agent_text(&o, "result", "why");

	if (!strcmp(status, "skip")) {
		print_message("row %zu skipped: %s\n", row, why);
		agent_outcome_finish(&o);
		return;
	}
	if (o.status || !o.done || strcmp(status, "ok") != 0)
		fail_msg("row %zu: status %x, %s: %s", row, (unsigned)o.status,
			 status, why);

	assert_int_equal(sum_judged(&o, "lost", true) +
				 sum_judged(&o, "torn", true),
			 rows[row].planted * TRIALS);
	assert_int_equal(sum_judged(&o, "lost", false), 0);
	assert_int_equal(sum_judged(&o, "torn", false), 0);
	assert_int_equal(sum_judged(&o, "kept", false), 0);
	assert_true(sum_judged(&o, "kept", true) > 0);
	if (rows[row].apart)
		assert_int_equal(sum_exposed(&o), 0);
	else if (!sum_exposed(&o))
		print_message("row %zu: nothing was exposed\n", row);
	agent_outcome_finish(&o);
}

static void test_rows(void **state)
{
	unsigned cpus[NR_CPUS];

	(void)state;
	if (agent_cpus(cpus, NR_CPUS) < NR_CPUS)
		skip();
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++)
		check_row(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
