// SPDX-License-Identifier: GPL-2.0-only
/*
 * null_window: roles that do nothing, as threads and as processes.
 *
 * Threads share an address space and the harness's memory, processes only the
 * latter.  A step writes what the harness itself writes in a window, the
 * number of steps and, on request, a value: if that lay on a cache line that
 * another instance writes, a step would cost some 50 ns and not 2.  The CPU
 * time of a step must be the same for both arms.  With `work` a step takes
 * long enough for a known delay to be found in it.
 */
#include <faultline/run.h>

struct null_window_params {
	uint64_t instances;
	uint64_t observe;
	uint64_t work; /* rounds of an empty loop a step */
};

enum {
	NULL_WINDOW_VALUE = 1 /* index of the metric */
};

static uint64_t null_window_instances(const void *params)
{
	const struct null_window_params *p = params;

	return p->instances;
}

static int null_window_step(struct fl_thread *th)
{
	const struct null_window_params *p = fl_params(fl_thread_run(th));

	if (p->observe)
		fl_observe(th, NULL_WINDOW_VALUE, 1);
	for (uint64_t i = 0; i < p->work; i++)
		__asm__ volatile("" ::: "memory");
	return 1;
}

static const struct fl_param null_window_table[] = {
	FL_PARAM_U64(struct null_window_params, instances, "2", 1, 4096, "",
		     "threads, or processes"),
	FL_PARAM_BOOL(struct null_window_params, observe, "no",
		      "each step hands over a value"),
	FL_PARAM_U64(struct null_window_params, work, "0", 0, 1000000, "",
		     "rounds of an empty loop a step"),
	{ 0 },
};

static const struct fl_arm null_window_arms[] = {
	{ .name = "threads",
	  .differs = "they share an address space",
	  .why = "to be held against" },
	{ .name = "processes",
	  .reference = "threads",
	  .differs = "each has its own address space",
	  .why = "must come out as the other" },
	{ 0 },
};

static const struct fl_metric null_window_metrics[] = {
	{ .name = "rate",
	  .unit = "1/s",
	  .better = FL_BETTER_HIGHER,
	  .kind = FL_KIND_RATE,
	  .help = "steps of all instances" },
	[NULL_WINDOW_VALUE] = { .name = "value",
				.unit = "ns",
				.better = FL_BETTER_LOWER,
				.kind = FL_KIND_LATENCY,
				.when = "observe=yes",
				.help = "always 1" },
	{ 0 },
};

static const struct fl_role null_window_roles[] = {
	{ .name = "thread",
	  .arm = "threads",
	  .kind = FL_ROLE_THREAD,
	  .count = null_window_instances,
	  .first_here = true,
	  .step = null_window_step },
	{ .name = "process",
	  .arm = "processes",
	  .kind = FL_ROLE_PROCESS,
	  .count = null_window_instances,
	  .first_here = true,
	  .step = null_window_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(null_window) = {
	.name = "null_window",
	.summary = "empty steps of threads and of processes",
	.kernel_path = "none",
	.mode = FL_MODE_WINDOW,
	.selftest = true,
	.params_size = sizeof(struct null_window_params),
	.params = null_window_table,
	.arms = null_window_arms,
	.metrics = null_window_metrics,
	.roles = null_window_roles,
};
