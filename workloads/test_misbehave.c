// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_misbehave: whatever a workload must not do, on request.
 *
 * The tests of agent and driver start it to see that each kind is caught and
 * named.  `delay` is a known effect: the arm "delayed" takes 50 us longer.
 * `swap` wants system state, and fails where it has not got it.
 */
#include <faultline/protocol.h>
#include <faultline/run.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum test_misbehave_how {
	HOW_NO,
	HOW_CRASH,
	HOW_HANG,
	HOW_GARBAGE,
	HOW_EXPECT,
	HOW_FAIL,
	HOW_SKIP,
	HOW_EXIT,
};

enum {
	TEST_MISBEHAVE_DELAY_NS = 50000,
	TEST_MISBEHAVE_ARM_DELAYED = 1
};

struct test_misbehave_params {
	uint64_t how;
	uint64_t delay;
	uint64_t swap;
};

static const char *const test_misbehave_hows[] = {
	"no",	"crash", "hang", "garbage", "expect",
	"fail", "skip",	 "exit", NULL,
};

static int test_misbehave_setup(struct fl_run *run)
{
	const struct test_misbehave_params *p = fl_params(run);
	struct sysinfo info;

	if (p->how == HOW_SKIP)
		return fl_skip(run, "skipped because how=skip says so");
	if (!p->swap)
		return 0;

	if (sysinfo(&info))
		return fl_fail(run, -errno, "sysinfo");
	if ((uint64_t)info.freeswap * info.mem_unit < p->swap)
		return fl_fail(run, -ENOSPC, "there is less free swap");
	return 0;
}

static int test_misbehave_garbage(struct fl_run *run)
{
	static const char junk[] = "{\"type\":\"samples\",,\x01\xff\n";

	if (write(FL_RECORD_FD, junk, sizeof(junk) - 1) < 0)
		return fl_fail(run, -errno, "writing garbage");

	return 0;
}

static int test_misbehave_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct test_misbehave_params *p = fl_params(run);

	(void)nops;
	switch (p->how) {
	case HOW_CRASH:
		return raise(SIGSEGV);
	case HOW_GARBAGE:
		return test_misbehave_garbage(run);
	case HOW_FAIL:
		return fl_fail(run, -EIO, "failed because how=fail says so");
	case HOW_EXIT:
		_exit(7);
	default:
		return 0;
	}
}

static void test_misbehave_sleep(uint64_t ns)
{
	uint64_t until = fl_clock_ns() + ns;

	while (fl_clock_ns() < until)
		;
}

static int test_misbehave_op(struct fl_thread *th, uint64_t nops)
{
	const struct test_misbehave_params *p = fl_params(fl_thread_run(th));
	bool delayed = p->delay &&
		       fl_thread_arm(th) == TEST_MISBEHAVE_ARM_DELAYED;

	while (p->how == HOW_HANG)
		pause();

	for (uint64_t i = 0; i < nops; i++) {
		__asm__ volatile("" ::: "memory");
		if (delayed)
			test_misbehave_sleep(TEST_MISBEHAVE_DELAY_NS);
	}
	return 0;
}

/* Against a step of an empty loop. */
static uint64_t test_misbehave_weight(const void *params)
{
	(void)params;
	return TEST_MISBEHAVE_DELAY_NS;
}

static uint64_t test_misbehave_swap(const void *params)
{
	return ((const struct test_misbehave_params *)params)->swap;
}

static const struct fl_system test_misbehave_system[] = {
	{ .knob = "swap", .amount = test_misbehave_swap },
	{ 0 },
};

static const struct fl_param test_misbehave_table[] = {
	FL_PARAM_ENUM(struct test_misbehave_params, how, test_misbehave_hows,
		      "no", "what goes wrong"),
	FL_PARAM_BOOL(struct test_misbehave_params, delay, "no",
		      "adds the arm delayed, 50 us longer an op"),
	FL_PARAM_SIZE(struct test_misbehave_params, swap, "0", 0,
		      UINT64_C(1) << 40, "free swap that it wants"),
	{ 0 },
};

static const struct fl_arm test_misbehave_arms[] = {
	{ .name = "plain",
	  .differs = "an empty loop",
	  .why = "to be held against" },
	{ .name = "delayed",
	  .reference = "plain",
	  .when = "delay=yes",
	  .weight = test_misbehave_weight,
	  .differs = "50 us of spinning in each op",
	  .why = "a known effect" },
	{ 0 },
};

static const struct fl_metric test_misbehave_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of an op" },
	{ 0 },
};

static struct fl_amount test_misbehave_loop(const void *params, unsigned arm)
{
	(void)params;
	(void)arm;
	return (struct fl_amount){ 1, 1 };
}

static struct fl_amount test_misbehave_delay(const void *params, unsigned arm)
{
	(void)params;
	return (struct fl_amount){ arm == TEST_MISBEHAVE_ARM_DELAYED, 50 };
}

static const struct fl_term test_misbehave_terms[] = {
	{ .name = "loop",
	  .unit = "ns",
	  .words = "a pass through the loop",
	  .amount = test_misbehave_loop },
	{ .name = "delay",
	  .unit = "ns/us",
	  .words = "of spinning",
	  .amount = test_misbehave_delay },
	{ 0 },
};

static const struct fl_expect test_misbehave_expects[] = {
	{ .counter = "page-faults",
	  .when = "how=expect",
	  .relation = FL_EXACTLY,
	  .per_op = 1 },
	{ .counter = "page-faults",
	  .when = "how!=expect",
	  .relation = FL_EXACTLY },
	{ 0 },
};

FL_DEFINE_WORKLOAD(test_misbehave) = {
	.name = "test_misbehave",
	.summary = "crashes, hangs and lies on request: tests the harness",
	.kernel_path = "none",
	.mode = FL_MODE_BATCH,
	.selftest = true,
	.params_size = sizeof(struct test_misbehave_params),
	.params = test_misbehave_table,
	.arms = test_misbehave_arms,
	.metrics = test_misbehave_metrics,
	.terms = test_misbehave_terms,
	.system = test_misbehave_system,
	.expects = test_misbehave_expects,
	.setup = test_misbehave_setup,
	.prepare = test_misbehave_prepare,
	.op = test_misbehave_op,
};
