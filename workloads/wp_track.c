// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_track: does a tracker of writes tell the truth?
 *
 * Path: do_wp_page() -> handle_userfault(), mm/memory.c and fs/userfaultfd.c
 * (read in 6.12), and per scenario what may lose or make up a protection.
 *
 * A trial brings pages into the state that a scenario is about, writes some of
 * them, and holds what the tracker reported against what was armed and what
 * was written (lib/track_case.h).  A write to an armed page without a report is
 * missed; a report of a page that was not armed, or not written, is false.
 * What is expected is what the interface promises: where it says that tracking
 * ends there, a write is dropped, not missed, and where the kernel loses a
 * report that was promised, that is shown.
 *
 * The arms are trackers on the same script of writes.  One of them is the
 * detector's check: some pages lose their protection behind the tracker's back,
 * some are protected without its knowledge, and all of those must be found.
 */
#include "lib/track_scenarios.h"
#include "lib/track_steps.h"

#include <stdio.h>

enum {
	ARM_UFFD_WP,
	ARM_WP_ASYNC,
	ARM_SOFT_DIRTY,
	ARM_MPROTECT,
	ARM_PLANTED,
};

enum {
	CPU_SAME,
	CPU_OTHER
};

struct wp_track_params {
	uint64_t scenario;
	uint64_t pages;
	uint64_t handler_cpu;
};

struct wp_track {
	struct track_case c;
};

static const enum tracker_kind kinds[] = {
	[ARM_UFFD_WP] = TRACKER_UFFD_WP,
	[ARM_WP_ASYNC] = TRACKER_WP_ASYNC,
	[ARM_SOFT_DIRTY] = TRACKER_SOFT_DIRTY,
	[ARM_MPROTECT] = TRACKER_MPROTECT,
	[ARM_PLANTED] = TRACKER_UFFD_WP,
};

static const struct track_scenario *scenario_of(const void *params)
{
	const struct wp_track_params *p = params;

	return track_scenario((enum track_scenario_name)p->scenario);
}

static uint64_t pages_of(const void *params)
{
	const struct wp_track_params *p = params;

	return track_case_pages(scenario_of(p), p->pages);
}

static uint64_t wp_track_memory(const void *params)
{
	enum region_backing backing = scenario_of(params)->backing;

	return 2 * region_pmd_bytes() +
	       pages_of(params) * region_unit_bytes(backing);
}

/* The pages, the swap cache's share, and what else the machine swaps. */
static uint64_t wp_track_swap(const void *params)
{
	return (UINT64_C(64) << 20) + 16 * UINT64_C(4096) * pages_of(params);
}

/* With a child that shares them, a copy of each. */
static uint64_t wp_track_pool(const void *params)
{
	const struct wp_track_params *p = params;

	return p->scenario == TRACK_CASE_HUGETLB_FORK ? 2 * pages_of(p)
						      : pages_of(p);
}

static void say_what(struct fl_run *run, const struct wp_track *s)
{
	const struct wp_track_params *p = fl_params(run);
	const struct track_scenario *sc = s->c.own;

	fl_fact(run, "scenario", "%s: %s", track_scenario_names[p->scenario],
		track_scenario_words[p->scenario]);
	fl_fact(run, "path", "%s (6.12)", sc->path);
	for (unsigned arm = 0; arm < ARM_PLANTED; arm++) {
		const char *name = run->workload->arms[arm].name;
		char what[32];

		snprintf(what, sizeof(what), "without %s", name);
		if (sc->without[kinds[arm]])
			fl_fact(run, what, "%s", sc->without[kinds[arm]]);
	}
}

static int wp_track_setup(struct fl_run *run)
{
	const struct wp_track_params *p = fl_params(run);
	struct wp_track *s = fl_state(run);
	int err = track_case_init(run, &s->c, scenario_of(p), p->pages);

	if (!err)
		say_what(run, s);
	return err;
}

static void wp_track_teardown(struct fl_run *run)
{
	struct wp_track *s = fl_state(run);

	track_case_finish(&s->c);
}

static void judge_page(struct fl_thread *th, const struct track_case *c,
		       size_t i)
{
	const struct track_page *p = &c->pages[i];
	enum track_due due = track_case_due(c);

	if (fl_thread_arm(th) != ARM_PLANTED)
		fl_judge(th, track_outcome_of(p, due),
			 track_expected_of(p, due), track_case_counts(c, i));
	else if (p->planted)
		fl_judge(th, track_outcome_of(p, due), p->found, 1);
}

static int wp_track_trial(struct fl_thread *th)
{
	struct wp_track *s = fl_state(fl_thread_run(th));
	unsigned arm = fl_thread_arm(th);
	int err = track_case_run(th, &s->c, kinds[arm], arm == ARM_PLANTED);

	for (size_t i = 0; i < s->c.nr && !err; i++)
		judge_page(th, &s->c, i);
	return err;
}

static int handler_step(struct fl_thread *th)
{
	struct wp_track *s = fl_state(fl_thread_run(th));

	fl_stage(th, "waiting for events");
	return tracker_handler_step(fl_thread_run(th), &s->c.handler);
}

static void handler_wake(struct fl_thread *th)
{
	struct wp_track *s = fl_state(fl_thread_run(th));

	tracker_handler_wake(&s->c.handler);
}

static bool on_same_cpu(const void *params)
{
	const struct wp_track_params *p = params;

	return p->handler_cpu == CPU_SAME;
}

static const char *const cpu_names[] = {
	[CPU_SAME] = "same",
	[CPU_OTHER] = "other",
	NULL,
};

static const struct fl_param wp_track_table[] = {
	FL_PARAM_ENUM(struct wp_track_params, scenario, track_scenario_names,
		      "plain", "what happens to the pages",
		      .words = track_scenario_words),
	FL_PARAM_U64(struct wp_track_params, pages, "64", 16, TRACK_MAX_PAGES,
		     "pages",
		     "of a trial; of a huge page all, of hugetlb a quarter"),
	FL_PARAM_ENUM(struct wp_track_params, handler_cpu, cpu_names, "other",
		      "where the thread that reads events runs"),
	{ 0 },
};

static const struct fl_arm wp_track_arms[] = {
	[ARM_UFFD_WP] = { .name = "uffd-wp",
			  .differs = "userfaultfd tells of each write",
			  .why = "what its interface promises" },
	[ARM_WP_ASYNC] = { .name = "wp-async",
			   .reference = "uffd-wp",
			   .needs = FL_FEATURE_WP_ASYNC,
			   .when = "scenario!=second-write scenario!=fork-event "
				   "scenario!=fork-event-child scenario!=mremap "
				   "scenario!=mremap-event",
			   .differs = "WP_ASYNC, and PAGEMAP_SCAN reads what "
				      "was written",
			   .why = "the same bit without a handler" },
	[ARM_SOFT_DIRTY] = { .name = "soft-dirty",
			     .reference = "uffd-wp",
			     .needs = FL_FEATURE_SOFT_DIRTY,
			     .when = "scenario!=second-write "
				     "scenario!=fork-event "
				     "scenario!=fork-event-child "
				     "scenario!=thp-part "
				     "scenario!=hugetlb scenario!=hugetlb-fork "
				     "scenario!=hugetlb-dropped "
				     "scenario!=mremap-event",
			     .differs = "soft-dirty bits of pagemap",
			     .why = "what there was before userfaultfd" },
	[ARM_MPROTECT] = { .name = "mprotect",
			   .reference = "uffd-wp",
			   .when = "scenario!=fork-event "
				   "scenario!=fork-event-child "
				   "scenario!=fork-child "
				   "scenario!=mremap-event",
			   .differs = "mprotect, and SIGSEGV tells of each "
				      "write",
			   .why = "what needs nothing of the kernel" },
	[ARM_PLANTED] = { .name = "planted",
			  .planted = true,
			  .differs = "uffd-wp, and pages are protected or not "
				     "behind its back",
			  .why = "what is missed or false must be found" },
	{ 0 },
};

static const struct fl_metric wp_track_metrics[] = {
	{ .name = "expected",
	  .unit = "",
	  .better = FL_BETTER_HIGHER,
	  .kind = FL_KIND_RATIO,
	  .help = "share of pages of which the tracker told what its "
		  "interface promises" },
	{ 0 },
};

static const struct fl_outcome wp_track_outcomes[] = {
	[TRACK_NOTIFIED] = { "notified", "armed, written, and reported once" },
	[TRACK_SILENT] = { "silent", "no report, and none was due" },
	[TRACK_MISSED] = { "missed", "armed and written without a report" },
	[TRACK_FALSE] = { "false", "reported, but not armed or not written" },
	[TRACK_TWICE] = { "twice", "one write, more than one report" },
	[TRACK_DROPPED] = { "dropped",
			    "written without a report where the interface "
			    "says that tracking ends" },
	[TRACK_REFUSED] = { "refused", "the write failed and wrote nothing" },
	{ 0 },
};

static const struct fl_need wp_track_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ FL_FEATURE_WP_ANON, NULL },
	TRACK_NEEDS,
	{ 0 },
};

static const struct fl_system wp_track_system[] = {
	TRACK_SYSTEM(wp_track_swap, wp_track_pool),
	{ 0 },
};

static const struct fl_role wp_track_roles[] = {
	{ .name = "handler",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = on_same_cpu,
	  .step = handler_step,
	  .wake = handler_wake },
	{ 0 },
};

FL_DEFINE_WORKLOAD(wp_track) = {
	.name = "wp_track",
	.summary = "does a tracker of writes tell the truth?",
	.kernel_path = "do_wp_page(), mm/memory.c; handle_userfault(), "
		       "fs/userfaultfd.c (6.12)",
	.source =
		"linux-mm, 2020-08: mm/gup: Allow real explicit breaking of COW",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct wp_track_params),
	.state_size = sizeof(struct wp_track),
	.params = wp_track_table,
	.arms = wp_track_arms,
	.metrics = wp_track_metrics,
	.needs = wp_track_needs,
	.system = wp_track_system,
	.roles = wp_track_roles,
	.outcomes = wp_track_outcomes,
	.max_ops = pages_of,
	.memory = wp_track_memory,
	.setup = wp_track_setup,
	.trial = wp_track_trial,
	.teardown = wp_track_teardown,
};
