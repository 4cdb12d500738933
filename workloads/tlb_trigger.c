// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlb_trigger: what else flushes the TLB, against flushing page by page.
 *
 * Path: by `what`, all read in 6.12.
 * dontneed: zap_page_range_single(), mm/memory.c; read lock.
 * munmap: do_vmi_align_munmap() -> unmap_region(), mm/vma.c; write lock, and
 *	the page tables go too.
 * pageout: reclaim_pages() -> try_to_unmap_flush(), mm/vmscan.c and mm/rmap.c;
 *	read lock; clean pages of a file, so that no swap is needed.
 * clear-refs: clear_refs_write(), fs/proc/task_mmu.c; write lock, the whole
 *	address space.
 *
 * Each collects what it changes in a gather and flushes when the walk is over,
 * as write-protection does.  A call a page flushes a page at a time.  The
 * control is the same call where there is no page: nothing is flushed.
 *
 * A range of munmap is a part of a larger mapping, so a call also cuts that
 * mapping; its control does too.  clear-refs cannot be told a range: it has no
 * call a page, and it needs a kernel with soft-dirty bits.
 */
#include "lib/evicted_file.h"
#include "lib/flush_cost.h"
#include "lib/region.h"
#include "lib/remote_cpu.h"
#include "lib/wp_area.h"

#include <faultline/uapi_compat.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	WHAT_DONTNEED,
	WHAT_MUNMAP,
	WHAT_PAGEOUT,
	WHAT_CLEAR_REFS,
};

enum {
	ARM_WHOLE,
	ARM_BY_PAGE,
	ARM_EMPTY,
};

enum {
	METRIC_LATENCY,
	METRIC_STOLEN,
};

enum {
	MAX_OPS = 512,
	MAX_BYTES = 16 << 20, /* unless one op needs more */
};

struct tlb_trigger_params {
	uint64_t what;
	uint64_t range;
	uint64_t backing;
	uint64_t align;
	uint64_t remote;
	uint64_t remote_state;
};

struct tlb_trigger {
	struct region region;
	struct evicted_file file; /* instead of it, for pageout */
	char *base;		  /* of the one or the other */
	struct region_slots slots;
	struct responders responders;
	int clear_refs; /* the file + 1; 0: not open */
};

static struct region_slots slots_of(const void *params)
{
	const struct tlb_trigger_params *p = params;
	const struct region_slots_spec spec = {
		.backing = (enum region_backing)p->backing,
		.align = (enum region_align)p->align,
		.len = p->range,
		.max_bytes = MAX_BYTES,
		.max_nr = p->what == WHAT_CLEAR_REFS ? 1 : MAX_OPS,
	};

	return region_slots_of(&spec, (size_t)sysconf(_SC_PAGESIZE),
			       region_pmd_bytes());
}

static uint64_t tlb_trigger_max_ops(const void *params)
{
	return slots_of(params).nr;
}

static uint64_t tlb_trigger_memory(const void *params)
{
	struct region_slots slots = slots_of(params);

	return region_slots_span(&slots, slots.nr);
}

static int open_clear_refs(struct fl_run *run)
{
	struct tlb_trigger *s = fl_state(run);
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return fl_fail(run, -errno, "/proc/self/clear_refs");

	s->clear_refs = fd + 1;
	return 0;
}

static int add_memory(struct fl_run *run)
{
	const struct tlb_trigger_params *p = fl_params(run);
	struct tlb_trigger *s = fl_state(run);
	size_t bytes = region_slots_span(&s->slots, s->slots.nr);
	int err;

	if (p->what == WHAT_PAGEOUT)
		err = evicted_file_init(run, &s->file, bytes);
	else
		err = wp_area_map(run, &s->region,
				  (enum region_backing)p->backing, bytes);
	s->base = p->what == WHAT_PAGEOUT ? s->file.base : s->region.base;
	return err;
}

static int tlb_trigger_setup(struct fl_run *run)
{
	const struct tlb_trigger_params *p = fl_params(run);
	struct tlb_trigger *s = fl_state(run);
	int err;

	if (p->range % region_unit_bytes((enum region_backing)p->backing))
		return fl_skip(run, "range is not a multiple of the page, or "
				    "of the huge page of backing=hugetlb");

	s->slots = slots_of(p);
	if (s->slots.nr > run->max_ops)
		s->slots.nr = run->max_ops;
	err = add_memory(run);
	if (!err)
		err = responders_init(&s->responders, p->remote,
				      run->page_bytes);
	if (err)
		return fl_fail(run, err, "memory and other CPUs");

	return p->what == WHAT_CLEAR_REFS ? open_clear_refs(run) : 0;
}

static void tlb_trigger_teardown(struct fl_run *run)
{
	struct tlb_trigger *s = fl_state(run);

	if (s->clear_refs)
		close(s->clear_refs - 1);
	responders_finish(&s->responders);
	evicted_file_finish(&s->file);
	region_finish(&s->region);
}

static bool has_responders(const struct tlb_trigger_params *p)
{
	return p->remote && p->remote_state == REMOTE_CPU_USER;
}

/* Mapped anew, so that no arm finds what another left. */
static int renew_region(struct fl_run *run, uint64_t nops, bool empty)
{
	struct tlb_trigger *s = fl_state(run);
	int err = region_renew(&s->region);

	if (err)
		return fl_fail(run, err, "mapping the region anew");
	for (uint64_t i = 0; i < nops && !empty; i++)
		region_write(&s->region, region_slot(&s->slots, i),
			     s->slots.len);
	return 0;
}

/* Read from the disk in one go, and mapped page by page. */
static int fill_file(struct fl_run *run, uint64_t nops, bool empty)
{
	struct tlb_trigger *s = fl_state(run);
	size_t bytes = region_slots_span(&s->slots, nops);

	if (madvise(s->base, bytes, MADV_DONTNEED))
		return fl_fail(run, -errno, "madvise(MADV_DONTNEED)");
	if (empty)
		return 0;
	if (madvise(s->base, bytes, MADV_WILLNEED) ||
	    madvise(s->base, bytes, MADV_POPULATE_READ))
		return fl_fail(run, -errno, "reading %zu bytes of a file",
			       bytes);
	return 0;
}

static int tlb_trigger_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct tlb_trigger_params *p = fl_params(run);
	struct tlb_trigger *s = fl_state(run);
	bool empty = fl_thread_arm(th) == ARM_EMPTY;
	int err = p->what == WHAT_PAGEOUT ? fill_file(run, nops, empty)
					  : renew_region(run, nops, empty);

	if (!err && has_responders(p))
		responders_mark(&s->responders);
	return err;
}

static int call_dontneed(const struct tlb_trigger *s, char *start, size_t len)
{
	(void)s;
	return madvise(start, len, MADV_DONTNEED) ? -errno : 0;
}

static int call_munmap(const struct tlb_trigger *s, char *start, size_t len)
{
	(void)s;
	return munmap(start, len) ? -errno : 0;
}

static int call_pageout(const struct tlb_trigger *s, char *start, size_t len)
{
	(void)s;
	return madvise(start, len, MADV_PAGEOUT) ? -errno : 0;
}

/* 4: the soft-dirty bits of the whole address space. */
static int call_clear_refs(const struct tlb_trigger *s, char *start, size_t len)
{
	(void)start;
	(void)len;
	return pwrite(s->clear_refs - 1, "4", 1, 0) == 1 ? 0 : -errno;
}

static const struct {
	const char *name;
	int (*call)(const struct tlb_trigger *s, char *start, size_t len);
} triggers[] = {
	[WHAT_DONTNEED] = { "madvise(MADV_DONTNEED)", call_dontneed },
	[WHAT_MUNMAP] = { "munmap", call_munmap },
	[WHAT_PAGEOUT] = { "madvise(MADV_PAGEOUT)", call_pageout },
	[WHAT_CLEAR_REFS] = { "clear_refs", call_clear_refs },
};

static int tlb_trigger_op(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct tlb_trigger_params *p = fl_params(run);
	const struct tlb_trigger *s = fl_state(run);
	size_t len = s->slots.len;
	size_t piece = fl_thread_arm(th) == ARM_BY_PAGE ? run->page_bytes : len;

	for (uint64_t i = 0; i < nops; i++) {
		char *slot = s->base + region_slot(&s->slots, i);

		for (size_t at = 0; at < len; at += piece) {
			int err = triggers[p->what].call(s, slot + at, piece);

			if (err)
				return fl_fail(run, err, "%s",
					       triggers[p->what].name);
		}
	}
	return 0;
}

static double pages_of(const void *params)
{
	const struct tlb_trigger_params *p = params;

	return (double)p->range / (double)sysconf(_SC_PAGESIZE);
}

static double calls_of(const void *params, unsigned arm)
{
	return arm == ARM_BY_PAGE ? pages_of(params) : 1;
}

static double flushes_of(const void *params, unsigned arm)
{
	return arm == ARM_EMPTY ? 0 : calls_of(params, arm);
}

/* Reclaim may leave a page that somebody else has in hand, not most of them. */
static int check_gone(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct tlb_trigger_params *p = fl_params(run);
	struct tlb_trigger *s = fl_state(run);
	size_t pages = region_slots_span(&s->slots, nops) / run->page_bytes;
	size_t there = 0;

	if (p->what != WHAT_PAGEOUT || fl_thread_arm(th) == ARM_EMPTY)
		return 0;

	for (size_t i = 0; i < pages; i++) {
		unsigned char in_core = 0;

		if (mincore(s->base + i * run->page_bytes, 1, &in_core))
			return fl_fail(run, -errno, "mincore");
		there += in_core & 1;
	}
	return there * 2 < pages ? 0
				 : fl_fail(run, -EBUSY,
					   "%zu of %zu pages are still there "
					   "after madvise(MADV_PAGEOUT)",
					   there, pages);
}

static int tlb_trigger_check(struct fl_thread *th, uint64_t nops)
{
	const struct tlb_trigger_params *p = fl_params(fl_thread_run(th));
	struct tlb_trigger *s = fl_state(fl_thread_run(th));

	if (has_responders(p))
		responders_observe(th, &s->responders, nops,
				   flushes_of(p, fl_thread_arm(th)),
				   METRIC_STOLEN, 0);
	/* Else the next mapping of anybody may lie where it was. */
	return p->what == WHAT_MUNMAP ? renew_region(fl_thread_run(th), 0, true)
				      : check_gone(th, nops);
}

static uint64_t tlb_trigger_pool(const void *params)
{
	const struct tlb_trigger_params *p = params;

	return region_pool_pages((enum region_backing)p->backing,
				 tlb_trigger_memory(p));
}

static uint64_t remote_count(const void *params)
{
	return ((const struct tlb_trigger_params *)params)->remote;
}

static uint64_t weight_by_page(const void *params)
{
	return (uint64_t)pages_of(params);
}

static int user_step(struct fl_thread *th)
{
	struct tlb_trigger *s = fl_state(fl_thread_run(th));

	return responder_step(&s->responders, th->index);
}

static struct flush_cost cost_of(const void *params, unsigned arm)
{
	const struct tlb_trigger_params *p = params;
	bool responds = remote_cpu_responds(
		(enum remote_cpu_state)p->remote_state);
	double flushes = flushes_of(params, arm);

	return (struct flush_cost){
		.calls = calls_of(params, arm),
		.changed = arm == ARM_EMPTY ? 0 : pages_of(params),
		.flushes = flushes,
		.pages = pages_of(params),
		.responders = responds ? flushes * (double)p->remote : 0,
	};
}

FLUSH_COST_TERMS(tlb_trigger_terms, cost_of);

static const char *const what_names[] = {
	[WHAT_DONTNEED] = "dontneed",
	[WHAT_MUNMAP] = "munmap",
	[WHAT_PAGEOUT] = "pageout",
	[WHAT_CLEAR_REFS] = "clear-refs",
	NULL,
};

static const struct fl_param tlb_trigger_table[] = {
	FL_PARAM_ENUM(struct tlb_trigger_params, what, what_names, "dontneed",
		      "what flushes"),
	FL_PARAM_SIZE(struct tlb_trigger_params, range, "hpage", 4096, 1 << 30,
		      "bytes of an op"),
	FL_PARAM_ENUM(struct tlb_trigger_params, backing, region_backing_names,
		      "anon-4k", "kind of memory", .when = "what!=pageout"),
	FL_PARAM_ENUM(struct tlb_trigger_params, align, region_align_names,
		      "hpage",
		      "the range begins on a huge page's boundary or in as few "
		      "page tables as can be, or has a boundary inside",
		      .when = "what!=pageout"),
	FL_PARAM_U64(struct tlb_trigger_params, remote, "0", 0, 1024, "threads",
		     "other CPUs that the flush may have to reach"),
	FL_PARAM_ENUM(struct tlb_trigger_params, remote_state, remote_cpu_names,
		      "user", "what they do", .when = "remote>0"),
	{ 0 },
};

static const struct fl_arm tlb_trigger_arms[] = {
	[ARM_WHOLE] = { .name = "whole",
			.differs = "one call: one flush, at the end",
			.why = "what kernels do today" },
	[ARM_BY_PAGE] = { .name = "by-page",
			  .reference = "whole",
			  .when = "what!=clear-refs backing!=anon-thp "
				  "backing!=hugetlb range>page "
				  "range<=2048page",
			  .weight = weight_by_page,
			  .differs = "a call a page: a flush a page",
			  .why = "upper bound of a kernel that does not defer" },
	[ARM_EMPTY] = { .name = "empty",
			.reference = "whole",
			.differs = "no page is there",
			.why = "the call, and no flush" },
	{ 0 },
};

static const struct fl_metric tlb_trigger_metrics[] = {
	[METRIC_LATENCY] = { .name = "latency",
			     .unit = "ns",
			     .better = FL_BETTER_LOWER,
			     .kind = FL_KIND_LATENCY,
			     .help = "time of an op on the CPU that calls" },
	[METRIC_STOLEN] = { .name = "stolen",
			    .unit = "ns",
			    .better = FL_BETTER_LOWER,
			    .kind = FL_KIND_LATENCY,
			    .when = "remote>0 remote_state=user",
			    .help = "time that an op takes from another CPU" },
	{ 0 },
};

static const struct fl_need tlb_trigger_needs[] = {
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ FL_FEATURE_SOFT_DIRTY, "what=clear-refs" },
	{ FL_FEATURE_POPULATE_WRITE, "what=pageout" },
	{ 0 },
};

static const struct fl_system tlb_trigger_system[] = {
	WP_AREA_POOL(tlb_trigger_pool),
	{ 0 },
};

/* The tracepoint knows nothing of broadcast flushes; see tlb_flush. */
static const struct fl_expect tlb_trigger_expects[] = {
	{ .counter = "page-faults", .relation = FL_EXACTLY, .tolerance = 0.01 },
	{ .counter = "tlb:tlb_flush/local",
	  .arm = "whole",
	  .when = "remote<3",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.05 },
	{ .counter = "tlb:tlb_flush/local",
	  .arm = "by-page",
	  .when = "remote<3",
	  .relation = FL_AT_LEAST,
	  .of = pages_of,
	  .relative = true,
	  .tolerance = 0.05 },
	{ .counter = "tlb:tlb_flush/local",
	  .arm = "empty",
	  .when = "remote<3 what!=clear-refs",
	  .relation = FL_EXACTLY,
	  .tolerance = 0.05 },
	{ 0 },
};

static const struct fl_role tlb_trigger_roles[] = {
	REMOTE_CPU_ROLES(remote_count, user_step),
	{ 0 },
};

FL_DEFINE_WORKLOAD(tlb_trigger) = {
	.name = "tlb_trigger",
	.summary = "what else flushes the TLB, against flushing page by page",
	.kernel_path = "zap_page_range_single(), mm/memory.c; "
		       "do_vmi_align_munmap(), mm/mmap.c; "
		       "clear_refs_write(), fs/proc/task_mmu.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct tlb_trigger_params),
	.state_size = sizeof(struct tlb_trigger),
	.params = tlb_trigger_table,
	.arms = tlb_trigger_arms,
	.metrics = tlb_trigger_metrics,
	.terms = tlb_trigger_terms,
	.needs = tlb_trigger_needs,
	.system = tlb_trigger_system,
	.expects = tlb_trigger_expects,
	.roles = tlb_trigger_roles,
	.max_ops = tlb_trigger_max_ops,
	.memory = tlb_trigger_memory,
	.setup = tlb_trigger_setup,
	.prepare = tlb_trigger_prepare,
	.op = tlb_trigger_op,
	.check = tlb_trigger_check,
	.teardown = tlb_trigger_teardown,
};
