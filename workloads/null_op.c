// SPDX-License-Identifier: GPL-2.0-only
/*
 * null_op: nothing, as often as asked.
 *
 * Measures the harness: what a batch costs beside its ops, and that the
 * harness takes no page fault of its own in the timed region.
 */
#include <faultline/run.h>

struct null_op_params {
	uint64_t touch; /* read one resident byte an op */
};

static char null_op_byte;

static int null_op_op(struct fl_thread *th, uint64_t nops)
{
	const struct null_op_params *p = fl_params(fl_thread_run(th));

	if (!p->touch) {
		for (uint64_t i = 0; i < nops; i++)
			__asm__ volatile("" ::: "memory");
		return 0;
	}

	for (uint64_t i = 0; i < nops; i++)
		(void)*(volatile char *)&null_op_byte;
	return 0;
}

static const struct fl_param null_op_table[] = {
	FL_PARAM_BOOL(struct null_op_params, touch, "no",
		      "read one resident byte in each op"),
	{ 0 },
};

static const struct fl_arm null_op_arms[] = {
	{ .name = "null",
	  .differs = "an empty loop",
	  .why = "the harness and nothing else" },
	{ 0 },
};

static const struct fl_metric null_op_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of an op" },
	{ 0 },
};

static const struct fl_expect null_op_expects[] = {
	{ .counter = "page-faults", .relation = FL_EXACTLY },
	{ 0 },
};

FL_DEFINE_WORKLOAD(null_op) = {
	.name = "null_op",
	.summary = "nothing: measures the harness itself",
	.kernel_path = "none",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct null_op_params),
	.params = null_op_table,
	.arms = null_op_arms,
	.metrics = null_op_metrics,
	.expects = null_op_expects,
	.op = null_op_op,
};
