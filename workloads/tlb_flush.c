// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlb_flush: flush now or later, when memory is write-protected.
 *
 * Path: change_protection() and the flush at the end of its gather
 * (mm/mprotect.c, mm/mmu_gather.c); for the scan pagemap_scan_pmd_entry()
 * (fs/proc/task_mmu.c); flush_tlb_mm_range() (arch/x86/mm/tlb.c; all read in
 * 6.12).
 *
 * The arms protect the same kind of hot page.  They differ in when the other
 * CPUs are told: one call flushes once, when its walk is over (deferred); a
 * call a page flushes page by page, after the page-table lock is dropped, and
 * so bounds from above what a kernel would pay that does not defer;
 * PAGEMAP_SCAN flushes once a page table and holds its lock meanwhile.  That
 * last one needs a region of its own, where a write unprotects by itself, so
 * the deferred call is measured there too.
 *
 * The controls protect what is protected, which flushes nothing.  Where the
 * kernel flushes even so, they walk page tables without pages; a fact says
 * which.
 *
 * With remote CPUs in user space a batch counts only if each of them was seen
 * to be interrupted by at least half of the flushes; what they report is in
 * lib/responder.h.  How long one of them can still write is another workload,
 * stale_window.
 */
#include "lib/flush_cost.h"
#include "lib/remote_cpu.h"
#include "lib/wp_ways.h"

enum {
	ARM_DEFERRED,
	ARM_BY_PAGE,
	ARM_CHUNKED,
	ARM_NO_FLUSH,
	ARM_NO_FLUSH_BY_PAGE,
	ARM_MPROTECT,
	ARM_MPROTECT_BY_PAGE,
	ARM_ASYNC_DEFERRED,
	ARM_ASYNC_SCAN,
};

enum {
	METRIC_LATENCY,
	METRIC_STOLEN,
	METRIC_REFILL,
};

enum {
	MAX_OPS = 512,
	MAX_BYTES = 16 << 20, /* of each area, unless one op needs more */
};

struct tlb_flush_params {
	uint64_t range;
	uint64_t chunk;
	uint64_t backing;
	uint64_t align;
	uint64_t dirty;
	uint64_t remote;
	uint64_t remote_state;
};

struct tlb_flush {
	struct wp_ways ways;
	struct responders responders;
};

static const struct wp_way ways[] = {
	[ARM_DEFERRED] = { .kind = WP_AREA_SYNC },
	[ARM_BY_PAGE] = { .kind = WP_AREA_SYNC, .piece = WP_WAY_PAGE },
	[ARM_CHUNKED] = { .kind = WP_AREA_SYNC, .piece = WP_WAY_CHUNK },
	[ARM_NO_FLUSH] = { .kind = WP_AREA_SYNC, .control = true },
	[ARM_NO_FLUSH_BY_PAGE] = { .kind = WP_AREA_SYNC,
				   .piece = WP_WAY_PAGE,
				   .control = true },
	[ARM_MPROTECT] = { .kind = WP_AREA_PLAIN },
	[ARM_MPROTECT_BY_PAGE] = { .kind = WP_AREA_PLAIN,
				   .piece = WP_WAY_PAGE },
	[ARM_ASYNC_DEFERRED] = { .kind = WP_AREA_ASYNC },
	[ARM_ASYNC_SCAN] = { .kind = WP_AREA_ASYNC, .scan = true },
};

static struct wp_shape shape_of(const struct tlb_flush_params *p)
{
	return (struct wp_shape){
		.backing = (enum region_backing)p->backing,
		.align = (enum region_align)p->align,
		.range = p->range,
		.chunk = p->chunk,
		.max_bytes = MAX_BYTES,
		.max_nr = MAX_OPS,
		.dirty = p->dirty,
	};
}

static struct wp_way_counts counts_of(const void *params, unsigned arm)
{
	struct wp_shape shape = shape_of(params);

	return wp_way_counts(&ways[arm], &shape);
}

static uint64_t tlb_flush_max_ops(const void *params)
{
	struct wp_shape shape = shape_of(params);

	return wp_ways_max_ops(&shape);
}

static uint64_t tlb_flush_memory(const void *params)
{
	struct wp_shape shape = shape_of(params);

	return wp_ways_bytes(&shape, wp_ways_max_ops(&shape));
}

static int tlb_flush_setup(struct fl_run *run)
{
	const struct tlb_flush_params *p = fl_params(run);
	struct tlb_flush *s = fl_state(run);
	struct wp_shape shape = shape_of(p);
	int err = wp_ways_init(run, &s->ways, &shape, true);

	if (err)
		return err;

	err = responders_init(&s->responders, p->remote, run->page_bytes);
	return err ? fl_fail(run, err, "other CPUs") : 0;
}

static void tlb_flush_teardown(struct fl_run *run)
{
	struct tlb_flush *s = fl_state(run);

	responders_finish(&s->responders);
	wp_ways_finish(&s->ways);
}

static struct wp_area *area_of(struct fl_thread *th)
{
	struct tlb_flush *s = fl_state(fl_thread_run(th));

	return wp_ways_area(&s->ways, &ways[fl_thread_arm(th)]);
}

/* Who can say that a flush has reached them. */
static bool has_responders(const struct tlb_flush_params *p)
{
	return p->remote && p->remote_state == REMOTE_CPU_USER;
}

static void aim_responders(struct fl_thread *th)
{
	struct tlb_flush *s = fl_state(fl_thread_run(th));
	struct wp_area *area = area_of(th);
	size_t pages = area->populated
			       ? area->slots.len / area->region.page_bytes
			       : 0;

	responders_aim(&s->responders, wp_area_slot(area, 0), pages);
	responders_mark(&s->responders);
}

static int tlb_flush_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct tlb_flush_params *p = fl_params(run);
	struct tlb_flush *s = fl_state(run);
	int err = wp_ways_prepare(run, &s->ways, &ways[fl_thread_arm(th)],
				  nops);

	if (!err && has_responders(p))
		aim_responders(th);
	return err;
}

static int tlb_flush_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct tlb_flush *s = fl_state(run);

	return wp_ways_call(run, &s->ways, &ways[fl_thread_arm(th)], nops);
}

static int tlb_flush_check(struct fl_thread *th, uint64_t nops)
{
	const struct tlb_flush_params *p = fl_params(fl_thread_run(th));
	struct tlb_flush *s = fl_state(fl_thread_run(th));
	struct wp_area *area = area_of(th);

	if (has_responders(p))
		responders_observe(th, &s->responders, nops,
				   counts_of(p, fl_thread_arm(th)).flushes,
				   METRIC_STOLEN, METRIC_REFILL);

	return area->populated ? wp_area_check(th, area, nops, true) : 0;
}

static uint64_t remote_count(const void *params)
{
	return ((const struct tlb_flush_params *)params)->remote;
}

/* Other CPUs that each flush interrupts. */
static double responders_of(const void *params)
{
	const struct tlb_flush_params *p = params;

	return remote_cpu_responds((enum remote_cpu_state)p->remote_state)
		       ? (double)p->remote
		       : 0;
}

static int user_step(struct fl_thread *th)
{
	struct tlb_flush *s = fl_state(fl_thread_run(th));

	return responder_step(&s->responders, th->index);
}

/* A call a page, against one. */
static uint64_t weight_by_page(const void *params)
{
	return (uint64_t)counts_of(params, ARM_BY_PAGE).calls;
}

static struct flush_cost cost_of(const void *params, unsigned arm)
{
	const struct wp_way *way = &ways[arm];
	struct wp_way_counts c = counts_of(params, arm);
	bool plain = way->kind == WP_AREA_PLAIN;

	return (struct flush_cost){
		.calls = plain || way->scan ? 0 : c.calls,
		.mprotects = plain ? c.calls : 0,
		.scans = way->scan ? c.calls : 0,
		.walked = way->scan ? 0 : c.entries,
		.scanned = way->scan ? c.entries : 0,
		.changed = way->scan || way->control ? 0 : c.entries,
		.flushes = c.flushes,
		.pages = c.entries,
		.responders = c.flushes * responders_of(params),
	};
}

FLUSH_COST_TERMS(tlb_flush_terms, cost_of);

static const struct fl_param tlb_flush_table[] = {
	WP_WAYS_PARAMS(struct tlb_flush_params),
	FL_PARAM_BOOL(struct tlb_flush_params, dirty, "yes",
		      "the pages were written to; no: only read"),
	FL_PARAM_U64(struct tlb_flush_params, remote, "0", 0, 1024, "threads",
		     "other CPUs that the flush may have to reach"),
	FL_PARAM_ENUM(struct tlb_flush_params, remote_state, remote_cpu_names,
		      "user", "what they do", .when = "remote>0"),
	{ 0 },
};

/* Pages of the hugetlb pool are flushed in any case: no control without. */
static const struct fl_arm tlb_flush_arms[] = {
	[ARM_DEFERRED] = { .name = "deferred",
			   .differs = "one UFFDIO_WRITEPROTECT: one flush, "
				      "at the end",
			   .why = "what kernels do today" },
	[ARM_BY_PAGE] = { .name = "by-page",
			  .reference = "deferred",
			  .when = WP_WAYS_BY_PAGE,
			  .weight = weight_by_page,
			  .differs = "a call a page: a flush a page",
			  .why = "upper bound of a kernel that does not defer" },
	[ARM_CHUNKED] = { .name = "chunked",
			  .reference = "deferred",
			  .when = WP_WAYS_CHUNKED,
			  .differs = "calls of `chunk` bytes",
			  .why = "between the two" },
	[ARM_NO_FLUSH] = { .name = "no-flush",
			   .reference = "deferred",
			   .when = "backing!=hugetlb",
			   .differs = "one call, nothing left to protect",
			   .why = "call and walk" },
	[ARM_NO_FLUSH_BY_PAGE] = { .name = "no-flush-by-page",
				   .reference = "by-page",
				   .when = WP_WAYS_BY_PAGE,
				   .weight = weight_by_page,
				   .differs = "a call a page, nothing left to "
					      "protect",
				   .why = "calls and walk, and no flush" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "deferred",
			   .differs = "one mprotect, another region",
			   .why = "the same walk under the write lock" },
	[ARM_MPROTECT_BY_PAGE] = { .name = "mprotect-by-page",
				   .reference = "mprotect",
				   .when = WP_WAYS_BY_PAGE,
				   .weight = weight_by_page,
				   .differs = "an mprotect a page",
				   .why = "write lock and flush a page" },
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

#define LATENCY(name_, when_, help_)                                      \
	{                                                                 \
		.name = (name_), .unit = "ns", .better = FL_BETTER_LOWER, \
		.kind = FL_KIND_LATENCY, .when = (when_), .help = (help_) \
	}
#define WITH_RESPONDERS "remote>0 remote_state=user"

static const struct fl_metric tlb_flush_metrics[] = {
	[METRIC_LATENCY] = LATENCY("latency", NULL,
				   "time of an op on the CPU that protects"),
	[METRIC_STOLEN] = LATENCY("stolen", WITH_RESPONDERS,
				  "time that an op takes from another CPU"),
	[METRIC_REFILL] = LATENCY("refill", WITH_RESPONDERS,
				  "reading up to 64 hot pages there after an "
				  "interrupt, above reading them again"),
	{ 0 },
};

static const struct fl_need tlb_flush_needs[] = {
	WP_AREA_NEEDS,
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ 0 },
};

static uint64_t tlb_flush_pool(const void *params)
{
	struct wp_shape shape = shape_of(params);

	return wp_ways_pool_pages(&shape);
}

static const struct fl_system tlb_flush_system[] = {
	WP_AREA_POOL(tlb_flush_pool),
	{ 0 },
};

static double expect_by_page(const void *params)
{
	return counts_of(params, ARM_BY_PAGE).flushes;
}

static double expect_chunked(const void *params)
{
	return counts_of(params, ARM_CHUNKED).flushes;
}

static double expect_scan(const void *params)
{
	return counts_of(params, ARM_ASYNC_SCAN).flushes;
}

/*
 * The tracepoint knows nothing of flushes that the hardware broadcasts, which
 * the kernel uses for address spaces on more than three CPUs; hence remote<3.
 * Of the hugetlb pool the kernel flushes once for the pages and once more at
 * the end (hugetlb_change_protection(), mm/hugetlb.c, seen on 6.18).
 */
#define LOCAL(relation_, arm_, when_, ...)                                   \
	{                                                                    \
		.counter = "tlb:tlb_flush/local", .arm = (arm_),             \
		.when = (when_), .relation = (relation_), .tolerance = 0.05, \
		__VA_ARGS__                                                  \
	}
#define EXACTLY(arm_, ...) \
	LOCAL(FL_EXACTLY, arm_, "remote<3 backing!=hugetlb", __VA_ARGS__)
/* To split a huge page takes a flush more. */
#define EXACTLY_OF(arm_, of_)                                                  \
	LOCAL(FL_EXACTLY, arm_, "remote<3 backing!=hugetlb backing!=anon-thp", \
	      .of = (of_), .relative = true)
#define AT_LEAST_OF(arm_, of_)                                             \
	LOCAL(FL_AT_LEAST, arm_, "remote<3 backing=anon-thp", .of = (of_), \
	      .relative = true)

static const struct fl_expect tlb_flush_expects[] = {
	{ .counter = "page-faults", .relation = FL_EXACTLY, .tolerance = 0.01 },
	EXACTLY("deferred", .per_op = 1),
	EXACTLY_OF("by-page", expect_by_page),
	AT_LEAST_OF("by-page", expect_by_page),
	EXACTLY_OF("chunked", expect_chunked),
	AT_LEAST_OF("chunked", expect_chunked),
	EXACTLY("no-flush", .per_op = 0),
	EXACTLY("no-flush-by-page", .per_op = 0),
	EXACTLY("mprotect", .per_op = 1),
	EXACTLY_OF("mprotect-by-page", expect_by_page),
	AT_LEAST_OF("mprotect-by-page", expect_by_page),
	EXACTLY("async-deferred", .per_op = 1),
	EXACTLY_OF("async-scan", expect_scan),
	LOCAL(FL_AT_LEAST, NULL, "remote<3 backing=hugetlb", .per_op = 1),
	{ .counter = "tlb:tlb_flush/send",
	  .when = "remote=0",
	  .relation = FL_EXACTLY,
	  .tolerance = 0.05 },
	{ 0 },
};

static const struct fl_role tlb_flush_roles[] = {
	REMOTE_CPU_ROLES(remote_count, user_step),
	{ 0 },
};

FL_DEFINE_WORKLOAD(tlb_flush) = {
	.name = "tlb_flush",
	.summary = "flush now or later, when memory is write-protected",
	.kernel_path = "change_protection(), mm/mprotect.c; "
		       "pagemap_scan_pmd_entry(), fs/proc/task_mmu.c; "
		       "flush_tlb_mm_range(), arch/x86/mm/tlb.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct tlb_flush_params),
	.state_size = sizeof(struct tlb_flush),
	.params = tlb_flush_table,
	.arms = tlb_flush_arms,
	.metrics = tlb_flush_metrics,
	.terms = tlb_flush_terms,
	.needs = tlb_flush_needs,
	.system = tlb_flush_system,
	.expects = tlb_flush_expects,
	.roles = tlb_flush_roles,
	.max_ops = tlb_flush_max_ops,
	.memory = tlb_flush_memory,
	.setup = tlb_flush_setup,
	.prepare = tlb_flush_prepare,
	.op = tlb_flush_op,
	.check = tlb_flush_check,
	.teardown = tlb_flush_teardown,
};
