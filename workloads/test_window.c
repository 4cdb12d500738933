// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_window: roles whose numbers are known beforehand.
 *
 * One counts as fast as it goes, another ticks at a given rate: the harness
 * must report that rate, and a count that is not zero.  A third touches pages
 * that are not there; the expectations say that there are four of them, and
 * that the one that counts takes no fault.  What it touches untimed must not
 * be counted.
 */
#include <faultline/run.h>

#include <sys/mman.h>

struct test_window_params {
	uint64_t rate;	   /* ticks a second */
	uint64_t counters; /* instances of the role that counts */
	uint64_t process;  /* they are processes, not threads */
	uint64_t pages;	   /* touched a step */
	uint64_t untimed;  /* they are touched twice, once untimed */
};

struct test_window {
	atomic_ullong ticks; /* over all windows */
	char *area;	     /* of the role that touches, or NULL */
	uint64_t bytes;
};

/* Long enough that the loop around a step does not matter. */
enum {
	TEST_WINDOW_SPINS = 1000
};

static uint64_t test_window_counters(const void *params)
{
	const struct test_window_params *p = params;

	return p->counters;
}

static struct fl_pace test_window_pace(const void *params)
{
	const struct test_window_params *p = params;

	return (struct fl_pace){ .per_s = (double)p->rate };
}

static bool test_window_same_cpu(const void *params)
{
	(void)params;
	return true;
}

static int test_window_count(struct fl_thread *th)
{
	(void)th;
	for (unsigned i = 0; i < TEST_WINDOW_SPINS; i++)
		__asm__ volatile("" ::: "memory");
	return 1;
}

static int test_window_tick(struct fl_thread *th)
{
	struct test_window *s = fl_state(fl_thread_run(th));
	uint64_t t0 = fl_clock_ns();

	atomic_fetch_add(&s->ticks, 1);
	fl_observe(th, 1, fl_clock_ns() - t0);
	return 1;
}

static int test_window_fill(struct fl_run *run)
{
	struct test_window *s = fl_state(run);

	if (madvise(s->area, s->bytes, MADV_DONTNEED))
		return fl_fail(run, -errno, "madvise(MADV_DONTNEED)");
	for (uint64_t at = 0; at < s->bytes; at += run->page_bytes)
		*(volatile char *)(s->area + at) = 1;
	return 1;
}

static int test_window_touch(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct test_window_params *p = fl_params(run);

	if (p->untimed) {
		int ret;

		fl_untimed_begin(th);
		ret = test_window_fill(run);
		fl_untimed_end(th);
		if (ret < 0)
			return ret;
	}
	return test_window_fill(run);
}

static int test_window_setup(struct fl_run *run)
{
	const struct test_window_params *p = fl_params(run);
	struct test_window *s = fl_state(run);
	void *area;

	atomic_init(&s->ticks, 0);
	if (!p->pages)
		return 0;

	s->bytes = p->pages * run->page_bytes;
	area = mmap(NULL, s->bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return fl_fail(run, -errno, "mmap");
	s->area = area;
	/* Else one fault may bring several pages. */
	if (madvise(area, s->bytes, MADV_NOHUGEPAGE) && errno != EINVAL)
		return fl_fail(run, -errno, "madvise(MADV_NOHUGEPAGE)");
	return 0;
}

static void test_window_teardown(struct fl_run *run)
{
	struct test_window *s = fl_state(run);

	if (s->area)
		munmap(s->area, s->bytes);
}

static int test_window_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct test_window *s = fl_state(run);

	(void)nops;
	if (!atomic_load(&s->ticks))
		return fl_fail(run, -EIO, "no tick in a window");

	return 0;
}

static const struct fl_param test_window_table[] = {
	FL_PARAM_U64(struct test_window_params, rate, "1000", 10, 100000, "1/s",
		     "ticks a second"),
	FL_PARAM_U64(struct test_window_params, counters, "1", 1, 64,
		     "instances", "how many count"),
	FL_PARAM_BOOL(struct test_window_params, process, "no",
		      "they are processes, not threads"),
	FL_PARAM_U64(struct test_window_params, pages, "0", 0, 64, "pages",
		     "touched a step by a third role; 4 are expected"),
	FL_PARAM_BOOL(struct test_window_params, untimed, "no",
		      "they are touched twice, once untimed",
		      .when = "pages>0"),
	{ 0 },
};

static const struct fl_arm test_window_arms[] = {
	{ .name = "one", .differs = "nothing", .why = "to be held against" },
	{ .name = "two",
	  .reference = "one",
	  .differs = "nothing",
	  .why = "must come out as the other" },
	{ 0 },
};

static const struct fl_metric test_window_metrics[] = {
	{ .name = "rate",
	  .unit = "1/s",
	  .better = FL_BETTER_HIGHER,
	  .kind = FL_KIND_RATE,
	  .help = "loops of the role that counts" },
	{ .name = "tick",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of a tick" },
	{ 0 },
};

static const struct fl_expect test_window_expects[] = {
	{ .counter = "page-faults",
	  .when = "pages>0",
	  .relation = FL_EXACTLY,
	  .tolerance = 0.01 },
	{ .counter = "page-faults",
	  .role = "touch",
	  .when = "pages>0",
	  .relation = FL_EXACTLY,
	  .per_op = 4,
	  .tolerance = 0.2 },
	{ 0 },
};

static const struct fl_role test_window_roles[] = {
	{ .name = "count",
	  .when = "process=no",
	  .kind = FL_ROLE_THREAD,
	  .count = test_window_counters,
	  .step = test_window_count },
	{ .name = "count-process",
	  .when = "process=yes",
	  .kind = FL_ROLE_PROCESS,
	  .count = test_window_counters,
	  .step = test_window_count },
	{ .name = "tick",
	  .kind = FL_ROLE_THREAD,
	  .pace = test_window_pace,
	  .same_cpu = test_window_same_cpu,
	  .step = test_window_tick },
	{ .name = "touch",
	  .when = "pages>0",
	  .kind = FL_ROLE_THREAD,
	  .pace = test_window_pace,
	  .same_cpu = test_window_same_cpu,
	  .step = test_window_touch },
	{ 0 },
};

FL_DEFINE_WORKLOAD(test_window) = {
	.name = "test_window",
	.summary = "roles whose rates are known: tests window mode",
	.kernel_path = "none",
	.mode = FL_MODE_WINDOW,
	.selftest = true,
	.params_size = sizeof(struct test_window_params),
	.state_size = sizeof(struct test_window),
	.params = test_window_table,
	.arms = test_window_arms,
	.metrics = test_window_metrics,
	.expects = test_window_expects,
	.roles = test_window_roles,
	.setup = test_window_setup,
	.check = test_window_check,
	.teardown = test_window_teardown,
};
