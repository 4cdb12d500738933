// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_trial: a child process that answers, and what oracles say beforehand.
 *
 * The child adds one to what it is sent.  A given share of the questions asks
 * it to lie: "ok" is still expected, the outcome is "bad", and both the counts
 * and the pairs must show it.  One oracle knows when it will lie, the other
 * says the opposite.
 */
#include <faultline/run.h>

struct test_trial_params {
	uint64_t items;	    /* questions a trial */
	uint64_t lie_every; /* 0: never */
	uint64_t late;	    /* the child sleeps past every deadline */
	uint64_t how;	    /* a mistake of the workload's own */
};

struct test_trial {
	uint64_t nr;
};

enum {
	TEST_TRIAL_ADD,
	TEST_TRIAL_LIE,
	TEST_TRIAL_HANG
};
enum {
	TEST_TRIAL_OK,
	TEST_TRIAL_BAD,
	TEST_TRIAL_NR_OUTCOMES
};
enum {
	TEST_TRIAL_KNOWS,
	TEST_TRIAL_WRONG,
	TEST_TRIAL_NR_ORACLES
};
enum {
	TEST_TRIAL_ANSWER_NS = 1
};
enum {
	TEST_TRIAL_RIGHT,
	TEST_TRIAL_SILENT,
	TEST_TRIAL_OUTSIDE,
	TEST_TRIAL_UNKNOWN
};

static int test_trial_serve(struct fl_run *run, uint32_t cmd, uint64_t arg,
			    uint64_t *ret_value)
{
	struct timespec hour = { .tv_sec = 3600 };

	(void)run;
	if (cmd == TEST_TRIAL_HANG)
		nanosleep(&hour, NULL);
	*ret_value = cmd == TEST_TRIAL_LIE ? arg : arg + 1;
	return 0;
}

static uint32_t test_trial_cmd(const struct test_trial_params *p, uint64_t nr)
{
	if (p->late)
		return TEST_TRIAL_HANG;

	return p->lie_every && nr % p->lie_every == 0 ? TEST_TRIAL_LIE
						      : TEST_TRIAL_ADD;
}

static uint64_t test_trial_items(const void *params)
{
	const struct test_trial_params *p = params;

	return p->items;
}

static int test_trial_ask(struct fl_thread *th, uint32_t cmd,
			  unsigned *ret_outcome)
{
	uint64_t arg = fl_rand(th) >> 1, t0 = fl_clock_ns(), answer;
	int err = fl_actor_call(fl_thread_run(th), 0, cmd, arg, &answer);

	if (err)
		return err;

	fl_observe(th, TEST_TRIAL_ANSWER_NS, fl_clock_ns() - t0);
	*ret_outcome = answer == arg + 1 ? TEST_TRIAL_OK : TEST_TRIAL_BAD;
	return 0;
}

static int test_trial_item(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct test_trial *s = fl_state(run);
	uint32_t cmd = test_trial_cmd(fl_params(run), ++s->nr);
	unsigned lies = cmd == TEST_TRIAL_LIE, outcome = 0;
	int err = test_trial_ask(th, cmd, &outcome);

	if (err)
		return fl_fail(run, err, "the child, question %llu",
			       (unsigned long long)s->nr);

	fl_judge(th, outcome, TEST_TRIAL_OK, 1);
	fl_predict(th, TEST_TRIAL_KNOWS, lies, outcome, 1);
	fl_predict(th, TEST_TRIAL_WRONG, !lies, outcome, 1);
	return 0;
}

static int test_trial_trial(struct fl_thread *th)
{
	const struct test_trial_params *p = fl_params(fl_thread_run(th));
	int err = 0;

	if (p->how == TEST_TRIAL_SILENT)
		return 0;
	if (p->how == TEST_TRIAL_OUTSIDE)
		fl_judge(th, TEST_TRIAL_NR_OUTCOMES, TEST_TRIAL_OK, 1);
	if (p->how == TEST_TRIAL_UNKNOWN)
		fl_predict(th, TEST_TRIAL_NR_ORACLES, 0, 0, 1);

	for (uint64_t i = 0; !err && i < p->items; i++)
		err = test_trial_item(th);
	return err;
}

static const char *const test_trial_how[] = { "right", "silent", "outside",
					      "unknown", NULL };

static const struct fl_param test_trial_table[] = {
	FL_PARAM_U64(struct test_trial_params, items, "1", 1, 4096, "questions",
		     "how many a trial asks"),
	FL_PARAM_U64(struct test_trial_params, lie_every, "0", 0, 1000000,
		     "questions", "one in so many goes wrong, 0: none"),
	FL_PARAM_BOOL(struct test_trial_params, late, "no",
		      "the child never answers"),
	FL_PARAM_ENUM(struct test_trial_params, how, test_trial_how, "right",
		      "judge nothing, an outcome or an oracle of no table"),
	{ 0 },
};

static const struct fl_arm test_trial_arms[] = {
	{ .name = "ask",
	  .differs = "a question to a child process",
	  .why = "the way there and back" },
	{ 0 },
};

static const struct fl_metric test_trial_metrics[] = {
	{ .name = "expected",
	  .unit = "",
	  .better = FL_BETTER_HIGHER,
	  .kind = FL_KIND_RATIO,
	  .help = "share of answers as expected" },
	[TEST_TRIAL_ANSWER_NS] = { .name = "answer",
				   .unit = "ns",
				   .better = FL_BETTER_LOWER,
				   .kind = FL_KIND_LATENCY,
				   .help = "from the question to the answer" },
	{ 0 },
};

static const struct fl_actor test_trial_actors[] = {
	{ .name = "child", .serve = test_trial_serve },
	{ 0 },
};

static const struct fl_outcome test_trial_outcomes[] = {
	[TEST_TRIAL_OK] = { .name = "ok", .help = "the sum is right" },
	[TEST_TRIAL_BAD] = { .name = "bad", .help = "the sum is wrong" },
	{ 0 },
};

static const struct fl_oracle test_trial_oracles[] = {
	[TEST_TRIAL_KNOWS] = { .name = "knows",
			       .words = "what the child was asked to do" },
	[TEST_TRIAL_WRONG] = { .name = "wrong", .words = "the opposite" },
	{ 0 },
};

FL_DEFINE_WORKLOAD(test_trial) = {
	.name = "test_trial",
	.summary = "a child that answers, sometimes wrongly: tests trial mode",
	.kernel_path = "none",
	.mode = FL_MODE_TRIAL,
	.selftest = true,
	.params_size = sizeof(struct test_trial_params),
	.state_size = sizeof(struct test_trial),
	.params = test_trial_table,
	.arms = test_trial_arms,
	.metrics = test_trial_metrics,
	.actors = test_trial_actors,
	.outcomes = test_trial_outcomes,
	.oracles = test_trial_oracles,
	.max_ops = test_trial_items,
	.trial = test_trial_trial,
};
