// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_trial: a child process that answers, and an oracle that knows better.
 *
 * The child adds one to what it is sent.  A given share of the trials asks it
 * to lie: the oracle still expects "ok", the outcome is "bad", and both the
 * counts and the pairs must show it.
 */
#include <faultline/run.h>

struct test_trial_params {
	uint64_t lie_every; /* 0: never */
	uint64_t late;	    /* the child sleeps past every deadline */
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
	TEST_TRIAL_BAD
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

static int test_trial_trial(struct fl_thread *th, struct fl_trial *ret_trial)
{
	struct fl_run *run = fl_thread_run(th);
	struct test_trial *s = fl_state(run);
	uint32_t cmd = test_trial_cmd(fl_params(run), ++s->nr);
	uint64_t arg = fl_rand(th) >> 1, answer;
	int err = fl_actor_call(run, 0, cmd, arg, &answer);

	if (err)
		return fl_fail(run, err, "the child, trial %llu",
			       (unsigned long long)s->nr);

	ret_trial->outcome = answer == arg + 1 ? TEST_TRIAL_OK : TEST_TRIAL_BAD;
	ret_trial->expected = TEST_TRIAL_OK;
	return 0;
}

static const struct fl_param test_trial_table[] = {
	FL_PARAM_U64(struct test_trial_params, lie_every, "0", 0, 1000000,
		     "trials", "one trial in so many goes wrong, 0: none"),
	FL_PARAM_BOOL(struct test_trial_params, late, "no",
		      "the child never answers"),
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
	  .help = "share of trials as expected" },
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
	.trial = test_trial_trial,
};
