// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault_around: pages that are read through a mapping that is registered with
 * userfaultfd, and how many of them are mapped by the fault of another.
 *
 * Path: do_read_fault() -> should_fault_around() -> do_fault_around(),
 * mm/memory.c, with uffd_disable_fault_around() (read in 6.12).
 *
 * In November 2020 a patch wanted fault-around off for each mapping that is
 * registered; the reviewer said that the pages may have been faulted into the
 * cache by another task, and asked: "A measurable difference?".  A trial maps a
 * file that is in the page cache afresh, registers it, and reads all its pages
 * once, three times over: one page, to see how many are mapped then; all, each
 * looked at before, for what becomes of it; all at a stretch, for the time.
 *
 * What the proposal would cost who registers for MISSING is told by
 * `missing+wp`: the same events for the same pages, and fault-around is off.
 * What it would gain is nothing where the pages came by UFFDIO_COPY (`copied`).
 *
 * A page of a mapping that is registered for MINOR is due an event, which a
 * thread on the same CPU resolves: the time in these arms is that of events.
 * In `continued` one call maps all pages before, and its time counts.  In the
 * planted arm pages are mapped that way one by one, behind the back of who
 * counts events: they must be found to be lost.
 *
 * With large=yes the rules are not asked: where a huge page lies in the cache one
 * read maps all of it, registered for WP or not, unless the page table has
 * markers already (`protected`) or each page is due an event.
 */
#include "lib/around_arms.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PLANTED = 20,	   /* a trial, at most */
	UNLIKE_SHARE = 16, /* of the pages: more is no accident */
};

enum {
	OUT_OWN,
	OUT_AROUND,
	OUT_THERE,
	OUT_LOST,
};

enum {
	METRIC_RIGHT,
	METRIC_READ,
	METRIC_FAULTS,
	METRIC_PRESENT,
};

enum {
	CACHED_BY_OWN,
	CACHED_BY_OTHER
};

enum {
	ORDER_SEQUENTIAL,
	ORDER_RANDOM
};

struct fault_around_params {
	uint64_t kind;
	uint64_t order;
	uint64_t cached;
	uint64_t large;
	uint64_t pages;
};

struct fault_around {
	struct around_pass pass;
	bool knows_window; /* as far as it can be known */
	size_t window;	   /* pages; 0: not a window */
	unsigned char predicted[AROUND_MAX_PAGES];
	bool planted[AROUND_MAX_PAGES];
};

static uint64_t pages_of(const void *params)
{
	return ((const struct fault_around_params *)params)->pages;
}

static uint64_t fault_around_memory(const void *params)
{
	return 3 * pages_of(params) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The child that fills the cache for the others. */
static int filler_serve(struct fl_run *run, uint32_t cmd, uint64_t arg,
			uint64_t *ret_value)
{
	struct fault_around *s = fl_state(run);

	(void)cmd;
	(void)arg;
	(void)ret_value;
	return cached_file_fill(run, &s->pass.file);
}

static int ask_filler(struct fl_run *run)
{
	int err = fl_actor_call(run, 0, 0, 0, NULL);

	return err ? fl_fail(run, err, "another process, to fill the cache")
		   : 0;
}

static int fault_around_setup(struct fl_run *run)
{
	const struct fault_around_params *p = fl_params(run);
	struct fault_around *s = fl_state(run);

	s->pass.file.kind = (enum cached_file_kind)p->kind;
	s->pass.file.large = p->large;
	s->pass.file.nr = p->pages;
	s->pass.fill = p->cached == CACHED_BY_OTHER ? ask_filler : NULL;
	return around_pass_init(run, &s->pass);
}

static void fault_around_teardown(struct fl_run *run)
{
	struct fault_around *s = fl_state(run);

	around_pass_finish(&s->pass);
}

static void tell_folios(struct fl_run *run, const struct cached_file *f)
{
	size_t folios;

	if (cached_file_folios(f, &folios))
		fl_fact(run, "folios", "not known (only root may look)");
	else
		fl_fact(run, "folios", "%zu pages in %zu", f->nr, folios);
}

/* What the window is shows in a mapping that nobody registered. */
static int learn_window(struct fl_thread *th, struct fault_around *s)
{
	struct fl_run *run = fl_thread_run(th);
	struct around_pass *p = &s->pass;
	size_t page = p->file.nr / 2, present;
	int err = around_pass_one(th, p, &around_ways[AROUND_ARM_UNREGISTERED],
				  page, &present);

	if (err)
		return err;

	s->window = p->file.large ? 0
				  : around_window(p->before, p->file.nr, page);
	s->knows_window = true;
	fl_fact(run, "window", "%zu pages mapped by one read, unregistered%s",
		present,
		s->window > 1 ? "" : "; rules are about pages: none is asked");
	err = around_pass_map(th, p, &around_ways[AROUND_ARM_THERE]);
	if (!err)
		tell_folios(run, &p->file);
	return err;
}

static int observe_one(struct fl_thread *th, struct fault_around *s,
		       const struct around_way *way)
{
	size_t page = (fl_rand(th) >> 8) % s->pass.file.nr, present;
	int err = around_pass_one(th, &s->pass, way, page, &present);

	if (!err)
		fl_observe(th, METRIC_PRESENT, present);
	return err;
}

static int observe_all(struct fl_thread *th, struct fault_around *s,
		       const struct around_way *way)
{
	size_t nr = s->pass.file.nr;
	uint64_t ns, faults;
	int err = around_pass_map(th, &s->pass, way);

	if (!err)
		err = around_pass_timed(th, &s->pass, way, &ns, &faults);
	if (err)
		return err;

	fl_observe(th, METRIC_READ, (ns + nr / 2) / nr);
	fl_observe(th, METRIC_FAULTS, faults);
	return 0;
}

static unsigned outcome_of(struct fault_around *s, const struct around_way *way,
			   size_t page)
{
	struct around_pass *p = &s->pass;

	if (way->events)
		return page_events_saw(&p->events, page, PAGE_EVENTS_MINOR)
			       ? OUT_OWN
			       : OUT_LOST;
	if (p->before[page])
		return OUT_THERE;
	return p->turn[page] ? OUT_AROUND : OUT_OWN;
}

/* Own fault or around: both are right, unless an event was due. */
static unsigned expected_of(const struct around_way *way, unsigned seen)
{
	if (way->before != AROUND_NOTHING && way->before != AROUND_PROTECTED)
		return OUT_THERE;
	return seen == OUT_AROUND ? OUT_AROUND : OUT_OWN;
}

static void predict(struct fl_thread *th, struct fault_around *s,
		    const struct around_way *way)
{
	static const unsigned char outcomes[] = {
		[AROUND_OWN] = OUT_OWN,
		[AROUND_AROUND] = OUT_AROUND,
		[AROUND_LOST] = OUT_LOST,
	};
	size_t nr = s->pass.file.nr;

	for (unsigned rule = 0; rule < AROUND_RULES; rule++) {
		around_predict(
			around_is_off((enum around_rule)rule, way->modes),
			way->events, s->window, s->pass.order, nr,
			s->predicted);
		for (size_t i = 0; i < nr; i++)
			fl_predict(th, rule, outcomes[s->predicted[i]],
				   outcome_of(s, way, i), 1);
	}
}

static int plant(struct fl_thread *th, struct fault_around *s)
{
	struct cached_file *f = &s->pass.file;
	int err = 0;

	memset(s->planted, 0, sizeof(s->planted));
	for (size_t i = 0; i < PLANTED && i < f->nr && !err; i++) {
		size_t page = (fl_rand(th) >> 8) % f->nr;

		while (s->planted[page])
			page = (page + 1) % f->nr;
		s->planted[page] = true;
		err = uffd_continue(&s->pass.sync,
				    f->base + page * f->page_bytes,
				    f->page_bytes);
	}
	return err ? fl_fail(fl_thread_run(th), err, "planting") : 0;
}

static void judge(struct fl_thread *th, struct fault_around *s,
		  const struct around_way *way)
{
	bool planted = fl_thread_arm(th) == AROUND_ARM_PLANTED;

	for (size_t i = 0; i < s->pass.file.nr; i++) {
		unsigned seen = outcome_of(s, way, i);

		if (planted && s->planted[i])
			fl_judge(th, seen, OUT_LOST, 1);
		if (!planted)
			fl_judge(th, seen, expected_of(way, seen), 1);
	}
}

static int watch(struct fl_thread *th, struct fault_around *s,
		 const struct around_way *way)
{
	bool planted = fl_thread_arm(th) == AROUND_ARM_PLANTED;
	struct around_pass *p = &s->pass;
	int err = around_pass_map(th, p, way);

	if (!err)
		err = around_pass_continue(fl_thread_run(th), p, way);
	if (!err && planted)
		err = plant(th, s);
	if (!err)
		err = around_pass_watched(th, p);
	if (err)
		return err;
	if (p->unlike > p->file.nr / UNLIKE_SHARE)
		return fl_fail(fl_thread_run(th), -EPROTO,
			       "%zu of %zu pages: page table and count of "
			       "faults disagree",
			       p->unlike, p->file.nr);

	judge(th, s, way);
	if (s->window > 1 && !planted && expected_of(way, OUT_OWN) == OUT_OWN)
		predict(th, s, way);
	return 0;
}

static int fault_around_trial(struct fl_thread *th)
{
	const struct fault_around_params *p = fl_params(fl_thread_run(th));
	struct fault_around *s = fl_state(fl_thread_run(th));
	const struct around_way *way = &around_ways[fl_thread_arm(th)];
	int err = s->knows_window ? 0 : learn_window(th, s);

	around_pass_order(th, &s->pass, p->order == ORDER_RANDOM);
	if (!err)
		err = watch(th, s, way);
	if (err || fl_thread_arm(th) == AROUND_ARM_PLANTED)
		return err;

	err = observe_one(th, s, way);
	return err ? err : observe_all(th, s, way);
}

static int handler_step(struct fl_thread *th)
{
	struct fault_around *s = fl_state(fl_thread_run(th));

	return page_events_step(th, &s->pass.events);
}

static void handler_wake(struct fl_thread *th)
{
	struct fault_around *s = fl_state(fl_thread_run(th));

	page_events_wake(&s->pass.events);
}

static const char *const order_names[] = {
	[ORDER_SEQUENTIAL] = "sequential",
	[ORDER_RANDOM] = "random",
	NULL,
};

static const char *const cached_names[] = {
	[CACHED_BY_OWN] = "own",
	[CACHED_BY_OTHER] = "other",
	NULL,
};

static const char *const cached_words[] = {
	[CACHED_BY_OWN] = "this process filled the cache before it mapped",
	[CACHED_BY_OTHER] = "another process fills it behind the registration",
	NULL,
};

static const struct fl_param fault_around_table[] = {
	FL_PARAM_ENUM(struct fault_around_params, kind, cached_file_kinds,
		      "shmem", "memory of a memfd, or a file on a disk"),
	FL_PARAM_ENUM(struct fault_around_params, order, order_names,
		      "sequential", "of the reads"),
	FL_PARAM_ENUM(struct fault_around_params, cached, cached_names, "own",
		      "who brought the pages into the cache",
		      .words = cached_words),
	FL_PARAM_BOOL(struct fault_around_params, large, "no",
		      "large folios: huge pages of shmem, or what a read ahead "
		      "of the file gives"),
	FL_PARAM_U64(struct fault_around_params, pages, "128", 1,
		     AROUND_MAX_PAGES, "pages", "read in a pass"),
	{ 0 },
};

static const struct fl_metric fault_around_metrics[] = {
	[METRIC_RIGHT] = { .name = "right",
			   .unit = "",
			   .better = FL_BETTER_HIGHER,
			   .kind = FL_KIND_RATIO,
			   .help = "share of pages that had the events they "
				   "are due" },
	[METRIC_READ] = { .name = "read",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .help = "a page, of all read at a stretch" },
	[METRIC_FAULTS] = { .name = "faults",
			    .unit = "",
			    .better = FL_BETTER_LOWER,
			    .kind = FL_KIND_COUNT,
			    .help = "in that pass" },
	[METRIC_PRESENT] = { .name = "present",
			     .unit = "pages",
			     .better = FL_BETTER_HIGHER,
			     .kind = FL_KIND_COUNT,
			     .help = "mapped after one read" },
	{ 0 },
};

static const struct fl_need fault_around_needs[] = {
	{ FL_FEATURE_UFFD, NULL },
	{ 0 },
};

static const struct fl_system fault_around_system[] = {
	{ .knob = "thp-shmem",
	  .value = "advise",
	  .when = "kind=shmem large=yes" },
	{ 0 },
};

static const struct fl_outcome fault_around_outcomes[] = {
	[OUT_OWN] = { "own", "mapped by a fault of its own, with the event "
			     "that is due" },
	[OUT_AROUND] = { "around", "mapped by the fault of another page" },
	[OUT_THERE] = { "there", "mapped before the reads began" },
	[OUT_LOST] = { "lost", "read without the MINOR event that was due" },
	{ 0 },
};

static const struct fl_oracle fault_around_oracles[] = {
	[AROUND_OFF_NONE] = { "never-off", "fault-around whatever is "
					   "registered (before 5.13)" },
	[AROUND_OFF_WP_MINOR] = { "wp-minor", "off for WP and for MINOR" },
	[AROUND_OFF_ALL] = { "all-off", "off for every registration (proposed "
					"in 2020)" },
	{ 0 },
};

static bool here(const void *params)
{
	(void)params;
	return true;
}

static const struct fl_role fault_around_roles[] = {
	{ .name = "handler",
	  .when = "kind=shmem",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = here,
	  .step = handler_step,
	  .wake = handler_wake },
	{ 0 },
};

static const struct fl_actor fault_around_actors[] = {
	{ .name = "filler", .serve = filler_serve },
	{ 0 },
};

FL_DEFINE_WORKLOAD(fault_around) = {
	.name = "fault_around",
	.summary = "reads of cached pages: how many faults, by registration",
	.kernel_path = "do_fault_around(), mm/memory.c (6.12)",
	.source = "linux-mm, 2020-11: mm: Don't fault around "
		  "userfaultfd-registered regions on reads",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct fault_around_params),
	.state_size = sizeof(struct fault_around),
	.params = fault_around_table,
	.arms = around_arms,
	.metrics = fault_around_metrics,
	.needs = fault_around_needs,
	.system = fault_around_system,
	.roles = fault_around_roles,
	.actors = fault_around_actors,
	.outcomes = fault_around_outcomes,
	.oracles = fault_around_oracles,
	.max_ops = pages_of,
	.memory = fault_around_memory,
	.setup = fault_around_setup,
	.trial = fault_around_trial,
	.teardown = fault_around_teardown,
};
