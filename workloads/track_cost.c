// SPDX-License-Identifier: GPL-2.0-only
/*
 * track_cost: what it costs to learn which pages were written.
 *
 * Path: change_protection(), mm/mprotect.c, for arming; do_wp_page(),
 * mm/memory.c, and handle_userfault(), fs/userfaultfd.c, or the delivery of
 * SIGSEGV for a write; pagemap_scan_pmd_entry(), fs/proc/task_mmu.c, for
 * collecting (read in 6.12).
 *
 * A trial is a cycle of a tracker on memory that is there, writable and dirty:
 * arm all of it; write a share of the pages, evenly spread and upwards; collect
 * what was reported; arm again, as a tracker does that goes on.  The last finds
 * most pages still protected, and what the writes have left: mprotect, say, has
 * a mapping for each lone page by then.  All arms have the same writes, at the
 * same places, in the same memory; the arm none has nothing else, and what a
 * write costs above it is the tracker's.
 *
 * Costs are CPU time of the process, the handler's included: a cycle takes
 * milliseconds to seconds, and on a machine that others use too each of its
 * phases is interrupted.  What the writer waits for a page is told beside it.
 *
 * Each page of the range is judged: reported if and only if it was written,
 * and once.  The arm planted lets pages of the script be written unprotected
 * and writes others that are not in it: both must be found.
 */
#include "lib/track_cycle.h"

#include <inttypes.h>
#include <unistd.h>

enum {
	ARM_NONE,
	ARM_UFFD_WP,
	ARM_WP_ASYNC,
	ARM_WP_ASYNC_GET,
	ARM_SOFT_DIRTY,
	ARM_MPROTECT,
	ARM_PLANTED,
};

enum {
	METRIC_EXPECTED,
	METRIC_ARM,
	METRIC_WRITE,
	METRIC_COLLECT,
	METRIC_REARM,
	METRIC_CYCLE,
	METRIC_TRIP,
};

enum {
	CPU_SAME,
	CPU_OTHER
};

struct track_cost_params {
	uint64_t size;
	uint64_t dirty;
	uint64_t backing;
	uint64_t handler_cpu;
};

struct track_cost {
	struct track_cycle cycle;
	uint64_t trials[ARM_PLANTED + 1];
};

static size_t pages_of(const struct track_cost_params *p)
{
	return p->size / (size_t)sysconf(_SC_PAGESIZE);
}

/* Two bytes a page are for reports, eight for the page tables. */
static uint64_t track_cost_memory(const void *params)
{
	const struct track_cost_params *p = params;

	return p->size + 10 * pages_of(p);
}

static int track_cost_setup(struct fl_run *run)
{
	const struct track_cost_params *p = fl_params(run);
	struct track_cost *s = fl_state(run);

	if (p->size % run->page_bytes)
		return fl_skip(run,
			       "size %" PRIu64 " is not a multiple of this "
			       "machine's page of %" PRIu64 " bytes",
			       p->size, run->page_bytes);

	return track_cycle_init(run, &s->cycle, (enum region_backing)p->backing,
				p->size);
}

static void track_cost_teardown(struct fl_run *run)
{
	struct track_cost *s = fl_state(run);

	track_cycle_finish(&s->cycle);
}

static int track_cost_prepare(struct fl_thread *th, uint64_t nops)
{
	struct fl_run *run = fl_thread_run(th);
	struct track_cost *s = fl_state(run);

	(void)nops;
	fl_stage(th, "writing all pages before a trial");
	return track_cycle_clean(run, &s->cycle);
}

/* In ps, so that less than a nanosecond a page can be told. */
static void observe(struct fl_thread *th, unsigned metric, uint64_t ns,
		    size_t pages)
{
	if (pages)
		fl_observe(th, metric, ns * 1000 / pages);
}

static void observe_all(struct fl_thread *th, const struct track_stamps *t,
			const struct track_script *script)
{
	struct track_cost *s = fl_state(fl_thread_run(th));
	unsigned arm = fl_thread_arm(th);

	observe(th, METRIC_WRITE, t->written - t->armed, script->nr);
	observe(th, METRIC_TRIP, t->writing_ns, script->nr);
	if (arm == ARM_NONE)
		return;

	observe(th, METRIC_ARM, t->armed - t->begin, s->cycle.nr);
	observe(th, METRIC_COLLECT, t->collected - t->written, s->cycle.nr);
	if (arm != ARM_WP_ASYNC_GET)
		observe(th, METRIC_REARM, t->rearmed - t->collected,
			s->cycle.nr);
	observe(th, METRIC_CYCLE, t->rearmed - t->armed, s->cycle.nr);
}

static const enum tracker_kind kinds[] = {
	[ARM_NONE] = TRACKER_NONE,
	[ARM_UFFD_WP] = TRACKER_UFFD_WP,
	[ARM_WP_ASYNC] = TRACKER_WP_ASYNC,
	[ARM_WP_ASYNC_GET] = TRACKER_WP_ASYNC_GET,
	[ARM_SOFT_DIRTY] = TRACKER_SOFT_DIRTY,
	[ARM_MPROTECT] = TRACKER_MPROTECT,
};

static int track_cost_trial(struct fl_thread *th)
{
	const struct track_cost_params *p = fl_params(fl_thread_run(th));
	struct track_cost *s = fl_state(fl_thread_run(th));
	unsigned arm = fl_thread_arm(th);
	uint64_t trial = s->trials[arm]++;
	struct track_script script = track_script_of(s->cycle.nr, p->dirty,
						     trial);
	struct track_stamps stamps;
	int err;

	if (arm == ARM_PLANTED)
		return track_cycle_plant(th, &s->cycle, trial);

	err = track_cycle_run(th, &s->cycle, kinds[arm], &script, &stamps);
	if (err)
		return err;

	observe_all(th, &stamps, &script);
	track_cycle_judge(th, &s->cycle, &script, arm != ARM_NONE);
	return 0;
}

static bool handler_on_same_cpu(const void *params)
{
	const struct track_cost_params *p = params;

	return p->handler_cpu == CPU_SAME;
}

static int handler_step(struct fl_thread *th)
{
	struct track_cost *s = fl_state(fl_thread_run(th));

	fl_stage(th, "waiting for an event, or resolving it");
	return tracker_handler_step(fl_thread_run(th), &s->cycle.handler);
}

static void handler_wake(struct fl_thread *th)
{
	struct track_cost *s = fl_state(fl_thread_run(th));

	tracker_handler_wake(&s->cycle.handler);
}

static const char *const backing_names[] = {
	[REGION_ANON_4K] = "anon-4k",
	[REGION_ANON_THP] = "anon-thp",
	[REGION_SHMEM] = "shmem",
	NULL,
};

static const char *const cpu_names[] = {
	[CPU_SAME] = "same",
	[CPU_OTHER] = "other",
	NULL,
};

static const struct fl_param track_cost_table[] = {
	FL_PARAM_SIZE(struct track_cost_params, size, "64M", 4 << 20,
		      UINT64_C(1) << 36, "bytes that are tracked"),
	FL_PARAM_U64(struct track_cost_params, dirty, "10", 0, 100, "%",
		     "share of the pages that is written in a cycle; "
		     "above 50 the first ones"),
	FL_PARAM_ENUM(struct track_cost_params, backing, backing_names,
		      "anon-4k", "kind of memory"),
	FL_PARAM_ENUM(struct track_cost_params, handler_cpu, cpu_names, "other",
		      "where the handler of uffd-wp runs"),
	{ 0 },
};

#define TRACKER_ARM(name_, needs_, differs_, why_)                       \
	{                                                                \
		.name = (name_), .reference = "none", .needs = (needs_), \
		.differs = (differs_), .why = (why_)                     \
	}

static const struct fl_arm track_cost_arms[] = {
	[ARM_NONE] = { .name = "none",
		       .differs = "the writes, and nobody looks",
		       .why = "what they cost anyway" },
	[ARM_UFFD_WP] = TRACKER_ARM("uffd-wp", TRACKER_NEEDS_UFFD_WP,
				    "a handler is told of each write",
				    "a round trip a dirty page"),
	[ARM_WP_ASYNC] = TRACKER_ARM("wp-async", TRACKER_NEEDS_WP_ASYNC,
				     "the kernel unprotects, a scan tells",
				     "a fault a dirty page, a walk to collect"),
	[ARM_WP_ASYNC_GET] = TRACKER_ARM(
		"wp-async-get", TRACKER_NEEDS_WP_ASYNC,
		"the scan that tells also protects again",
		"collecting and arming in one walk"),
	[ARM_SOFT_DIRTY] = TRACKER_ARM("soft-dirty", TRACKER_NEEDS_SOFT_DIRTY,
				       "clear_refs, and bits in pagemap",
				       "a fault a dirty page, a walk to "
				       "collect"),
	[ARM_MPROTECT] = TRACKER_ARM("mprotect", FL_FEATURE_NONE,
				     "read-only memory and SIGSEGV",
				     "a signal and a mapping a dirty page"),
	[ARM_PLANTED] = { .name = "planted",
			  .planted = true,
			  .differs = "mprotect; pages of the script written "
				     "unprotected, others written beside it",
			  .why = "both must be found" },
	{ 0 },
};

#define COST(name_, help_)                                                     \
	{                                                                      \
		.name = (name_), .unit = "ps/page", .better = FL_BETTER_LOWER, \
		.kind = FL_KIND_COUNT, .help = (help_)                         \
	}

static const struct fl_metric track_cost_metrics[] = {
	[METRIC_EXPECTED] = { .name = "right",
			      .unit = "",
			      .better = FL_BETTER_HIGHER,
			      .kind = FL_KIND_RATIO,
			      .help = "share of pages reported if, and only "
				      "if, they were written" },
	[METRIC_ARM] = COST("arming", "arming fresh memory, by all its pages"),
	[METRIC_WRITE] = COST("write", "writing, by the pages written"),
	[METRIC_COLLECT] = COST("collect", "collecting, by all pages"),
	[METRIC_REARM] = COST("rearm", "arming again behind it, by all pages"),
	[METRIC_CYCLE] = COST("cycle", "writing, collecting and arming again, "
				       "by all pages"),
	[METRIC_TRIP] = COST("trip", "what the writer waits for a written "
				     "page, on the clock"),
	{ 0 },
};

static const struct fl_need track_cost_needs[] = {
	{ FL_FEATURE_THP, "backing=anon-thp" },
	{ FL_FEATURE_WP_SHMEM, "backing=shmem" },
	{ 0 },
};

static const struct fl_role track_cost_roles[] = {
	{ .name = "handler",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = handler_on_same_cpu,
	  .step = handler_step,
	  .wake = handler_wake },
	{ 0 },
};

static const struct fl_outcome track_cost_outcomes[] = {
	[TRACK_REPORTED] = { .name = "reported",
			     .help = "written, and told once" },
	[TRACK_SILENT] = { .name = "silent",
			   .help = "not written, and not told" },
	[TRACK_MISSED] = { .name = "missed", .help = "written, and not told" },
	[TRACK_FALSE] = { .name = "false",
			  .help = "told without a write, or more than once" },
	{ 0 },
};

FL_DEFINE_WORKLOAD(track_cost) = {
	.name = "track_cost",
	.summary = "what it costs to learn which pages were written",
	.kernel_path = "change_protection(), mm/mprotect.c; do_wp_page(), "
		       "mm/memory.c; pagemap_scan_pmd_entry(), "
		       "fs/proc/task_mmu.c (6.12)",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct track_cost_params),
	.state_size = sizeof(struct track_cost),
	.params = track_cost_table,
	.arms = track_cost_arms,
	.metrics = track_cost_metrics,
	.needs = track_cost_needs,
	.roles = track_cost_roles,
	.outcomes = track_cost_outcomes,
	.memory = track_cost_memory,
	.setup = track_cost_setup,
	.prepare = track_cost_prepare,
	.trial = track_cost_trial,
	.teardown = track_cost_teardown,
};
