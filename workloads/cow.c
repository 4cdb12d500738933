// SPDX-License-Identifier: GPL-2.0-only
/*
 * cow: is a page that is written copied or reused, and what would each rule
 * that the kernel has had have done?
 *
 * Path: do_wp_page() -> wp_page_copy() or wp_page_reuse(), mm/memory.c, decided
 * by wp_can_reuse_anon_folio() (read in 6.12).
 *
 * A trial brings pages into the state that a scenario is about, writes each of
 * them once, and finds out of each whether it was copied (lib/cow_case.h).  The
 * names for what goes wrong are those of the debate that ended in
 * PageAnonExclusive: a copy is missed if others can see what was written,
 * unnecessary if nobody else had a claim, and wrong if a reference of ours
 * needed the page kept.  The oracle (lib/cow_oracle.h) says from the same state
 * what each rule would do; that names the rule of the running kernel by what it
 * does, not by its version.
 *
 * Two controls run beside each scenario: pages that nobody else ever had, which
 * must be reused, and pages that a child maps, which must be copied.  A launch
 * that sees one of the latter reused is no good.
 *
 * Another CPU is needed where pages must be in its LRU batch, or be read at the
 * same time; a role does that on request, since it has a CPU of its own, while
 * moving the measuring thread would take its own batches along.
 */
#include "lib/cow_scenarios.h"
#include "lib/cow_steps.h"

enum {
	HUGETLB_SHARE = 16, /* of the pages: these are large */
};

enum {
	ARM_EXCLUSIVE,
	ARM_CASE,
	ARM_SHARED,
};

enum {
	METRIC_EXPECTED,
	METRIC_COPY,
	METRIC_REUSE,
};

enum {
	OUT_REUSED,
	OUT_COPIED,
	OUT_MISSED,
	OUT_UNNECESSARY,
	OUT_WRONG,
};

struct cow_params {
	uint64_t scenario;
	uint64_t order;
	uint64_t pages;
};

struct cow {
	struct cow_case c;
};

static const struct cow_scenario *scenario_of(const void *params)
{
	const struct cow_params *p = params;

	return cow_scenario((enum cow_scenario_name)p->scenario);
}

static uint64_t pages_of(const void *params)
{
	uint64_t pages = ((const struct cow_params *)params)->pages;

	if (!scenario_of(params)->hugetlb)
		return pages;
	return pages < HUGETLB_SHARE ? 1 : pages / HUGETLB_SHARE;
}

static uint64_t cow_memory(const void *params)
{
	bool hugetlb = scenario_of(params)->hugetlb;
	size_t unit = hugetlb ? region_pmd_bytes() : 4096;

	return 2 * region_pmd_bytes() + cow_case_pool(pages_of(params)) * unit;
}

static uint64_t cow_pool(const void *params)
{
	return cow_case_pool(pages_of(params));
}

/* The pages, the swap cache's share, and what else the machine swaps. */
static uint64_t cow_swap(const void *params)
{
	return (UINT64_C(64) << 20) + 16 * UINT64_C(4096) * pages_of(params);
}

static int check_params(struct fl_run *run)
{
	const struct cow_params *p = fl_params(run);
	const struct cow_scenario *s = scenario_of(p);

	if (s->large_only && p->order != COW_ORDER_THP)
		return fl_skip(run,
			       "scenario %s is about huge pages: order=thp",
			       cow_scenario_names[p->scenario]);
	if (!s->large_only && !s->large_too && p->order != COW_ORDER_4K)
		return fl_skip(run, "scenario %s is about base pages: order=4k",
			       cow_scenario_names[p->scenario]);
	return 0;
}

/* Without frame numbers somebody else must be able to see. */
static int check_evidence(struct fl_run *run)
{
	const struct cow_params *p = fl_params(run);
	const struct cow *s = fl_state(run);
	const struct cow_scenario *sc = scenario_of(p);

	fl_fact(run, "scenario", "%s: %s", cow_scenario_names[p->scenario],
		cow_scenario_words[p->scenario]);
	fl_fact(run, "copy and reuse",
		"of writes that faulted, less the clock's own time");
	fl_fact(run, "told by", "%s%s",
		s->c.has_frames ? "frame numbers" : "what others see",
		s->c.has_frames && sc->view ? ", and what others see" : "");
	if (s->c.has_frames || sc->view || sc->no_fault)
		return 0;
	return fl_skip(run,
		       "only frame numbers tell what became of the pages of "
		       "%s: run as root (CAP_SYS_ADMIN)",
		       cow_scenario_names[p->scenario]);
}

static int cow_setup(struct fl_run *run)
{
	const struct cow_params *p = fl_params(run);
	const struct cow_scenario *sc = scenario_of(p);
	struct cow *s = fl_state(run);
	struct cow_case_spec spec = {
		.order = (enum cow_order)p->order,
		.nr = pages_of(p),
		.hugetlb = sc->hugetlb,
		.twins = p->scenario == COW_CASE_MERGED,
		.uffd = p->scenario == COW_CASE_OWN_PIPE_UFFD ||
			p->scenario == COW_CASE_ANON_NON_COW,
		.file = p->scenario == COW_CASE_FILE_COW ||
			p->scenario == COW_CASE_FILE_NON_COW,
	};
	int err = check_params(run);

	if (!err)
		err = cow_case_init(run, &s->c, &spec);
	return err ? err : check_evidence(run);
}

static void cow_teardown(struct fl_run *run)
{
	struct cow *s = fl_state(run);

	cow_case_finish(&s->c);
}

static unsigned outcome_of(enum cow_verdict verdict, enum cow_answer seen)
{
	switch (verdict) {
	case COW_MISSED:
		return OUT_MISSED;
	case COW_UNNECESSARY:
		return OUT_UNNECESSARY;
	case COW_WRONG:
		return OUT_WRONG;
	case COW_FINE:
	default:
		return seen == COW_REUSE ? OUT_REUSED : OUT_COPIED;
	}
}

static unsigned plain_outcome(enum cow_answer answer)
{
	return answer == COW_REUSE ? OUT_REUSED : OUT_COPIED;
}

static void predict(struct fl_thread *th, const struct cow_state *st,
		    enum cow_answer seen)
{
	for (unsigned i = 0; i < COW_POLICIES; i++) {
		enum cow_answer a = cow_predict((enum cow_policy)i, st);

		if (a != COW_CANNOT_TELL)
			fl_predict(th, i, plain_outcome(a), plain_outcome(seen),
				   1);
	}
}

/* Only writes that faulted say what a copy or a reuse costs. */
static void observe(struct fl_thread *th, const struct cow_state *st,
		    const struct cow_page *page, enum cow_answer seen)
{
	if (page->faulted && st->event == COW_WRITE)
		fl_observe(th, seen == COW_COPY ? METRIC_COPY : METRIC_REUSE,
			   page->ns);
}

static int judge_page(struct fl_thread *th, size_t i)
{
	struct fl_run *run = fl_thread_run(th);
	struct cow *s = fl_state(run);
	struct cow_state st = cow_case_state(&s->c, i);
	enum cow_verdict verdict;
	enum cow_answer seen;
	int err = cow_case_seen(&s->c, i, &seen);

	if (err)
		return err;
	if (seen == COW_CANNOT_TELL)
		return fl_skip(run, "on this kernel only frame numbers tell "
				    "what became of pages that nobody shares: "
				    "run as root (CAP_SYS_ADMIN)");
	if (fl_thread_arm(th) == ARM_SHARED && seen == COW_REUSE)
		return fl_fail(run, -EPROTO,
			       "the control is wrong: a page that a child maps "
			       "was written in place");

	verdict = s->c.pages[i].leaked ? COW_MISSED : cow_judge(&st, seen);
	fl_judge(th, outcome_of(verdict, seen), plain_outcome(cow_needed(&st)),
		 1);
	if (fl_thread_arm(th) == ARM_CASE)
		predict(th, &st, seen);
	observe(th, &st, &s->c.pages[i], seen);
	return 0;
}

static int cow_trial(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct cow *s = fl_state(run);
	const struct cow_scenario *const arms[] = {
		[ARM_EXCLUSIVE] = &cow_exclusive,
		[ARM_CASE] = scenario_of(fl_params(run)),
		[ARM_SHARED] = &cow_shared,
	};
	int err = cow_case_run(&s->c, arms[fl_thread_arm(th)]);

	for (size_t i = s->c.nr_first; i < s->c.nr && !err; i++)
		err = judge_page(th, i);
	return err;
}

static int remote_step(struct fl_thread *th)
{
	struct cow *s = fl_state(fl_thread_run(th));

	return cow_remote_step(th, &s->c);
}

static int pin_step(struct fl_thread *th)
{
	struct cow *s = fl_state(fl_thread_run(th));

	return cow_reader_step(th, &s->c, false);
}

static int get_step(struct fl_thread *th)
{
	struct cow *s = fl_state(fl_thread_run(th));

	return cow_reader_step(th, &s->c, true);
}

static void wake(struct fl_thread *th)
{
	struct cow *s = fl_state(fl_thread_run(th));

	cow_helper_wake(&s->c);
}

static const struct fl_param cow_table[] = {
	FL_PARAM_ENUM(struct cow_params, scenario, cow_scenario_names,
		      "T4-after-fork", "who has a claim on the pages",
		      .words = cow_scenario_words),
	FL_PARAM_ENUM(struct cow_params, order, cow_order_names, "4k",
		      "folios: base pages, huge pages, or folios of 64K"),
	FL_PARAM_U64(struct cow_params, pages, "64", 1, COW_MAX_PAGES, "pages",
		     "written in a trial; of hugetlb a sixteenth, at least 1"),
	{ 0 },
};

static const struct fl_arm cow_arms[] = {
	[ARM_EXCLUSIVE] = { .name = "exclusive",
			    .differs = "pages that nobody else ever had, "
				       "mprotect to read and back",
			    .why = "the control that must be reused" },
	[ARM_CASE] = { .name = "case",
		       .reference = "exclusive",
		       .differs = "the scenario",
		       .why = "what the kernel does with it" },
	[ARM_SHARED] = { .name = "shared",
			 .reference = "exclusive",
			 .differs = "pages that a child maps",
			 .why = "the control that must be copied" },
	{ 0 },
};

static const struct fl_metric cow_metrics[] = {
	[METRIC_EXPECTED] = { .name = "expected",
			      .unit = "",
			      .better = FL_BETTER_HIGHER,
			      .kind = FL_KIND_RATIO,
			      .help = "share of pages that were copied or "
				      "reused as the claims on them need" },
	[METRIC_COPY] = { .name = "copy",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .help = "a write that faulted and copied" },
	[METRIC_REUSE] = { .name = "reuse",
			   .unit = "ns",
			   .better = FL_BETTER_LOWER,
			   .kind = FL_KIND_LATENCY,
			   .help = "a write that faulted and reused" },
	{ 0 },
};

static const struct fl_outcome cow_outcomes[] = {
	[OUT_REUSED] = { "reused", "written in place, as it should be" },
	[OUT_COPIED] = { "copied", "copied first, as it should be" },
	[OUT_MISSED] = { "missed",
			 "written in place though others can see it" },
	[OUT_UNNECESSARY] = { "unnecessary",
			      "copied though nobody else had a claim" },
	[OUT_WRONG] = { "wrong",
			"copied though a reference of ours needed it kept" },
	{ 0 },
};

static const struct fl_oracle cow_oracles[] = {
	[COW_MAPCOUNT] = { "mapcount", "reuse what is mapped once" },
	[COW_MAPCOUNT_FORCED] = { "forced", "mapcount, and whoever reads by "
					    "GUP breaks COW first" },
	[COW_PAGE_COUNT] = { "page_count", "reuse what nobody else refers to" },
	[COW_REFCOUNT] = { "refcount", "page_count, after dropping the swap "
				       "cache and the local LRU batch" },
	[COW_EXCLUSIVE] = { "exclusive", "PageAnonExclusive, else refcount" },
	[COW_EXCLUSIVE_LARGE] = { "exclusive+large",
				  "the same, and large folios by their "
				  "mappings" },
	{ 0 },
};

static const struct fl_need cow_needs[] = {
	COW_NEEDS,
	{ 0 },
};

static const struct fl_system cow_system[] = {
	COW_SYSTEM(cow_swap, cow_pool),
	{ 0 },
};

static const struct fl_role cow_roles[] = {
	{ .name = "remote",
	  .when = "scenario=T4r-remote-lru",
	  .kind = FL_ROLE_THREAD,
	  .step = remote_step,
	  .wake = wake },
	{ .name = "pin-reader",
	  .when = "scenario=gup-pin-reader",
	  .kind = FL_ROLE_THREAD,
	  .step = pin_step,
	  .wake = wake },
	{ .name = "get-reader",
	  .when = "scenario=gup-get-reader",
	  .kind = FL_ROLE_THREAD,
	  .step = get_step,
	  .wake = wake },
	{ 0 },
};

FL_DEFINE_WORKLOAD(cow) = {
	.name = "cow",
	.summary = "is a written page copied or reused, and by which rule?",
	.kernel_path = "do_wp_page(), wp_page_copy(), mm/memory.c (6.12)",
	.source = "linux-mm, 2021-12: page_mapcount() or page_count() in the "
		  "write fault, and unsharing for GUP",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct cow_params),
	.state_size = sizeof(struct cow),
	.params = cow_table,
	.arms = cow_arms,
	.metrics = cow_metrics,
	.needs = cow_needs,
	.system = cow_system,
	.roles = cow_roles,
	.outcomes = cow_outcomes,
	.oracles = cow_oracles,
	.max_ops = pages_of,
	.memory = cow_memory,
	.setup = cow_setup,
	.trial = cow_trial,
	.teardown = cow_teardown,
};
