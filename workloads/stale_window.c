// SPDX-License-Identifier: GPL-2.0-only
/*
 * stale_window: how long another CPU can still write after protecting began.
 *
 * Path: change_protection(), mm/mprotect.c, which clears the write bits one by
 * one, and flush_tlb_mm_range(), arch/x86/mm/tlb.c, which tells the other CPUs
 * when all is done (read in 6.12).
 *
 * A CPU that wrote to a page before holds an entry that says it may, and goes
 * on writing until it is told.  An op protects one range; a thread on another
 * CPU writes to the first page of it all the time, and the first page is the
 * one whose write bit is cleared first.  The metric is the time from the start
 * of the call to the last write that went through, see lib/stale_writer.h.  The
 * shorter the pieces of a call, the shorter the window.
 *
 * A batch is one op.  It counts only if the writer was writing when the call
 * began.  The arms are those of tlb_flush.
 */
#include "lib/stale_writer.h"
#include "lib/wp_ways.h"

enum {
	ARM_DEFERRED,
	ARM_BY_PAGE,
	ARM_CHUNKED,
	ARM_MPROTECT,
	ARM_ASYNC_DEFERRED,
	ARM_ASYNC_SCAN,
};

enum {
	METRIC_LATENCY,
	METRIC_WINDOW,
};

struct stale_window_params {
	uint64_t range;
	uint64_t chunk;
	uint64_t backing;
	uint64_t align;
};

struct stale_window {
	struct wp_ways ways;
	struct stale_writer writer;
	uint64_t start_ns; /* of the call under way */
};

static const struct wp_way ways[] = {
	[ARM_DEFERRED] = { .kind = WP_AREA_SYNC },
	[ARM_BY_PAGE] = { .kind = WP_AREA_SYNC, .piece = WP_WAY_PAGE },
	[ARM_CHUNKED] = { .kind = WP_AREA_SYNC, .piece = WP_WAY_CHUNK },
	[ARM_MPROTECT] = { .kind = WP_AREA_PLAIN },
	[ARM_ASYNC_DEFERRED] = { .kind = WP_AREA_ASYNC },
	[ARM_ASYNC_SCAN] = { .kind = WP_AREA_ASYNC, .scan = true },
};

static struct wp_shape shape_of(const void *params)
{
	const struct stale_window_params *p = params;

	return (struct wp_shape){
		.backing = (enum region_backing)p->backing,
		.align = (enum region_align)p->align,
		.range = p->range,
		.chunk = p->chunk,
		.max_nr = 1,
		.dirty = true,
	};
}

static uint64_t stale_window_max_ops(const void *params)
{
	(void)params;
	return 1;
}

static uint64_t stale_window_memory(const void *params)
{
	struct wp_shape shape = shape_of(params);

	return wp_ways_bytes(&shape, 1);
}

/* A write to memory that mprotect() protected is a signal, not an event. */
static int stale_window_setup(struct fl_run *run)
{
	struct stale_window *s = fl_state(run);
	struct wp_shape shape = shape_of(fl_params(run));
	const struct region *plain = &s->ways.area[WP_AREA_PLAIN].region;
	int err = wp_ways_init(run, &s->ways, &shape, false);

	if (err)
		return err;

	err = stale_writer_guard(&s->writer, plain->base, plain->bytes);
	return err ? fl_fail(run, err, "a handler of SIGSEGV") : 0;
}

static void stale_window_teardown(struct fl_run *run)
{
	struct stale_window *s = fl_state(run);

	stale_writer_finish(&s->writer);
	wp_ways_finish(&s->ways);
}

static struct wp_area *area_of(struct fl_thread *th)
{
	struct stale_window *s = fl_state(fl_thread_run(th));

	return wp_ways_area(&s->ways, &ways[fl_thread_arm(th)]);
}

static int stale_window_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct stale_window *s = fl_state(run);
	struct wp_area *area = area_of(th);
	int err = wp_ways_prepare(run, &s->ways, &ways[fl_thread_arm(th)],
				  nops);

	if (err)
		return err;

	stale_writer_aim(run, &s->writer, wp_area_slot(area, 0));
	stale_writer_hold(&s->writer, area->kind == WP_AREA_PLAIN);
	return 0;
}

static int stale_window_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct stale_window *s = fl_state(run);

	/* Read close to the call: the window begins with it. */
	s->start_ns = fl_clock_ns();
	return wp_ways_call(run, &s->ways, &ways[fl_thread_arm(th)], nops);
}

static int stale_window_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct stale_window *s = fl_state(run);
	struct wp_area *area = area_of(th);
	bool goes_on = area->kind == WP_AREA_ASYNC;
	uint64_t ns = stale_writer_window(
		run, &s->writer, wp_area_slot(area, 0), goes_on, s->start_ns);
	int err = 0;

	if (ns)
		fl_observe(th, METRIC_WINDOW, ns);
	else
		fl_mark(th, FL_MARK_UNCONFIRMED);
	/* One that goes on has unprotected its page. */
	if (!goes_on)
		err = wp_area_check(th, area, nops, true);
	wp_area_release(area);
	stale_writer_hold(&s->writer, false);
	stale_writer_rest(run, &s->writer);
	return err;
}

static int writer_step(struct fl_thread *th)
{
	struct stale_window *s = fl_state(fl_thread_run(th));

	return stale_writer_step(&s->writer);
}

static void writer_wake(struct fl_thread *th)
{
	struct stale_window *s = fl_state(fl_thread_run(th));

	for (unsigned i = 0; i < WP_WAYS_AREAS; i++)
		wp_area_release(&s->ways.area[i]);
	stale_writer_hold(&s->writer, false);
}

static const struct fl_param stale_window_table[] = {
	WP_WAYS_PARAMS(struct stale_window_params),
	{ 0 },
};

static const struct fl_arm stale_window_arms[] = {
	[ARM_DEFERRED] = { .name = "deferred",
			   .differs = "one UFFDIO_WRITEPROTECT: one flush, "
				      "at the end",
			   .why = "what kernels do today" },
	[ARM_BY_PAGE] = { .name = "by-page",
			  .reference = "deferred",
			  .when = WP_WAYS_BY_PAGE,
			  .differs = "a call a page: a flush a page",
			  .why = "the window of a kernel that does not defer" },
	[ARM_CHUNKED] = { .name = "chunked",
			  .reference = "deferred",
			  .when = WP_WAYS_CHUNKED,
			  .differs = "calls of `chunk` bytes",
			  .why = "between the two" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "deferred",
			   .differs = "one mprotect, another region",
			   .why = "the same walk under the write lock" },
	[ARM_ASYNC_DEFERRED] = { .name = "async-deferred",
				 .reference = "deferred",
				 .needs = FL_FEATURE_WP_ASYNC,
				 .differs = "the region of async-scan",
				 .why = "what that region changes by itself" },
	[ARM_ASYNC_SCAN] = { .name = "async-scan",
			     .reference = "async-deferred",
			     .needs = FL_FEATURE_PAGEMAP_SCAN,
			     .differs = "PAGEMAP_SCAN: a flush a page table, "
					"inside its lock",
			     .why = "the nearest to a synchronous flush" },
	{ 0 },
};

static const struct fl_metric stale_window_metrics[] = {
	[METRIC_LATENCY] = { .name = "latency",
			     .unit = "ns",
			     .better = FL_BETTER_LOWER,
			     .kind = FL_KIND_LATENCY,
			     .help = "time of the call, with a writer that "
				     "waits from the first flush on" },
	[METRIC_WINDOW] = { .name = "window",
			    .unit = "ns",
			    .better = FL_BETTER_LOWER,
			    .kind = FL_KIND_LATENCY,
			    .help = "from the start of the call to the last "
				    "write through an old TLB entry" },
	{ 0 },
};

static const struct fl_need stale_window_needs[] = {
	WP_AREA_NEEDS,
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ 0 },
};

static uint64_t stale_window_pool(const void *params)
{
	struct wp_shape shape = shape_of(params);

	return wp_ways_pool_pages(&shape);
}

static const struct fl_system stale_window_system[] = {
	WP_AREA_POOL(stale_window_pool),
	{ 0 },
};

/* One that the writer's own flush has made needless leaves no event. */
static const struct fl_expect stale_window_expects[] = {
	{ .counter = "tlb:tlb_flush/local",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.5 },
	{ 0 },
};

static const struct fl_role stale_window_roles[] = {
	{ .name = "writer",
	  .kind = FL_ROLE_THREAD,
	  .step = writer_step,
	  .wake = writer_wake },
	{ 0 },
};

FL_DEFINE_WORKLOAD(stale_window) = {
	.name = "stale_window",
	.summary = "how long another CPU can still write after protecting "
		   "began",
	.kernel_path = "change_protection(), mm/mprotect.c; "
		       "pagemap_scan_pmd_entry(), fs/proc/task_mmu.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct stale_window_params),
	.state_size = sizeof(struct stale_window),
	.params = stale_window_table,
	.arms = stale_window_arms,
	.metrics = stale_window_metrics,
	.needs = stale_window_needs,
	.system = stale_window_system,
	.expects = stale_window_expects,
	.roles = stale_window_roles,
	.max_ops = stale_window_max_ops,
	.memory = stale_window_memory,
	.setup = stale_window_setup,
	.prepare = stale_window_prepare,
	.op = stale_window_op,
	.check = stale_window_check,
	.teardown = stale_window_teardown,
};
