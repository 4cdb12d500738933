// SPDX-License-Identifier: GPL-2.0-only
/*
 * wp_race: is a write ever lost, or a snapshot torn, while much memory is being
 * write-protected?
 *
 * Path: change_protection(), mm/mprotect.c, whose TLB flush comes at its end,
 * against do_wp_page(), mm/memory.c, which copies (read in 6.12).
 *
 * The bug of December 2020: a CPU could go on writing to a page through its TLB
 * while another copied it, because userfaultfd had protected it and its flush
 * was still to come.  What was written to the old page was gone.
 *
 * Two forms of the same race (lib/race.h).  In `directed` the first pages of a
 * long call are held by a pipe, so that by the rule of that time a write copies
 * them; they are made writable and written in mid-call.  In `random` pages lie
 * anywhere and ranges differ.  A write that its writer does not find again is
 * `lost`.  In `snapshot` all is protected and copied twice; pages whose copies
 * differ are `torn`.  An item is a page of a round.
 *
 * With opener=other the writes of `directed` come while another thread makes all
 * of the memory writable, behind the call that protects.  That is what a kernel
 * without the flush before the copy (configs/kernels/no-flush.patch) loses writes
 * by: who unprotects a page itself has flushed by then.  It takes four CPUs.
 *
 * Nothing lost is worth what was exposed: faults of writes inside the call that
 * protects, from before it begins until it returns, and in the same call in which
 * the page was made writable; of a snapshot, pages that were written in it.
 *
 * Why a zero is expected: since 5.12 do_wp_page() flushes before it copies if a
 * flush of the address space is outstanding; since 5.19 it never copies a page
 * that is exclusive; and since 6.2 such a page becomes writable when it is
 * unprotected, so a write does not come to that place at all.  Only a page that
 * is not exclusive does (`share`), and no CPU has a writable entry for that, or
 * one that its write unprotects (by=wp-async), and there the first two stand
 * between it and a loss.
 *
 * Controls: `apart`, where the same is done after the call; by=mprotect, whose
 * lock lets nobody in between.  What is planted must be found: old content put
 * back, and a snapshot whose pages are made writable between its copies.
 */
#include "lib/race.h"

#include <faultline/cpus.h>

#include <inttypes.h>

enum {
	ARM_DIRECTED,
	ARM_RANDOM,
	ARM_SNAPSHOT,
	ARM_APART,
	ARM_LOSS,
	ARM_RANDOM_LOSS,
	ARM_TEAR,
};

enum {
	OUTCOME_KEPT,
	OUTCOME_LOST,
	OUTCOME_TORN,
};

enum {
	METRIC_RIGHT,
	METRIC_CALL,
};

enum {
	PROTECTOR_HERE,
	PROTECTOR_OTHER
};

enum {
	OPENER_RESOLVER,
	OPENER_OTHER
};

struct wp_race_params {
	uint64_t by;
	uint64_t share;
	uint64_t bytes;
	uint64_t pages;
	uint64_t rounds;
	uint64_t writers;
	uint64_t protector;
	uint64_t opener;
	uint64_t wait;
};

struct wp_race {
	struct race race;
};

static uint64_t wp_race_max_ops(const void *params)
{
	const struct wp_race_params *p = params;

	return p->pages * p->rounds;
}

static uint64_t wp_race_memory(const void *params)
{
	return ((const struct wp_race_params *)params)->bytes;
}

static bool protector_here(const void *params)
{
	const struct wp_race_params *p = params;

	return p->protector == PROTECTOR_HERE;
}

/* All other CPUs, if not said otherwise. */
static uint64_t writer_count(const void *params)
{
	const struct wp_race_params *p = params;
	uint64_t taken = 1U + !protector_here(params) +
			 (p->opener == OPENER_OTHER);
	uint64_t cpus = fl_cpus();
	uint64_t left = cpus > taken ? cpus - taken : 1;

	if (p->writers)
		return p->writers;
	return left < RACE_MAX_WRITERS ? left : RACE_MAX_WRITERS;
}

static int wp_race_setup(struct fl_run *run)
{
	const struct wp_race_params *p = fl_params(run);
	struct wp_race *s = fl_state(run);
	const struct race_spec spec = {
		.by = (enum race_by)p->by,
		.share = (enum race_share)p->share,
		.bytes = p->bytes,
		.pages = p->pages,
		.writers = (unsigned)writer_count(p),
		.protector_here = protector_here(p),
		.opener = p->opener == OPENER_OTHER,
	};

	return race_init(run, &s->race, &spec);
}

static void wp_race_teardown(struct fl_run *run)
{
	struct wp_race *s = fl_state(run);

	race_finish(&s->race);
}

static void say_counts(struct fl_run *run, const struct race_counts *c)
{
	fl_fact(run, "inside",
		"%" PRIu64 " of %" PRIu64 " writes of the resolver; %" PRIu64
		" of them faulted; to %" PRIu64
		" of these pages another CPU was writing just then",
		c->inside, c->writes, c->faulted, c->live);
}

static int race_rounds(struct fl_thread *th, enum race_form form, bool apart)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_race_params *p = fl_params(run);
	struct wp_race *s = fl_state(run);
	uint64_t before = s->race.counts.faulted;
	size_t lost = 0;
	int err = 0;

	for (size_t i = 0; i < p->rounds && !err; i++) {
		size_t pages = 0;

		err = race_round(th, &s->race, form, apart);
		if (!err)
			err = race_lost(th, &s->race, &pages);
		fl_observe(th, METRIC_CALL, s->race.memory.took_ns);
		lost += pages;
	}
	fl_judge(th, OUTCOME_LOST, OUTCOME_KEPT, lost);
	fl_judge(th, OUTCOME_KEPT, OUTCOME_KEPT, p->rounds * p->pages - lost);
	fl_expose(th, s->race.counts.faulted - before);
	say_counts(run, &s->race.counts);
	return err;
}

/* One item: all that a writer wrote since is put back. */
static int planted_loss(struct fl_thread *th, enum race_form form)
{
	struct fl_run *run = fl_thread_run(th);
	struct wp_race *s = fl_state(run);
	size_t lost = 0;
	int err = race_round(th, &s->race, form, false);

	if (!err)
		err = race_lost(th, &s->race, &lost);
	if (!err)
		err = race_put_back(run, &s->race);
	if (!err)
		err = race_lost(th, &s->race, &lost);
	fl_judge(th, lost ? OUTCOME_LOST : OUTCOME_KEPT, OUTCOME_LOST, 1);
	return err;
}

static int snapshots(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_race_params *p = fl_params(run);
	struct wp_race *s = fl_state(run);
	size_t torn = 0, stale = 0;
	int err = 0;

	for (size_t i = 0; i < p->rounds && !err; i++) {
		struct race_snapshot seen = { 0 };

		err = race_snapshot(th, &s->race, p->wait, false, &seen);
		fl_observe(th, METRIC_CALL, s->race.memory.took_ns);
		torn += seen.torn;
		stale += seen.stale;
	}
	fl_judge(th, OUTCOME_TORN, OUTCOME_KEPT, torn);
	fl_judge(th, OUTCOME_KEPT, OUTCOME_KEPT, p->rounds * p->pages - torn);
	fl_expose(th, stale);
	return err;
}

static int planted_tear(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct wp_race_params *p = fl_params(run);
	struct wp_race *s = fl_state(run);
	struct race_snapshot seen = { 0 };
	int err = race_snapshot(th, &s->race, p->wait, true, &seen);

	fl_judge(th, seen.torn ? OUTCOME_TORN : OUTCOME_KEPT, OUTCOME_TORN, 1);
	return err;
}

static int wp_race_trial(struct fl_thread *th)
{
	switch (fl_thread_arm(th)) {
	case ARM_DIRECTED:
		return race_rounds(th, RACE_DIRECTED, false);
	case ARM_RANDOM:
		return race_rounds(th, RACE_RANDOM, false);
	case ARM_SNAPSHOT:
		return snapshots(th);
	case ARM_APART:
		return race_rounds(th, RACE_DIRECTED, true);
	case ARM_LOSS:
		return planted_loss(th, RACE_DIRECTED);
	case ARM_RANDOM_LOSS:
		return planted_loss(th, RACE_RANDOM);
	default:
		return planted_tear(th);
	}
}

static int protector_step(struct fl_thread *th)
{
	struct wp_race *s = fl_state(fl_thread_run(th));

	return race_protector_step(th, &s->race);
}

static int opener_step(struct fl_thread *th)
{
	struct wp_race *s = fl_state(fl_thread_run(th));

	return race_opener_step(th, &s->race);
}

static int writer_step(struct fl_thread *th)
{
	struct wp_race *s = fl_state(fl_thread_run(th));

	return race_writer_step(th, &s->race.writers);
}

static void wake(struct fl_thread *th)
{
	struct wp_race *s = fl_state(fl_thread_run(th));

	race_wake(&s->race);
}

static const char *const protector_names[] = {
	[PROTECTOR_HERE] = "here",
	[PROTECTOR_OTHER] = "other",
	NULL,
};

static const char *const protector_words[] = {
	[PROTECTOR_HERE] = "on the CPU of the resolver, who preempts it",
	[PROTECTOR_OTHER] = "on a CPU of its own, of three or more",
	NULL,
};

static const char *const opener_names[] = {
	[OPENER_RESOLVER] = "resolver",
	[OPENER_OTHER] = "other",
	NULL,
};

static const char *const opener_words[] = {
	[OPENER_RESOLVER] = "who writes them then, a page at a time",
	[OPENER_OTHER] = "another, on a CPU of its own, all in one call",
	NULL,
};

static const struct fl_param wp_race_table[] = {
	FL_PARAM_ENUM(struct wp_race_params, by, race_by_names, "uffd-wp",
		      "what protects", .words = race_by_words),
	FL_PARAM_ENUM(struct wp_race_params, share, race_share_names, "exited",
		      "who else has the pages", .words = race_share_words),
	FL_PARAM_SIZE(struct wp_race_params, bytes, "32M", 65536, 1 << 30,
		      "protected in one call, about"),
	FL_PARAM_U64(struct wp_race_params, pages, "16", 1, RACE_MAX_PAGES,
		     "pages", "raced for in a round"),
	FL_PARAM_U64(struct wp_race_params, rounds, "4", 1, 4096, "rounds",
		     "in a trial; one where something is planted"),
	FL_PARAM_U64(struct wp_race_params, writers, "0", 0, RACE_MAX_WRITERS,
		     "threads", "each on a CPU; 0: on all that are left"),
	FL_PARAM_ENUM(struct wp_race_params, protector, protector_names, "here",
		      "where it runs", .words = protector_words),
	FL_PARAM_ENUM(struct wp_race_params, opener, opener_names, "resolver",
		      "who makes the pages of `directed` writable",
		      .words = opener_words, .when = "by=uffd-wp"),
	FL_PARAM_TIME(struct wp_race_params, wait, "200us", 0, 100000000,
		      "between the two copies of a snapshot"),
	{ 0 },
};

#define SNAPSHOTS "by!=wp-async by!=soft-dirty"

static const struct fl_arm wp_race_arms[] = {
	[ARM_DIRECTED] = { .name = "directed",
			   .differs =
				   "the first pages, which a pipe holds, are "
				   "resolved and written in mid-call",
			   .why = "the question" },
	[ARM_RANDOM] = { .name = "random",
			 .reference = "directed",
			 .differs = "pages anywhere, ranges that differ, and "
				    "nobody holds them",
			 .why = "what the directed form does not think of" },
	[ARM_SNAPSHOT] = { .name = "snapshot",
			   .reference = "directed",
			   .when = SNAPSHOTS,
			   .differs = "all is protected and copied twice",
			   .why = "whether a snapshot stands still" },
	[ARM_APART] = { .name = "apart",
			.reference = "directed",
			.differs = "resolved and written after the call",
			.why = "the same without a race" },
	[ARM_LOSS] = { .name = "loss",
		       .planted = true,
		       .differs = "what the pages said before is put back",
		       .why = "must be found out (lost)" },
	[ARM_RANDOM_LOSS] = { .name = "random-loss",
			      .planted = true,
			      .differs = "the same, of pages anywhere",
			      .why = "must be found out (lost)" },
	[ARM_TEAR] = { .name = "tear",
		       .planted = true,
		       .when = SNAPSHOTS,
		       .differs = "writable between the copies of a snapshot",
		       .why = "must be found out (torn)" },
	{ 0 },
};

static const struct fl_metric wp_race_metrics[] = {
	[METRIC_RIGHT] = { .name = "right",
			   .unit = "",
			   .better = FL_BETTER_HIGHER,
			   .kind = FL_KIND_RATIO,
			   .help = "share of pages of rounds that kept all "
				   "writes, or stood still" },
	[METRIC_CALL] = { .name = "call",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .help = "the call that protects: as long as a window "
				  "is open" },
	{ 0 },
};

static const struct fl_need wp_race_needs[] = {
	{ FL_FEATURE_UFFD, "by=uffd-wp" },
	{ FL_FEATURE_WP_ANON, "by=uffd-wp" },
	{ FL_FEATURE_WP_ASYNC, "by=wp-async" },
	{ FL_FEATURE_SOFT_DIRTY, "by=soft-dirty" },
	{ 0 },
};

static const struct fl_outcome wp_race_outcomes[] = {
	[OUTCOME_KEPT] = { .name = "kept",
			   .help = "no write is missing; a snapshot stood "
				   "still" },
	[OUTCOME_LOST] = { .name = "lost",
			   .help = "a writer's last write is gone" },
	[OUTCOME_TORN] = { .name = "torn",
			   .help = "the page changed after the call had "
				   "returned" },
	{ 0 },
};

static const struct fl_role wp_race_roles[] = {
	{ .name = "writer",
	  .kind = FL_ROLE_THREAD,
	  .count = writer_count,
	  .step = writer_step,
	  .wake = wake },
	{ .name = "opener",
	  .when = "opener=other",
	  .kind = FL_ROLE_THREAD,
	  .step = opener_step },
	{ .name = "protector",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = protector_here,
	  .step = protector_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(wp_race) = {
	.name = "wp_race",
	.summary = "are writes lost while memory is being write-protected?",
	.kernel_path = "change_protection(), mm/mprotect.c; do_wp_page(), "
		       "mm/memory.c (6.12)",
	.source = "linux-mm, 2020-12: userfaultfd write-protection and memory "
		  "corruption by a deferred TLB flush",
	.mode = FL_MODE_TRIAL,
	.exposure = "write faults (of a snapshot: writes to pages already "
		    "protected) inside the call that protects",
	.params_size = sizeof(struct wp_race_params),
	.state_size = sizeof(struct wp_race),
	.params = wp_race_table,
	.arms = wp_race_arms,
	.metrics = wp_race_metrics,
	.needs = wp_race_needs,
	.roles = wp_race_roles,
	.outcomes = wp_race_outcomes,
	.max_ops = wp_race_max_ops,
	.memory = wp_race_memory,
	.setup = wp_race_setup,
	.trial = wp_race_trial,
	.teardown = wp_race_teardown,
};
