// SPDX-License-Identifier: GPL-2.0-only
/*
 * cow_race: a child swaps a page in while its parent writes to it.
 *
 * Path: do_swap_page() of both, and do_wp_page() of the parent, mm/memory.c
 * (read in 6.12).
 *
 * The question of December 2021: when a page that two processes share is in
 * swap, its map count says nothing of the process that has not read it yet.  If
 * the parent's write reuses a page that the child maps at that moment, the child
 * sees what the parent wrote later (a missed copy); if the page of one is taken
 * for that of the other, a write is lost.
 *
 * In each trial pages are written, swapped out, and a child is forked; both walk
 * the pages on two CPUs, meet at each, and one goes first by a random part of
 * `phase`: the parent writes, the child reads.  Later the child reads all of
 * them once more and writes to them, and the parent reads what it wrote.  Both
 * note when they were inside their fault: a page was raced for only if these times
 * overlap, else it counts as `outside`.
 *
 * Controls: `apart`, where the child has read everything before the parent
 * writes.  In `leak` the pages are shared memory, so that the child does see
 * later data, and in `replaced` the parent's pages are taken away and given back
 * as they were before: the launch fails unless every page is found out.
 */
#include "lib/errand.h"
#include "lib/forked.h"
#include "lib/meeting.h"
#include "lib/region.h"
#include "lib/swapped.h"
#include "lib/thread_faults.h"
#include "lib/words.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	ARM_RACE,
	ARM_APART,
	ARM_LEAK,
	ARM_REPLACED,
};

enum {
	OUTCOME_APART,
	OUTCOME_INSIDE,
	OUTCOME_OUTSIDE,
	OUTCOME_MISSED,
	OUTCOME_LOST,
};

enum {
	METRIC_RIGHT,
	METRIC_BOTH,
};

enum {
	PARENT,
	CHILD
};

enum cow_race_cmd {
	CMD_RACE,
	CMD_LOOK_AGAIN,
};

enum {
	CACHE_KEPT,
	CACHE_DROPPED
};

enum {
	CHILD_MS = 10000,
	SWAP_FACTOR = 4, /* of what a trial puts there */
	CHILD_MARK = 1,	 /* added to the word of before */
	PARENT_MARK = 2,
};

struct cow_race_params {
	uint64_t pages;
	uint64_t phase;
	uint64_t cache;
};

struct cow_race {
	struct region private, shared;
	struct swapped swapped; /* of the private pages, before the fork */
	struct meeting meeting;
	struct errand errand;
	enum cow_race_cmd cmd; /* the errand */
	struct forked child;
	const struct region *pages; /* of this trial */
	uint64_t old;		    /* in all of them, before */
	uint64_t writes, waits;	    /* of the parent; for the disk */
};

static const enum meeting_order orders[] = {
	[ARM_RACE] = MEETING_TOGETHER,
	[ARM_APART] = MEETING_FIRST_1,
	[ARM_LEAK] = MEETING_FIRST_0,
	[ARM_REPLACED] = MEETING_FIRST_1,
};

static uint64_t cow_race_max_ops(const void *params)
{
	return ((const struct cow_race_params *)params)->pages;
}

static uint64_t bytes_of(const void *params)
{
	return cow_race_max_ops(params) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t cow_race_memory(const void *params)
{
	return 2 * bytes_of(params);
}

static uint64_t swap_bytes(const void *params)
{
	return SWAP_FACTOR * bytes_of(params);
}

static int cow_race_setup(struct fl_run *run)
{
	const struct cow_race_params *p = fl_params(run);
	struct cow_race *s = fl_state(run);
	size_t bytes = p->pages * run->page_bytes;
	int err = region_init(&s->private, REGION_ANON_4K, bytes);

	if (!err)
		err = region_init(&s->shared, REGION_SHMEM, bytes);
	if (err)
		return fl_fail(run, err, "%zu bytes of memory", bytes);

	err = swapped_init(run, &s->swapped, &s->private);
	return err ? err : meeting_init(run, &s->meeting, p->pages);
}

static void cow_race_teardown(struct fl_run *run)
{
	struct cow_race *s = fl_state(run);

	forked_kill(&s->child);
	meeting_finish(&s->meeting);
	swapped_finish(&s->swapped);
	region_finish(&s->shared);
	region_finish(&s->private);
}

/* What one of them does at a page. */
static int take_part(struct fl_run *run, struct cow_race *s, unsigned party)
{
	const struct cow_race_params *p = fl_params(run);
	int err = 0;

	for (size_t i = 0; i < p->pages && !err; i++) {
		volatile uint64_t *word = words_at(s->pages, i);

		err = meeting_enter(run, &s->meeting, party, i);
		if (err)
			break;
		if (party == PARENT)
			*word = s->old + PARENT_MARK;
		else
			s->meeting.points[i].stay[CHILD].seen = *word;
		meeting_leave(&s->meeting, party, i);
	}
	meeting_end(&s->meeting, party);
	return err ? fl_fail(run, err, "waiting for the %s at a page",
			     party == PARENT ? "child" : "parent")
		   : 0;
}

/* Reads once more, and writes: neither must reach the other. */
static void look_again(struct fl_run *run, struct cow_race *s)
{
	const struct cow_race_params *p = fl_params(run);

	for (size_t i = 0; i < p->pages; i++) {
		struct meeting_stay *stay = &s->meeting.points[i].stay[CHILD];
		volatile uint64_t *word = words_at(s->pages, i);

		if (*word != s->old)
			stay->seen = *word;
		if (s->pages == &s->private)
			*word = s->old + CHILD_MARK;
	}
}

static int child_serve(void *data, uint32_t cmd, uint64_t arg,
		       uint64_t *ret_value)
{
	struct fl_run *run = data;
	struct cow_race *s = fl_state(run);

	(void)arg;
	(void)ret_value;
	if (cmd == CMD_RACE)
		return take_part(run, s, CHILD);

	look_again(run, s);
	return 0;
}

/* On the other CPU: the child is forked there, and stays. */
static int child_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct cow_race *s = fl_state(run);
	const struct forked_spec spec = { .name = "reader",
					  .serve = child_serve,
					  .data = run,
					  .limit_ms = CHILD_MS };
	int err = 0;

	if (!errand_waits(&s->errand))
		return 0;
	if (s->cmd == CMD_RACE)
		err = forked_start(run, &s->child, &spec);
	if (!err)
		err = forked_call(run, &s->child, s->cmd, 0, NULL);
	if (!err && s->cmd == CMD_LOOK_AGAIN)
		err = forked_end(run, &s->child);
	errand_finish(&s->errand, err);
	return err ? err : 1;
}

static void ask_child(struct cow_race *s, enum cow_race_cmd cmd)
{
	s->cmd = cmd;
	errand_ask(&s->errand);
}

static bool was_swapped(const struct cow_race *s, size_t page)
{
	return s->pages == &s->shared || swapped_is(&s->swapped, page);
}

static int make_pages(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct cow_race_params *p = fl_params(run);
	struct cow_race *s = fl_state(run);
	int err = region_renew(&s->private);

	if (err)
		return fl_fail(run, err, "mapping the region anew");

	s->pages = fl_thread_arm(th) == ARM_LEAK ? &s->shared : &s->private;
	s->old = fl_rand(th) << 8;
	words_write(s->pages, s->old);
	return fl_thread_arm(th) == ARM_LEAK
		       ? 0
		       : swapped_out(run, &s->swapped, &s->private,
				     p->cache == CACHE_DROPPED);
}

static int replace_pages(struct fl_run *run)
{
	struct cow_race *s = fl_state(run);
	int err = words_replace(&s->private, s->old);

	return err ? fl_fail(run, err, "replacing the pages") : 0;
}

/* The parent's part; whether its pages were still in the swap cache is told. */
static int write_pages(struct fl_run *run)
{
	const struct cow_race_params *p = fl_params(run);
	struct cow_race *s = fl_state(run);
	struct thread_faults before = thread_faults_now();
	int err = take_part(run, s, PARENT);

	s->writes += p->pages;
	s->waits += thread_faults_now().major - before.major;
	fl_fact(run, "disk",
		"%.0f %% of the writes waited for it, the others found their "
		"page in the swap cache",
		100 * (double)s->waits / (double)s->writes);
	return err;
}

static unsigned outcome_of(const struct cow_race *s, size_t page,
			   unsigned right)
{
	if (s->meeting.points[page].stay[CHILD].seen != s->old)
		return OUTCOME_MISSED;
	if (*words_at(s->pages, page) != s->old + PARENT_MARK)
		return OUTCOME_LOST;
	return right;
}

/* A page that nobody raced for says nothing, so it is not what is expected. */
static int judge(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct cow_race_params *p = fl_params(run);
	struct cow_race *s = fl_state(run);
	bool race = fl_thread_arm(th) == ARM_RACE;
	bool broken = fl_thread_arm(th) >= ARM_LEAK;
	size_t unnoticed = 0;

	for (size_t i = 0; i < p->pages; i++) {
		uint64_t both = meeting_overlap(&s->meeting, i);
		unsigned right = !race	? OUTCOME_APART
				 : both ? OUTCOME_INSIDE
					: OUTCOME_OUTSIDE;
		unsigned outcome = outcome_of(s, i, right);

		if (!was_swapped(s, i))
			continue;
		fl_judge(th, outcome, race ? OUTCOME_INSIDE : OUTCOME_APART, 1);
		if (both)
			fl_observe(th, METRIC_BOTH, both);
		unnoticed += broken && outcome == right;
	}
	return unnoticed ? fl_fail(run, -EPROTO,
				   "%zu pages were broken, and nothing was "
				   "noticed",
				   unnoticed)
			 : 0;
}

static int cow_race_trial(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct cow_race_params *p = fl_params(run);
	struct cow_race *s = fl_state(run);
	unsigned arm = fl_thread_arm(th);
	int err = make_pages(th), other;

	if (err)
		return err;

	meeting_plan(th, &s->meeting, orders[arm], p->phase);
	ask_child(s, CMD_RACE);
	err = write_pages(run);
	other = errand_wait(run, &s->errand);
	if (err || other)
		return err ? err : other;

	ask_child(s, CMD_LOOK_AGAIN);
	err = errand_wait(run, &s->errand);
	if (!err && arm == ARM_REPLACED)
		err = replace_pages(run);
	return err ? err : judge(th);
}

static const char *const cache_names[] = {
	[CACHE_KEPT] = "kept",
	[CACHE_DROPPED] = "dropped",
	NULL,
};

static const struct fl_param cow_race_table[] = {
	FL_PARAM_U64(struct cow_race_params, pages, "64", 1, 4096, "pages",
		     "raced for in a trial"),
	FL_PARAM_TIME(struct cow_race_params, phase, "2us", 0, 1000000,
		      "one goes first by a random part of it"),
	FL_PARAM_ENUM(struct cow_race_params, cache, cache_names, "kept",
		      "whether the pages are still in the swap cache, or must "
		      "be read from the disk"),
	{ 0 },
};

static const struct fl_arm cow_race_arms[] = {
	[ARM_RACE] = { .name = "race",
		       .differs = "child and parent meet at each page",
		       .why = "the question" },
	[ARM_APART] = { .name = "apart",
			.reference = "race",
			.differs = "the child has read before the parent "
				   "writes",
			.why = "the same without a race" },
	[ARM_LEAK] = { .name = "leak",
		       .reference = "race",
		       .differs = "shared memory: the child sees what is "
				  "written later",
		       .why = "all must be found out (missed)" },
	[ARM_REPLACED] = { .name = "replaced",
			   .reference = "race",
			   .differs = "the parent's pages are put back as "
				      "before",
			   .why = "all must be found out (lost)" },
	{ 0 },
};

static const struct fl_metric cow_race_metrics[] = {
	[METRIC_RIGHT] = { .name = "right",
			   .unit = "",
			   .better = FL_BETTER_HIGHER,
			   .kind = FL_KIND_RATIO,
			   .help = "share of pages that are right and, in a "
				   "race, were raced for" },
	[METRIC_BOTH] = { .name = "both",
			  .unit = "ns",
			  .better = FL_BETTER_HIGHER,
			  .kind = FL_KIND_LATENCY,
			  .help = "how long both were inside at once" },
	{ 0 },
};

static const struct fl_need cow_race_needs[] = {
	{ FL_FEATURE_PAGEOUT, NULL },
	{ 0 },
};

static const struct fl_system cow_race_system[] = {
	{ .knob = "swap", .amount = swap_bytes },
	{ 0 },
};

static const struct fl_outcome cow_race_outcomes[] = {
	[OUTCOME_APART] = { .name = "apart",
			    .help = "right, and there was no race" },
	[OUTCOME_INSIDE] = { .name = "inside",
			     .help = "right, and both were inside at once" },
	[OUTCOME_OUTSIDE] = { .name = "outside",
			      .help = "right, but one came after the other" },
	[OUTCOME_MISSED] = { .name = "missed",
			     .help = "the child saw what was written later" },
	[OUTCOME_LOST] = { .name = "lost",
			   .help = "what the parent wrote is gone" },
	{ 0 },
};

static const struct fl_role cow_race_roles[] = {
	{ .name = "child", .kind = FL_ROLE_THREAD, .step = child_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(cow_race) = {
	.name = "cow_race",
	.summary = "a child swaps a page in while its parent writes to it",
	.kernel_path = "do_swap_page(), do_wp_page(), mm/memory.c (6.12)",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct cow_race_params),
	.state_size = sizeof(struct cow_race),
	.params = cow_race_table,
	.arms = cow_race_arms,
	.metrics = cow_race_metrics,
	.needs = cow_race_needs,
	.system = cow_race_system,
	.roles = cow_race_roles,
	.outcomes = cow_race_outcomes,
	.max_ops = cow_race_max_ops,
	.memory = cow_race_memory,
	.setup = cow_race_setup,
	.trial = cow_race_trial,
	.teardown = cow_race_teardown,
};
