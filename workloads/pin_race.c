// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin_race: pages are pinned while they are swapped out and shared by a fork.
 *
 * Path: pin_user_pages() of a buffer that is registered with io_uring,
 * mm/gup.c, against shrink_folio_list(), mm/vmscan.c, and
 * copy_present_page(), mm/memory.c (read in 6.12).
 *
 * A pin for long must stay with the page that its process writes to.  Reclaim
 * and fork look whether a page may be pinned before they take its exclusive mark
 * or its place away, and a pin can come at that very moment; the reproducer of
 * 2021 did that to the kernels of its time.
 *
 * In each trial one CPU takes hold of pages that were just written, while
 * another calls MADV_PAGEOUT for the same pages and forks, in either order; the
 * pin comes a random part of `phase` later.  Then the parent writes to all pages.
 * The pin must see that (else its page is not the parent's any more: a wrong
 * copy), and the child must not (else a copy was missed).  Both note when they
 * were inside: there was a race only if these times overlap, else a trial counts
 * as `outside`.
 *
 * In `pipe` the pages are held by a pipe (vmsplice).  That is a plain reference,
 * which kernels that know of pins do not look at; there wrong copies are what one
 * should see, and what shows that they would be seen.
 *
 * Controls: `apart`, where the pin is there before the others begin.  In
 * `replaced` the parent's pages are taken away under the pin and others put in
 * their place: the launch fails unless every page is found out.
 */
#include "lib/errand.h"
#include "lib/forked.h"
#include "lib/meeting.h"
#include "lib/pin.h"
#include "lib/region.h"
#include "lib/words.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	ARM_RACE,
	ARM_PIPE,
	ARM_APART,
	ARM_REPLACED,
};

enum {
	OUTCOME_APART,
	OUTCOME_INSIDE,
	OUTCOME_OUTSIDE,
	OUTCOME_WRONG,
	OUTCOME_MISSED,
};

enum {
	METRIC_RIGHT,
	METRIC_BOTH,
};

enum {
	HOLDER,
	OTHER
};

enum pin_race_cmd {
	CMD_RACE,
	CMD_LOOK,
};

enum {
	SWAP_FACTOR = 4, /* of what a trial puts there */
	WRITTEN = 1	 /* added to the word of before */
};

struct pin_race_params {
	uint64_t pages;
	uint64_t phase;
};

struct pin_race {
	struct region region;
	struct pin ring, pipe;
	struct meeting meeting; /* of one point; the child's looks in others */
	struct errand errand;
	enum pin_race_cmd cmd; /* the errand */
	struct forked child;
	bool fork_first;
	bool held;	/* by the ring */
	uint64_t old;	/* in all pages, before */
	uint64_t *seen; /* words of the pin */
};

static uint64_t pin_race_max_ops(const void *params)
{
	return ((const struct pin_race_params *)params)->pages;
}

static uint64_t pin_race_memory(const void *params)
{
	return pin_race_max_ops(params) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t swap_bytes(const void *params)
{
	return SWAP_FACTOR * pin_race_memory(params);
}

static int pin_race_setup(struct fl_run *run)
{
	const struct pin_race_params *p = fl_params(run);
	struct pin_race *s = fl_state(run);
	size_t bytes = p->pages * run->page_bytes;
	int err = region_init(&s->region, REGION_ANON_4K, bytes);

	if (err)
		return fl_fail(run, err, "%zu bytes of memory", bytes);

	s->seen = calloc(p->pages, sizeof(*s->seen));
	if (!s->seen)
		return fl_fail(run, -ENOMEM, "words of the pages");
	err = meeting_init(run, &s->meeting, p->pages);
	if (!err)
		err = pin_ring(run, &s->ring, s->region.base, p->pages);
	s->held = !err;
	return err;
}

static void pin_race_teardown(struct fl_run *run)
{
	struct pin_race *s = fl_state(run);

	forked_kill(&s->child);
	pin_finish(&s->pipe);
	pin_finish(&s->ring);
	meeting_finish(&s->meeting);
	free(s->seen);
	region_finish(&s->region);
}

/* The child says what it sees in memory that both share. */
static int child_serve(void *data, uint32_t cmd, uint64_t arg,
		       uint64_t *ret_value)
{
	struct fl_run *run = data;
	const struct pin_race_params *p = fl_params(run);
	struct pin_race *s = fl_state(run);

	(void)cmd;
	(void)arg;
	(void)ret_value;
	for (size_t i = 0; i < p->pages; i++)
		s->meeting.points[i].stay[OTHER].seen = *words_at(&s->region,
								  i);
	return 0;
}

static int swap_out(struct fl_run *run)
{
	struct pin_race *s = fl_state(run);

	return madvise(s->region.base, s->region.bytes, MADV_PAGEOUT)
		       ? fl_fail(run, -errno, "madvise(MADV_PAGEOUT)")
		       : 0;
}

static int fork_child(struct fl_run *run)
{
	struct pin_race *s = fl_state(run);
	const struct forked_spec spec = { .name = "sharer",
					  .serve = child_serve,
					  .data = run };

	return forked_start(run, &s->child, &spec);
}

static int race_other(struct fl_run *run)
{
	struct pin_race *s = fl_state(run);
	int (*const first)(struct fl_run *) = s->fork_first ? fork_child
							    : swap_out;
	int (*const second)(struct fl_run *) = s->fork_first ? swap_out
							     : fork_child;
	int err = meeting_enter(run, &s->meeting, OTHER, 0);

	if (err)
		return fl_fail(run, err, "waiting for the pin");

	err = first(run);
	if (!err)
		err = second(run);
	meeting_leave(&s->meeting, OTHER, 0);
	meeting_end(&s->meeting, OTHER);
	return err;
}

static int look(struct fl_run *run)
{
	struct pin_race *s = fl_state(run);
	int err = forked_call(run, &s->child, CMD_LOOK, 0, NULL);

	return err ? err : forked_end(run, &s->child);
}

static int other_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct pin_race *s = fl_state(run);
	int err;

	if (!errand_waits(&s->errand))
		return 0;

	err = s->cmd == CMD_RACE ? race_other(run) : look(run);
	errand_finish(&s->errand, err);
	return err ? err : 1;
}

static int ask(struct fl_run *run, enum pin_race_cmd cmd)
{
	struct pin_race *s = fl_state(run);

	s->cmd = cmd;
	errand_ask(&s->errand);
	return cmd == CMD_RACE ? 0 : errand_wait(run, &s->errand);
}

static int make_pages(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct pin_race *s = fl_state(run);
	int err = s->held ? pin_release(&s->ring) : 0;

	s->held = false;
	pin_finish(&s->pipe);
	if (!err)
		err = region_renew(&s->region);
	if (err)
		return fl_fail(run, err, "new pages without a pin");

	s->old = fl_rand(th) << 8;
	s->fork_first = fl_rand(th) >> 63;
	words_write(&s->region, s->old);
	return 0;
}

static int take_hold(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct pin_race_params *p = fl_params(run);
	struct pin_race *s = fl_state(run);
	int err;

	if (fl_thread_arm(th) == ARM_PIPE)
		return pin_pipe(run, &s->pipe, s->region.base, p->pages);

	err = pin_hold(&s->ring);
	s->held = !err;
	return err ? fl_fail(run, err, "pinning the pages") : 0;
}

static int hold(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct pin_race *s = fl_state(run);
	int err = meeting_enter(run, &s->meeting, HOLDER, 0);

	if (err)
		return fl_fail(run, err, "waiting for the other CPU");

	err = take_hold(th);
	meeting_leave(&s->meeting, HOLDER, 0);
	meeting_end(&s->meeting, HOLDER);
	return err;
}

static int replace_pages(struct fl_run *run)
{
	struct pin_race *s = fl_state(run);
	int err = words_replace(&s->region, s->old);

	return err ? fl_fail(run, err, "replacing the pages") : 0;
}

static bool is_race(const struct fl_thread *th)
{
	return fl_thread_arm(th) == ARM_RACE || fl_thread_arm(th) == ARM_PIPE;
}

/* A trial without a race says nothing, so it is not what is expected. */
static int judge(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct pin_race_params *p = fl_params(run);
	struct pin_race *s = fl_state(run);
	uint64_t both = meeting_overlap(&s->meeting, 0);
	bool race = is_race(th);
	unsigned expected = race ? OUTCOME_INSIDE : OUTCOME_APART;
	unsigned right = race && !both ? OUTCOME_OUTSIDE : expected;
	size_t wrong = 0, missed = 0;

	for (size_t i = 0; i < p->pages; i++) {
		wrong += s->seen[i] != s->old + WRITTEN;
		missed += s->seen[i] == s->old + WRITTEN &&
			  s->meeting.points[i].stay[OTHER].seen != s->old;
	}
	fl_judge(th, OUTCOME_WRONG, expected, wrong);
	fl_judge(th, OUTCOME_MISSED, expected, missed);
	fl_judge(th, right, expected, p->pages - wrong - missed);
	if (both)
		fl_observe(th, METRIC_BOTH, both);
	if (fl_thread_arm(th) == ARM_REPLACED && wrong < p->pages)
		return fl_fail(run, -EPROTO,
			       "of %zu pages that were replaced %zu were "
			       "noticed",
			       (size_t)p->pages, wrong);
	return 0;
}

static int pin_race_trial(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct pin_race_params *p = fl_params(run);
	struct pin_race *s = fl_state(run);
	bool race = is_race(th);
	int err = make_pages(th), other;

	if (err)
		return err;

	meeting_plan(th, &s->meeting, race ? MEETING_TOGETHER : MEETING_FIRST_0,
		     0);
	if (race && p->phase)
		s->meeting.points[0].stay[HOLDER].wait_ns = (fl_rand(th) >> 8) %
							    p->phase;
	ask(run, CMD_RACE);
	err = hold(th);
	other = errand_wait(run, &s->errand);
	if (!err && !other && fl_thread_arm(th) == ARM_REPLACED)
		err = replace_pages(run);
	if (err || other)
		return err ? err : other;

	words_write(&s->region, s->old + WRITTEN);
	err = pin_words(run,
			fl_thread_arm(th) == ARM_PIPE ? &s->pipe : &s->ring,
			s->seen);
	if (!err)
		err = ask(run, CMD_LOOK);
	return err ? err : judge(th);
}

static const struct fl_param pin_race_table[] = {
	FL_PARAM_U64(struct pin_race_params, pages, "64", 1, 4096, "pages",
		     "pinned in a trial"),
	FL_PARAM_TIME(struct pin_race_params, phase, "500us", 0, 100000000,
		      "the pin comes a random part of it later"),
	{ 0 },
};

static const struct fl_arm pin_race_arms[] = {
	[ARM_RACE] = { .name = "race",
		       .differs = "a pin while others swap out and fork",
		       .why = "the question" },
	[ARM_PIPE] = { .name = "pipe",
		       .reference = "race",
		       .differs = "a pipe holds the pages (vmsplice), which is "
				  "a reference and no pin",
		       .why = "wrong copies that nobody staged, where the "
			      "kernel protects pins alone" },
	[ARM_APART] = { .name = "apart",
			.reference = "race",
			.differs = "the pin is there before",
			.why = "the same without a race" },
	[ARM_REPLACED] = { .name = "replaced",
			   .reference = "race",
			   .differs = "other pages are put in the place of "
				      "those pinned",
			   .why = "all must be found out (wrong)" },
	{ 0 },
};

static const struct fl_metric pin_race_metrics[] = {
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

static const struct fl_need pin_race_needs[] = {
	{ FL_FEATURE_IO_URING, NULL },
	{ FL_FEATURE_PAGEOUT, NULL },
	{ 0 },
};

static const struct fl_system pin_race_system[] = {
	{ .knob = "swap", .amount = swap_bytes },
	{ 0 },
};

static const struct fl_outcome pin_race_outcomes[] = {
	[OUTCOME_APART] = { .name = "apart",
			    .help = "right, and there was no race" },
	[OUTCOME_INSIDE] = { .name = "inside",
			     .help = "right, and both were inside at once" },
	[OUTCOME_OUTSIDE] = { .name = "outside",
			      .help = "right, but one came after the other" },
	[OUTCOME_WRONG] = { .name = "wrong",
			    .help = "the pin does not see what is written" },
	[OUTCOME_MISSED] = { .name = "missed",
			     .help = "the child sees what is written later" },
	{ 0 },
};

static const struct fl_role pin_race_roles[] = {
	{ .name = "other", .kind = FL_ROLE_THREAD, .step = other_step },
	{ 0 },
};

FL_DEFINE_WORKLOAD(pin_race) = {
	.name = "pin_race",
	.summary = "pages are pinned while they are swapped out and forked",
	.kernel_path = "pin_user_pages(), mm/gup.c; shrink_folio_list(), "
		       "mm/vmscan.c; copy_present_page(), mm/memory.c (6.12)",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct pin_race_params),
	.state_size = sizeof(struct pin_race),
	.params = pin_race_table,
	.arms = pin_race_arms,
	.metrics = pin_race_metrics,
	.needs = pin_race_needs,
	.system = pin_race_system,
	.roles = pin_race_roles,
	.outcomes = pin_race_outcomes,
	.max_ops = pin_race_max_ops,
	.memory = pin_race_memory,
	.setup = pin_race_setup,
	.trial = pin_race_trial,
	.teardown = pin_race_teardown,
};
