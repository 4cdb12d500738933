// SPDX-License-Identifier: GPL-2.0-only
/*
 * TEMPLATE: the whole of a small workload; copy it, and say here what it does.
 *
 * Path: the kernel function and file that an op drives, and the version in
 * which you read it: do_anonymous_page(), mm/memory.c (6.12).
 *
 * Then what must hold for an op to be an op.  Here: a touch counts only if it
 * faults, so the region is MADV_NOHUGEPAGE, emptied before each batch, and the
 * harness compares the ops with the page faults that the kernel counted.
 *
 * This file is compiled but not listed: add its name to workload_names in
 * workloads/meson.build and it is.
 */
#include <faultline/run.h>

#include <sys/mman.h>

/* Only uint64_t: bytes, ns, 0 or 1, the index of a choice. */
struct TEMPLATE_params {
	uint64_t size;
};

/* Zeroed before setup(), in MAP_SHARED memory. */
struct TEMPLATE {
	char *area;
	uint64_t bytes;
};

enum {
	TEMPLATE_FRESH,
	TEMPLATE_THERE
}; /* rows of the arms table */

/* The region is one page an op, so it bounds the ops of a batch. */
static uint64_t TEMPLATE_max_ops(const void *params)
{
	const struct TEMPLATE_params *p = params;

	return p->size / 4096;
}

static uint64_t TEMPLATE_memory(const void *params)
{
	const struct TEMPLATE_params *p = params;

	return p->size;
}

/* Once a launch.  Each failure says what was tried; teardown() cleans up. */
static int TEMPLATE_setup(struct fl_run *run)
{
	struct TEMPLATE *s = fl_state(run);
	char *area;

	s->bytes = run->max_ops * run->page_bytes;
	area = mmap(NULL, s->bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return fl_fail(run, -errno, "mmap");

	s->area = area;
	if (madvise(area, s->bytes, MADV_NOHUGEPAGE) && errno != EINVAL)
		return fl_fail(run, -errno, "madvise(MADV_NOHUGEPAGE)");

	return 0;
}

static int TEMPLATE_touch(struct TEMPLATE *s, uint64_t step, uint64_t nops)
{
	for (uint64_t i = 0; i < nops; i++)
		*(volatile char *)(s->area + i * step) = 1;

	return 0;
}

/* Untimed, before each batch: here the arms differ. */
static int TEMPLATE_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct TEMPLATE *s = fl_state(run);

	if (madvise(s->area, s->bytes, MADV_DONTNEED))
		return fl_fail(run, -errno, "madvise(MADV_DONTNEED)");
	if (fl_thread_arm(th) == TEMPLATE_THERE)
		return TEMPLATE_touch(s, run->page_bytes, nops);

	return 0;
}

/* Timed: the path and nothing else. */
static int TEMPLATE_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);

	return TEMPLATE_touch(fl_state(run), run->page_bytes, nops);
}

/* Always called, also after half a setup. */
static void TEMPLATE_teardown(struct fl_run *run)
{
	struct TEMPLATE *s = fl_state(run);

	if (s->area)
		munmap(s->area, s->bytes);
}

static const struct fl_param TEMPLATE_table[] = {
	FL_PARAM_SIZE(struct TEMPLATE_params, size, "4M", 4096, 1ULL << 40,
		      "size of the region"),
	{ 0 },
};

/* The control is an arm like any other: the same loop, nothing to fault. */
static const struct fl_arm TEMPLATE_arms[] = {
	[TEMPLATE_FRESH] = { .name = "fresh",
			     .differs = "a page is missing",
			     .why = "the fault" },
	[TEMPLATE_THERE] = { .name = "there",
			     .reference = "fresh",
			     .differs = "the pages are there already",
			     .why = "what the loop costs without faults" },
	{ 0 },
};

static const struct fl_metric TEMPLATE_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY,
	  .help = "time of a touch" },
	{ 0 },
};

static const struct fl_expect TEMPLATE_expects[] = {
	{ .counter = "page-faults",
	  .arm = "fresh",
	  .relation = FL_EXACTLY,
	  .per_op = 1,
	  .tolerance = 0.01 },
	{ .counter = "page-faults", .arm = "there", .relation = FL_EXACTLY },
	{ 0 },
};

FL_DEFINE_WORKLOAD(TEMPLATE) = {
	.name = "TEMPLATE",
	.summary = "first write to private anonymous memory",
	.kernel_path = "do_anonymous_page(), mm/memory.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct TEMPLATE_params),
	.state_size = sizeof(struct TEMPLATE),
	.params = TEMPLATE_table,
	.arms = TEMPLATE_arms,
	.metrics = TEMPLATE_metrics,
	.expects = TEMPLATE_expects,
	.max_ops = TEMPLATE_max_ops,
	.memory = TEMPLATE_memory,
	.setup = TEMPLATE_setup,
	.prepare = TEMPLATE_prepare,
	.op = TEMPLATE_op,
	.teardown = TEMPLATE_teardown,
};
