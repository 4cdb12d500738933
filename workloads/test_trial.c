// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_trial: a child process that answers, and what oracles say beforehand.
 *
 * The child adds one to what it is sent.  A given share of the questions asks
 * it to lie: "ok" is still expected, the outcome is "bad", and both the counts
 * and the pairs must show it.  One oracle knows when it will lie, the other
 * says the opposite.
 *
 * Where it is told to get stuck, a helper ignores what it is asked, or the
 * measuring thread itself sleeps: whose turn it was must be told.
 *
 * The planted arm asks for lies only, and expects to find each; the detector
 * can be made to miss some.  What counts as exposed is a parameter, too.
 */
#include "workloads/lib/errand.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

struct test_trial_params {
	uint64_t items;	     /* questions a trial */
	uint64_t lie_every;  /* 0: never */
	uint64_t plant;	     /* the arm "planted" is there */
	uint64_t miss_every; /* of what is planted; 0: none is missed */
	uint64_t expose;     /* exposures an item */
	uint64_t late;	     /* the child sleeps past every deadline */
	uint64_t stuck;	     /* how it comes to a halt */
	uint64_t how;	     /* a mistake of the workload's own */
};

struct test_trial {
	uint64_t nr, nr_planted;
	struct errand errand;
};

enum {
	TEST_TRIAL_ARM_ASK,
	TEST_TRIAL_ARM_PLANTED
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
	TEST_TRIAL_STUCK_ERRAND = 1,
	TEST_TRIAL_STUCK_HANG,
	TEST_TRIAL_STUCK_DEAF
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

/* Misses a lie now and then, if it is told to. */
static int test_trial_planted(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct test_trial_params *p = fl_params(run);
	struct test_trial *s = fl_state(run);
	unsigned seen = TEST_TRIAL_BAD;
	int err = test_trial_ask(th, TEST_TRIAL_LIE, &seen);

	if (err)
		return fl_fail(run, err, "the child, a planted lie");

	s->nr_planted++;
	if (p->miss_every && s->nr_planted % p->miss_every == 0)
		seen = TEST_TRIAL_OK;
	fl_judge(th, seen, TEST_TRIAL_BAD, 1);
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

/*
 * A parent waits for its vfork() child in the kernel, whatever it is sent: that
 * is what is wanted here, and the child changes nothing of it.
 */
static int test_trial_be_deaf(struct fl_run *run)
{
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t pid = vfork();

	if (!pid) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause(); /* NOLINT(clang-analyzer-unix.Vfork) */
	}
	return fl_fail(run, -errno, "vfork");
}

static int test_trial_get_stuck(struct fl_thread *th, uint64_t stuck)
{
	struct fl_run *run = fl_thread_run(th);
	struct test_trial *s = fl_state(run);

	if (stuck == TEST_TRIAL_STUCK_ERRAND) {
		fl_stage(th, "waiting for the helper");
		errand_ask(&s->errand);
		return errand_wait(run, &s->errand);
	}
	if (stuck == TEST_TRIAL_STUCK_DEAF) {
		fl_stage(th, "where no signal ends it");
		return test_trial_be_deaf(run);
	}
	fl_stage(th, "asleep for ever");
	for (;;)
		pause();
}

static int test_trial_ignore(struct fl_thread *th)
{
	fl_stage(th, "ignoring what it is asked");
	errand_nap();
	return 0;
}

static bool test_trial_same_cpu(const void *params)
{
	(void)params;
	return true;
}

static int test_trial_trial(struct fl_thread *th)
{
	const struct test_trial_params *p = fl_params(fl_thread_run(th));
	int err = 0;

	if (p->stuck)
		return test_trial_get_stuck(th, p->stuck);
	if (p->how == TEST_TRIAL_SILENT)
		return 0;
	if (p->how == TEST_TRIAL_OUTSIDE)
		fl_judge(th, TEST_TRIAL_NR_OUTCOMES, TEST_TRIAL_OK, 1);
	if (p->how == TEST_TRIAL_UNKNOWN)
		fl_predict(th, TEST_TRIAL_NR_ORACLES, 0, 0, 1);

	fl_stage(th, "asking the child");
	for (uint64_t i = 0; !err && i < p->items; i++)
		err = fl_thread_arm(th) == TEST_TRIAL_ARM_PLANTED
			      ? test_trial_planted(th)
			      : test_trial_item(th);
	fl_expose(th, p->items * p->expose);
	return err;
}

static const char *const test_trial_how[] = { "right", "silent", "outside",
					      "unknown", NULL };

static const char *const test_trial_stuck[] = { "no", "errand", "hang", "deaf",
						NULL };

static const struct fl_param test_trial_table[] = {
	FL_PARAM_U64(struct test_trial_params, items, "1", 1, 4096, "questions",
		     "how many a trial asks"),
	FL_PARAM_U64(struct test_trial_params, lie_every, "0", 0, 1000000,
		     "questions", "one in so many goes wrong, 0: none"),
	FL_PARAM_BOOL(struct test_trial_params, plant, "no",
		      "adds the arm planted: each answer is wrong"),
	FL_PARAM_U64(struct test_trial_params, miss_every, "0", 0, 1000000,
		     "lies", "one planted in so many is not found, 0: none"),
	FL_PARAM_U64(struct test_trial_params, expose, "1", 0, 1000000,
		     "exposures", "of an item"),
	FL_PARAM_BOOL(struct test_trial_params, late, "no",
		      "the child never answers"),
	FL_PARAM_ENUM(struct test_trial_params, stuck, test_trial_stuck, "no",
		      "come to a halt: the helper, or the measuring thread"),
	FL_PARAM_ENUM(struct test_trial_params, how, test_trial_how, "right",
		      "judge nothing, an outcome or an oracle of no table"),
	{ 0 },
};

static const struct fl_arm test_trial_arms[] = {
	{ .name = "ask",
	  .differs = "a question to a child process",
	  .why = "the way there and back" },
	{ .name = "planted",
	  .planted = true,
	  .when = "plant=yes",
	  .differs = "each question asks for a wrong answer",
	  .why = "whether a wrong answer is found" },
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

static const struct fl_role test_trial_roles[] = {
	{ .name = "helper",
	  .kind = FL_ROLE_THREAD,
	  .when = "stuck!=no",
	  .same_cpu = test_trial_same_cpu,
	  .step = test_trial_ignore },
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
	.roles = test_trial_roles,
	.actors = test_trial_actors,
	.outcomes = test_trial_outcomes,
	.oracles = test_trial_oracles,
	.exposure = "answers that could be wrong",
	.max_ops = test_trial_items,
	.trial = test_trial_trial,
};
