// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_anon: the first touch of a page of private anonymous memory.
 *
 * Path: handle_mm_fault() -> do_anonymous_page(), mm/memory.c (read in 6.12).
 *
 * A write gets a page that is cleared, a read gets the zero page; the control
 * writes to pages that are there.  Page tables are kept between the batches,
 * and pages are small (MADV_NOHUGEPAGE): with huge ones a touch in 512 would
 * fault.  The harness holds the ops against the page faults.
 *
 * Where kernels are compared by instructions, this is the shortest path through
 * a fault that allocates.
 */
#include "lib/region.h"

#include <faultline/run.h>

#include <unistd.h>

enum {
	ARM_WRITE,
	ARM_READ,
	ARM_THERE
};

struct fault_anon_params {
	uint64_t size;
};

struct fault_anon {
	struct region region;
};

static uint64_t fault_anon_max_ops(const void *params)
{
	const struct fault_anon_params *p = params;
	uint64_t nr = p->size / (uint64_t)sysconf(_SC_PAGESIZE);

	return nr ? nr : 1;
}

static uint64_t fault_anon_memory(const void *params)
{
	return ((const struct fault_anon_params *)params)->size;
}

static int fault_anon_setup(struct fl_run *run)
{
	struct fault_anon *s = fl_state(run);
	size_t bytes = run->max_ops * run->page_bytes;
	int err = region_init(&s->region, REGION_ANON_4K, bytes);

	if (!err)
		err = region_make_tables(&s->region);
	return err ? fl_fail(run, err, "%zu bytes of memory", bytes) : 0;
}

static void fault_anon_teardown(struct fl_run *run)
{
	struct fault_anon *s = fl_state(run);

	region_finish(&s->region);
}

static int fault_anon_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct region *r = &((struct fault_anon *)fl_state(run))->region;
	int err = region_empty(r, 0, r->bytes);

	if (err)
		return fl_fail(run, err, "dropping pages");
	if (fl_thread_arm(th) == ARM_THERE)
		region_write(r, 0, nops * run->page_bytes);
	return 0;
}

static int fault_anon_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct fault_anon *s = fl_state(run);
	volatile char *at = s->region.base;
	size_t step = run->page_bytes;

	if (fl_thread_arm(th) == ARM_READ)
		for (uint64_t i = 0; i < nops; i++)
			(void)at[i * step];
	else
		for (uint64_t i = 0; i < nops; i++)
			at[i * step] = 1;
	return 0;
}

static const struct fl_param fault_anon_table[] = {
	FL_PARAM_SIZE(struct fault_anon_params, size, "4M", 4096, 1ULL << 36,
		      "that a batch has at most"),
	{ 0 },
};

static const struct fl_arm fault_anon_arms[] = {
	[ARM_WRITE] = { .name = "write",
			.differs = "a page is missing",
			.why = "the fault, a new page, clearing it" },
	[ARM_READ] = { .name = "read",
		       .reference = "write",
		       .differs = "a read of a missing page",
		       .why = "the fault without a new page" },
	[ARM_THERE] = { .name = "there",
			.reference = "write",
			.differs = "the page is there",
			.why = "the write without the fault" },
	{ 0 },
};

static const struct fl_metric fault_anon_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of a touch" },
	{ 0 },
};

#define FAULTS(arm_, per_op_)                                                \
	{                                                                    \
		.counter = "page-faults", .arm = (arm_),                     \
		.relation = FL_EXACTLY, .per_op = per_op_, .tolerance = 0.01 \
	}

static const struct fl_expect fault_anon_expects[] = {
	FAULTS("write", 1),
	FAULTS("read", 1),
	FAULTS("there", 0),
	{ 0 },
};

FL_DEFINE_WORKLOAD(fault_anon) = {
	.name = "fault_anon",
	.summary = "the first touch of a page of private memory",
	.kernel_path = "do_anonymous_page(), mm/memory.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct fault_anon_params),
	.state_size = sizeof(struct fault_anon),
	.params = fault_anon_table,
	.arms = fault_anon_arms,
	.metrics = fault_anon_metrics,
	.expects = fault_anon_expects,
	.max_ops = fault_anon_max_ops,
	.memory = fault_anon_memory,
	.setup = fault_anon_setup,
	.prepare = fault_anon_prepare,
	.op = fault_anon_op,
	.teardown = fault_anon_teardown,
};
