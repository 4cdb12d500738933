// SPDX-License-Identifier: GPL-2.0-only
/*
 * The agent as a driver sees it: jobs in, records out, and each kind of
 * misbehaviour told apart.
 */
#include "agent_call.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#define BATCH_KEYS                                               \
	"batch_ops=200\nlaunch_ns=30000000\nwarmup_ns=5000000\n" \
	"inject_ppm=10000\ncounters=1\nlimit_ns=20000000000\n"
#define SHORT_KEYS                                              \
	"batch_ops=1\nlaunch_ns=1000000\nlimit_ns=1500000000\n" \
	"counters=1\n"

/* The samples must be whole palindromes of all slots. */
static void check_blocks(const struct agent_outcome *o, unsigned nr_slots)
{
	struct record_batches b = { 0 };
	struct error e = { 0 };
	unsigned width = 2 * nr_slots;

	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""),
			    "samples"))
			assert_int_equal(record_batches_add(&b, o->record[i],
							    nr_slots, &e),
					 0);
	assert_true(b.nr >= (size_t)width * 10);
	assert_int_equal(b.nr % width, 0);
	for (size_t at = 0; at < b.nr; at += width)
		for (unsigned i = 0; i < nr_slots; i++)
			assert_int_equal(b.slot[at + i],
					 b.slot[at + width - 1 - i]);
	record_batches_finish(&b);
}

/* The harness takes no page fault of its own, if that can be counted. */
static void check_no_faults(const struct agent_outcome *o)
{
	const char *expect = agent_text(o, "expect", "state");

	if (!strcmp(expect, "unverified"))
		print_message("page faults: %s\n",
			      agent_text(o, "expect", "why"));
	else
		assert_string_equal(expect, "held");
}

static void test_batches(void **state)
{
	static const struct agent_request rows[] = {
		{ "launch", "null_op", BATCH_KEYS, NULL, 1 },
		{ "launch", "null_op", BATCH_KEYS, "touch=yes", 1 },
		{ "launch", "null_fork", BATCH_KEYS, NULL, 1 },
		{ "launch", "null_fork", BATCH_KEYS, "alive=yes", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct agent_outcome o = agent_run(&rows[i]);

		if (o.status || !o.done ||
		    strcmp(agent_text(&o, "result", "status"), "ok") != 0)
			fail_msg("row %zu: status %x, %s", i,
				 (unsigned)o.status,
				 agent_text(&o, "result", "why"));
		assert_ptr_equal(agent_find(&o, "hello"), o.record[0]);
		check_blocks(&o, 3);
		check_no_faults(&o);
		agent_outcome_finish(&o);
	}
}

static void test_calibration(void **state)
{
	static const struct agent_request r = {
		"calibrate", "null_op",
		"batch_ns=20000\nlimit_ns=20000000000\n", NULL, 1
	};
	struct agent_outcome o = agent_run(&r);
	const json_t *c = agent_find(&o, "calibration");
	uint64_t ops, ns;

	(void)state;
	assert_true(o.done);
	assert_non_null(c);
	assert_int_equal(record_u64(c, "batch_ops", &ops, NULL), 0);
	assert_int_equal(record_u64(c, "batch_ns", &ns, NULL), 0);
	assert_true(ops > 1);
	assert_true(ns >= 20000);
	agent_outcome_finish(&o);
}

/* Sums the counts of records of a type whose two outcomes are these. */
static uint64_t sum_pairs(const struct agent_outcome *o, const char *type,
			  const char *keys[2], const char *first,
			  const char *second)
{
	uint64_t sum = 0, count = 0;

	for (size_t i = 0; i < o->nr; i++) {
		const json_t *r = o->record[i];

		if (strcmp(record_text_or(r, "type", ""), type) != 0 ||
		    strcmp(record_text_or(r, keys[0], ""), first) != 0 ||
		    strcmp(record_text_or(r, keys[1], ""), second) != 0)
			continue;
		assert_int_equal(record_u64(r, "count", &count, NULL), 0);
		sum += count;
	}
	return sum;
}

static const json_t *find_oracle(const struct agent_outcome *o,
				 const char *oracle, const char *predicted)
{
	for (size_t i = 0; i < o->nr; i++) {
		const json_t *r = o->record[i];

		if (!strcmp(record_text_or(r, "type", ""), "predicted") &&
		    !strcmp(record_text_or(r, "oracle", ""), oracle) &&
		    !strcmp(record_text_or(r, "predicted", ""), predicted))
			return r;
	}
	return NULL;
}

/* One answer in five is a lie, and that is what the counts say. */
static void test_trials(void **state)
{
	static const struct agent_request r = {
		"launch", "test_trial",
		"launch_ns=20000000\nbatch_ops=0\n"
		"limit_ns=20000000000\n",
		"lie_every=5", 1
	};
	static const char *keys[2] = { "outcome", "expected" };
	struct agent_outcome o = agent_run(&r);
	uint64_t ok = sum_pairs(&o, "trials", keys, "ok", "ok");
	uint64_t bad = sum_pairs(&o, "trials", keys, "bad", "ok"), trials = 0;

	(void)state;
	assert_true(o.done);
	assert_int_equal(bad, (ok + bad) / 5);
	assert_true(ok >= 8);
	assert_int_equal(record_u64(agent_find(&o, "trial_count"), "trials",
				    &trials, NULL),
			 0);
	assert_int_equal(trials, ok + bad);
	agent_outcome_finish(&o);
}

/* What is planted is judged in its own slot; of 30 lies it misses three. */
static void test_planted(void **state)
{
	static const struct agent_request r = {
		"launch", "test_trial",
		"launch_ns=1000000\nwarmup_ns=1000000\nbatch_ops=0\n"
		"trials=6\nlimit_ns=20000000000\n",
		"plant=yes miss_every=10 items=5 expose=2", 1
	};
	static const char *keys[2] = { "outcome", "expected" };
	struct agent_outcome o = agent_run(&r);
	uint64_t exposed = 0, nr_counts = 0;

	(void)state;
	assert_true(o.done);
	assert_string_equal(agent_text(&o, "result", "status"), "ok");
	assert_int_equal(sum_pairs(&o, "trials", keys, "ok", "ok"), 30);
	assert_int_equal(sum_pairs(&o, "trials", keys, "bad", "ok"), 0);
	assert_int_equal(sum_pairs(&o, "trials", keys, "bad", "bad"), 27);
	assert_int_equal(sum_pairs(&o, "trials", keys, "ok", "bad"), 3);
	for (size_t i = 0; i < o.nr; i++) {
		const json_t *record = o.record[i];
		const char *type = record_text_or(record, "type", "");

		if (!strcmp(type, "trial_count")) {
			assert_int_equal(
				record_u64(record, "exposed", &exposed, NULL),
				0);
			assert_int_equal(exposed, 6 * 5 * 2);
			nr_counts++;
		}
		if (!strcmp(type, "arm") &&
		    !strcmp(record_text_or(record, "name", ""), "planted")) {
			assert_string_equal(record_text_or(record, "kind", ""),
					    "planted");
			assert_null(json_object_get(record, "reference"));
		}
	}
	assert_int_equal(nr_counts, 2);
	agent_outcome_finish(&o);
}

/*
 * A given number of trials, however long the warm-up was.  An oracle that
 * knows agrees with what was seen, the other never does; all values that were
 * observed are there, those of the warm-up are not.
 */
static void test_predictions(void **state)
{
	static const struct agent_request r = {
		"launch", "test_trial",
		"launch_ns=1000000\nwarmup_ns=3000000\nbatch_ops=0\n"
		"trials=7\nlimit_ns=20000000000\n",
		"lie_every=3 items=50", 1
	};
	static const char *keys[2] = { "predicted", "seen" };
	struct agent_outcome o = agent_run(&r);
	uint64_t ok, bad, trials, observed, lost;

	(void)state;
	assert_true(o.done);
	assert_string_equal(agent_text(&o, "result", "status"), "ok");
	assert_int_equal(record_u64(agent_find(&o, "trial_count"), "trials",
				    &trials, NULL),
			 0);
	assert_int_equal(trials, 7);

	/* Both oracles name what they predicted: "knows" on the diagonal. */
	ok = sum_pairs(&o, "predicted", keys, "ok", "ok");
	bad = sum_pairs(&o, "predicted", keys, "bad", "bad");
	assert_int_equal(ok + bad, 7 * 50);
	assert_true(bad >= 7 * 50 / 3 && bad <= 7 * 50 / 3 + 1);
	assert_int_equal(sum_pairs(&o, "predicted", keys, "bad", "ok"), ok);
	assert_int_equal(sum_pairs(&o, "predicted", keys, "ok", "bad"), bad);
	assert_string_equal(
		record_text_or(find_oracle(&o, "knows", "ok"), "seen", ""),
		"ok");
	assert_string_equal(
		record_text_or(find_oracle(&o, "wrong", "ok"), "seen", ""),
		"bad");

	assert_int_equal(record_u64(agent_find(&o, "observed"), "count",
				    &observed, NULL),
			 0);
	assert_int_equal(
		record_u64(agent_find(&o, "observed"), "lost", &lost, NULL), 0);
	assert_int_equal(observed, 7 * 50);
	assert_int_equal(lost, 0);
	agent_outcome_finish(&o);
}

static void test_misbehaviour(void **state)
{
	static const struct {
		const char *workload, *params;
		int exit_status, signal;
		bool done;
		const char *status, *why;
	} rows[] = {
		{ "test_misbehave", "how=no", 0, 0, true, "ok", "" },
		{ "test_misbehave", "delay=yes", 0, 0, true, "ok", "" },
		{ "test_misbehave", "how=crash", 0, SIGSEGV, false, "", "" },
		{ "test_misbehave", "how=hang", 3, 0, false, "", "" },
		{ "test_misbehave", "how=garbage", 0, 0, false, "", "" },
		{ "test_misbehave", "how=fail", 0, 0, true, "fail",
		  "how=fail" },
		{ "test_misbehave", "how=skip", 0, 0, true, "skip",
		  "how=skip" },
		{ "test_misbehave", "how=exit", 7, 0, false, "", "" },
		{ "test_trial", "late=yes", 0, 0, true, "fail",
		  "timed out; measuring thread: asking the child" },
		{ "test_trial", "stuck=errand", 0, 0, true, "fail",
		  "the other CPU: Connection timed out; measuring thread: "
		  "waiting for the helper; helper: ignoring what it is asked" },
		{ "test_trial", "how=silent", 0, 0, true, "fail",
		  "a trial without an outcome" },
		{ "test_trial", "how=outside", 0, 0, true, "fail",
		  "that is in no table" },
		{ "test_trial", "how=unknown", 0, 0, true, "fail",
		  "that is in no table" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct agent_request r = { "launch", rows[i].workload,
						 SHORT_KEYS, rows[i].params,
						 1 };
		struct agent_outcome o = agent_run(&r);
		int sig = WIFSIGNALED(o.status) ? WTERMSIG(o.status) : 0;
		int status = WIFEXITED(o.status) ? WEXITSTATUS(o.status) : 0;

		/* A sanitizer turns a crash into an exit status. */
		if (rows[i].signal && !sig)
			sig = status ? rows[i].signal : 0;
		else if (status != rows[i].exit_status)
			sig = -1;
		if (sig != rows[i].signal || o.done != rows[i].done ||
		    strcmp(agent_text(&o, "result", "status"),
			   rows[i].status) != 0 ||
		    !strstr(agent_text(&o, "result", "why"), rows[i].why))
			fail_msg("%s: status %x, done %d, %s, %s",
				 rows[i].params, (unsigned)o.status, o.done,
				 agent_text(&o, "result", "status"),
				 agent_text(&o, "result", "why"));
		agent_outcome_finish(&o);
	}
}

/* Past the limit there are no records, but words. */
static void test_limit(void **state)
{
	static const struct {
		const char *params, *stage;
	} rows[] = {
		{ "stuck=hang", "asleep for ever" },
		{ "stuck=deaf", "where no signal ends it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct agent_request r = { "launch", "test_trial",
						 SHORT_KEYS, rows[i].params,
						 1 };
		struct agent_outcome o = agent_run(&r);
		char wanted[256];

		snprintf(wanted, sizeof(wanted),
			 "faultline-agent: the time limit of the job is over; "
			 "measuring thread: %s; helper: ignoring what it is "
			 "asked\n",
			 rows[i].stage);
		assert_false(o.done);
		assert_true(WIFEXITED(o.status));
		assert_int_equal(WEXITSTATUS(o.status), 3);
		assert_string_equal(o.errors, wanted);
		agent_outcome_finish(&o);
	}
}

static const json_t *arm_terms(const struct agent_outcome *o, const char *arm)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), "arm") &&
		    !strcmp(record_text_or(o->record[i], "name", ""), arm))
			return json_object_get(o->record[i], "terms");
	return NULL;
}

static uint64_t arm_ops(const struct agent_outcome *o, const char *arm)
{
	uint64_t ops = 0;

	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(record_text_or(o->record[i], "type", ""), "arm") &&
		    !strcmp(record_text_or(o->record[i], "name", ""), arm))
			(void)record_u64(o->record[i], "ops", &ops, NULL);
	return ops;
}

/* An arm that weighs more runs fewer ops, and at least one. */
static void test_weight(void **state)
{
	static const struct agent_request r = { "launch", "test_misbehave",
						BATCH_KEYS, "delay=yes", 1 };
	struct agent_outcome o = agent_run(&r);

	(void)state;
	assert_true(o.done);
	assert_int_equal(arm_ops(&o, "plain"), 200);
	assert_int_equal(arm_ops(&o, "plain:again"), 200);
	assert_int_equal(arm_ops(&o, "delayed"), 1);
	agent_outcome_finish(&o);
}

/* Counts that are 0 are not written, nor are terms of the harness's copies. */
static void test_terms(void **state)
{
	static const struct agent_request r = {
		.kind = "launch",
		.workload = "test_misbehave",
		.params = "delay=yes",
		.keys = "batch_ops=1\nlaunch_ns=1000000\n"
			"limit_ns=20000000000\n"
	};
	struct agent_outcome o = agent_run(&r);
	const json_t *term;

	(void)state;
	assert_true(o.done);
	assert_int_equal(json_array_size(arm_terms(&o, "plain")), 1);
	assert_int_equal(json_array_size(arm_terms(&o, "delayed")), 2);
	assert_null(arm_terms(&o, "plain:again"));

	term = json_array_get(arm_terms(&o, "delayed"), 1);
	assert_string_equal(record_text_or(term, "name", ""), "delay");
	assert_int_equal((int)record_real_or(term, "count", 0), 1);
	assert_int_equal((int)record_real_or(term, "size", 0), 50);
	agent_outcome_finish(&o);
}

static void test_broken_expectation(void **state)
{
	static const struct agent_request r = { "launch", "test_misbehave",
						BATCH_KEYS, "how=expect", 1 };
	struct agent_outcome o = agent_run(&r);
	const char *expect = agent_text(&o, "expect", "state");

	(void)state;
	assert_true(o.done);
	if (!strcmp(expect, "unverified")) {
		agent_outcome_finish(&o);
		skip();
	}
	assert_string_equal(expect, "broken");
	assert_string_equal(agent_text(&o, "result", "status"), "invalid");
	assert_non_null(strstr(agent_text(&o, "result", "why"),
			       "arm plain: page-faults"));
	agent_outcome_finish(&o);
}

static void test_probe(void **state)
{
	static const struct agent_request r = {
		.kind = "probe", .keys = "limit_ns=60000000000\n"
	};
	struct agent_outcome o = agent_run(&r);
	const json_t *counters = agent_find(&o, "counters");

	(void)state;
	assert_true(o.done);
	assert_non_null(agent_find(&o, "probe"));
	assert_non_null(counters);
	assert_true(json_array_size(json_object_get(counters, "events")) > 10);
	assert_null(json_object_get(counters, "slot"));
	agent_outcome_finish(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_calibration),
		cmocka_unit_test(test_trials),
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_predictions),
		cmocka_unit_test(test_misbehaviour),
		cmocka_unit_test(test_weight),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_broken_expectation),
		cmocka_unit_test(test_probe),
	};

	if (!getenv("FAULTLINE_AGENT")) {
		fprintf(stderr, "set FAULTLINE_AGENT to the agent's path\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
