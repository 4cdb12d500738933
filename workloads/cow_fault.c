// SPDX-License-Identifier: GPL-2.0-only
/*
 * cow_fault: a write that copies a page, and a write that reuses it.
 *
 * Path: do_wp_page() -> wp_page_copy() or wp_page_reuse(), mm/memory.c;
 * do_huge_pmd_wp_page(), mm/huge_memory.c (read in 6.12).
 *
 * An op is one write to a page, or to a folio, that is mapped read-only.  To be
 * copied a page is shared with a child that sleeps; to be reused it was shared
 * with a child that has exited, so that it is exclusive and not known to be.
 * (After mprotect() there and back the kernel makes such a page writable at
 * once, and no fault comes.)  Two other copies need no child: from the zero
 * page, which is clearing, and from a private mapping of a file.  The control
 * writes to pages that are writable.
 *
 * A huge page that must be copied is split, and only the page written to is
 * copied; where it is reused, it is reused whole.
 *
 * The memory of an arm is shared in one go and used up batch by batch, so its
 * size decides how cold the pages are.  With threads > 1 others write to pages
 * of their own at the same time, in the same address space, as many as the
 * measuring thread in each batch.
 *
 * Every page of a batch is looked at before and behind it: its frame, or, for
 * users that may not see that, whether it is the process's alone.
 */
#include "lib/cow_pages.h"
#include "lib/team.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	ARM_COPY,
	ARM_REUSE,
	ARM_READY,
	ARM_ZERO,
	ARM_FILE,
	NR_ARMS,
};

enum {
	METRIC_LATENCY,
	METRIC_RATE,
};

enum {
	TOUCH_PAGE,
	TOUCH_FOLIO
};

enum {
	FEW = 50 /* one page in so many may go another way */
};

struct cow_fault_params {
	uint64_t backing;
	uint64_t touch;
	uint64_t size;
	uint64_t threads;
};

struct cow_fault {
	struct cow_arm {
		struct cow_pages pages;
		size_t used; /* writes, since it was shared */
		bool ready;
	} arm[NR_ARMS];
	struct team team;
	uint64_t *before, *after; /* entries of a batch, by thread */
};

static const enum cow_pages_kind kinds[NR_ARMS] = {
	[ARM_COPY] = COW_PAGES_SHARED, [ARM_REUSE] = COW_PAGES_LEFT,
	[ARM_READY] = COW_PAGES_OWN,   [ARM_ZERO] = COW_PAGES_ZERO,
	[ARM_FILE] = COW_PAGES_FILE,
};

static enum cow_pages_backing backing_of(const struct cow_fault_params *p)
{
	return (enum cow_pages_backing)p->backing;
}

/* From one write to the next. */
static size_t stride_of(const struct cow_fault_params *p)
{
	return p->touch == TOUCH_FOLIO ? cow_pages_folio_bytes(backing_of(p))
				       : (size_t)sysconf(_SC_PAGESIZE);
}

static uint64_t cow_fault_max_ops(const void *params)
{
	const struct cow_fault_params *p = params;
	uint64_t nr = p->size / stride_of(p);

	return nr ? nr : 1;
}

/* Of one thread: page tables are never shared between threads. */
static size_t apart(const struct cow_fault_params *p)
{
	size_t unit = region_pmd_bytes();

	return (p->size + unit - 1) / unit * unit;
}

static uint64_t cow_fault_memory(const void *params)
{
	const struct cow_fault_params *p = params;

	return (NR_ARMS + 1) * apart(p) * p->threads;
}

/* Arms of small pages alone mean nothing elsewhere. */
static bool has_arm(const struct cow_fault_params *p, unsigned arm)
{
	return backing_of(p) == COW_PAGES_4K || arm <= ARM_READY;
}

static int cow_fault_setup(struct fl_run *run)
{
	const struct cow_fault_params *p = fl_params(run);
	struct cow_fault *s = fl_state(run);
	size_t entries = run->max_ops * p->threads;
	int err = 0;

	s->before = calloc(entries, sizeof(*s->before));
	s->after = calloc(entries, sizeof(*s->after));
	if (!s->before || !s->after)
		return fl_fail(run, -ENOMEM, "%zu entries", entries);

	for (unsigned i = 0; i < NR_ARMS && !err; i++)
		if (has_arm(p, i))
			err = cow_pages_init(run, &s->arm[i].pages, kinds[i],
					     backing_of(p),
					     apart(p) * p->threads);
	return err;
}

static void cow_fault_teardown(struct fl_run *run)
{
	struct cow_fault *s = fl_state(run);

	for (unsigned i = 0; i < NR_ARMS; i++)
		cow_pages_finish(&s->arm[i].pages);
	free(s->before);
	free(s->after);
}

static int look(struct fl_thread *th, uint64_t nops, uint64_t *ret_entries)
{
	struct fl_run *run = fl_thread_run(th);
	const struct cow_fault_params *p = fl_params(run);
	struct cow_fault *s = fl_state(run);
	const struct cow_arm *arm = &s->arm[fl_thread_arm(th)];
	int err = 0;

	for (uint64_t i = 0; i < p->threads && !err; i++) {
		const struct cow_pages_part part = {
			.offset = i * apart(p) + arm->used * stride_of(p),
			.stride = stride_of(p),
			.nr = nops,
		};

		err = cow_pages_look(run, &arm->pages, &part,
				     ret_entries + i * nops);
	}
	return err;
}

static int cow_fault_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct cow_fault_params *p = fl_params(run);
	struct cow_fault *s = fl_state(run);
	struct cow_arm *arm = &s->arm[fl_thread_arm(th)];
	struct team_work work = { .apart = apart(p),
				  .stride = stride_of(p),
				  .nr = nops };

	if (!arm->ready || arm->used + nops > cow_fault_max_ops(p)) {
		int err = cow_pages_renew(run, &arm->pages);

		if (err)
			return err;
		arm->used = 0;
		arm->ready = true;
	}
	work.base = arm->pages.region.base + arm->used * work.stride;
	team_set(&s->team, (unsigned)p->threads, &work);
	return look(th, nops, s->before);
}

static int cow_fault_op(struct fl_thread *th, uint64_t nops)
{
	struct cow_fault *s = fl_state(fl_thread_run(th));

	(void)nops;
	team_write(&s->team);
	return 0;
}

/* Writes that do not fault are over before others could begin. */
static void watch_team(struct fl_thread *th)
{
	struct cow_fault *s = fl_state(fl_thread_run(th));

	fl_observe(th, METRIC_RATE, (uint64_t)team_rate(&s->team));
	if (fl_thread_arm(th) != ARM_READY && team_overlap(&s->team) < 0.5)
		fl_mark(th, FL_MARK_UNCONFIRMED);
}

/* Did the pages go the way that the arm is named after? */
static int cow_fault_check(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	const struct cow_fault_params *p = fl_params(run);
	struct cow_fault *s = fl_state(run);
	struct cow_arm *arm = &s->arm[fl_thread_arm(th)];
	size_t nr = nops * p->threads, astray;
	int err = team_wait(run, &s->team);

	if (!err)
		err = look(th, nops, s->after);
	if (err)
		return err;

	if (p->threads > 1)
		watch_team(th);
	arm->used += nops;
	astray = cow_pages_astray(&arm->pages, s->before, s->after, nr);
	return astray * FEW <= nr
		       ? 0
		       : fl_fail(run, -EPROTO, "%zu of %zu pages were not %s",
				 astray, nr,
				 fl_thread_arm(th) == ARM_COPY ? "copied"
				 : fl_thread_arm(th) == ARM_REUSE
					 ? "reused"
					 : "what they should be");
}

static int writer_step(struct fl_thread *th)
{
	struct cow_fault *s = fl_state(fl_thread_run(th));

	return team_step(th, &s->team);
}

static uint64_t other_writers(const void *params)
{
	return ((const struct cow_fault_params *)params)->threads - 1;
}

static const char *const touch_names[] = {
	[TOUCH_PAGE] = "page",
	[TOUCH_FOLIO] = "folio",
	NULL,
};

static const struct fl_param cow_fault_table[] = {
	FL_PARAM_ENUM(struct cow_fault_params, backing, cow_pages_backing_names,
		      "anon-4k", "what the memory consists of"),
	FL_PARAM_ENUM(struct cow_fault_params, touch, touch_names, "page",
		      "a write to each page, or one to each folio",
		      .when = "backing!=anon-4k"),
	FL_PARAM_SIZE(struct cow_fault_params, size, "4M", 4096, 1ULL << 36,
		      "memory that is shared at a time, a thread"),
	FL_PARAM_U64(struct cow_fault_params, threads, "1", 1, TEAM_MAX,
		     "threads", "that write at the same time"),
	{ 0 },
};

static const struct fl_arm cow_fault_arms[] = {
	[ARM_COPY] = { .name = "copy",
		       .differs = "a child has the page too",
		       .why = "fault, new page, copying" },
	[ARM_REUSE] = { .name = "reuse",
			.reference = "copy",
			.differs = "the child has exited",
			.why = "the fault without the copy" },
	[ARM_READY] = { .name = "ready",
			.reference = "copy",
			.differs = "the page is writable",
			.why = "the write without the fault" },
	[ARM_ZERO] = { .name = "zero",
		       .reference = "copy",
		       .when = "backing=anon-4k",
		       .differs = "the zero page is there",
		       .why = "fault, new page, clearing" },
	[ARM_FILE] = { .name = "file",
		       .reference = "copy",
		       .when = "backing=anon-4k",
		       .differs = "a private page of a file in memory",
		       .why = "a copy that needs no child" },
	{ 0 },
};

static const struct fl_metric cow_fault_metrics[] = {
	[METRIC_LATENCY] = { .name = "latency",
			     .unit = "ns",
			     .better = FL_BETTER_LOWER,
			     .kind = FL_KIND_LATENCY,
			     .help = "time of a write" },
	[METRIC_RATE] = { .name = "rate",
			  .unit = "1/s",
			  .better = FL_BETTER_HIGHER,
			  .kind = FL_KIND_RATE,
			  .when = "threads>1",
			  .help = "writes of all threads together" },
	{ 0 },
};

static const struct fl_need cow_fault_needs[] = {
	{ FL_FEATURE_THP, "backing!=anon-4k" },
	{ 0 },
};

static const struct fl_system cow_fault_system[] = {
	{ .knob = "thp", .value = "madvise", .when = "backing!=anon-4k" },
	{ .knob = "mthp-64K", .value = "madvise", .when = "backing=mthp-64k" },
	{ .knob = "mthp-hpage", .value = "never", .when = "backing=mthp-64k" },
	{ 0 },
};

#define FAULTS(arm_, per_op_, ...)                                            \
	{                                                                     \
		.counter = "page-faults", .arm = (arm_),                      \
		.relation = FL_EXACTLY, .per_op = per_op_, .tolerance = 0.01, \
		__VA_ARGS__                                                   \
	}

static const struct fl_expect cow_fault_expects[] = {
	FAULTS("copy", 1),
	FAULTS("reuse", 1, .when = "backing!=anon-thp"),
	FAULTS("reuse", 1, .when = "backing=anon-thp touch=folio"),
	/* The first write to a huge page makes all of it writable. */
	{ .counter = "page-faults",
	  .arm = "reuse",
	  .when = "backing=anon-thp touch=page",
	  .relation = FL_AT_MOST,
	  .tolerance = 0.1 },
	FAULTS("ready", 0),
	FAULTS("zero", 1),
	FAULTS("file", 1),
	/* Of the whole machine, so a lower bound. */
	{ .counter = "pgreuse",
	  .arm = "reuse",
	  .when = "backing=anon-4k",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.02 },
	{ .counter = "thp_split_pmd",
	  .arm = "copy",
	  .when = "backing=anon-thp touch=folio",
	  .relation = FL_AT_LEAST,
	  .per_op = 1,
	  .tolerance = 0.02 },
	{ 0 },
};

static const struct fl_role cow_fault_roles[] = {
	{ .name = "writer",
	  .when = "threads>1",
	  .kind = FL_ROLE_THREAD,
	  .count = other_writers,
	  .step = writer_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(cow_fault) = {
	.name = "cow_fault",
	.summary = "a write that copies a page, and one that reuses it",
	.kernel_path = "wp_page_copy(), wp_page_reuse(), mm/memory.c; "
		       "do_huge_pmd_wp_page(), mm/huge_memory.c (6.12)",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct cow_fault_params),
	.state_size = sizeof(struct cow_fault),
	.params = cow_fault_table,
	.arms = cow_fault_arms,
	.metrics = cow_fault_metrics,
	.needs = cow_fault_needs,
	.system = cow_fault_system,
	.expects = cow_fault_expects,
	.roles = cow_fault_roles,
	.max_ops = cow_fault_max_ops,
	.memory = cow_fault_memory,
	.setup = cow_fault_setup,
	.prepare = cow_fault_prepare,
	.op = cow_fault_op,
	.check = cow_fault_check,
	.teardown = cow_fault_teardown,
};
