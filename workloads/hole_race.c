// SPDX-License-Identifier: GPL-2.0-only
/*
 * hole_race: a hole is punched into write-protected shared memory while
 * somebody reads the pages beside it.
 *
 * Path: shmem_fallocate() -> unmap_mapping_range(), then
 * shmem_undo_range() -> truncate_inode_folio() -> unmap_mapping_folio(),
 * against do_fault_around() (mm/shmem.c, mm/truncate.c, mm/memory.c, 6.12).
 *
 * The data loss of November 2020: the pages of the hole are unmapped first and
 * dropped later, and in between a read beside the hole maps them again, around
 * its fault, without the protection that was in the page table.  A write there
 * has no event.  Since fault-around is off for such mappings and a marker stays
 * where a protected page was unmapped this is closed by design: 0 missed.
 *
 * In each trial all pages are protected, those of the holes are mapped, and
 * those beside are not, so that to read them faults.  One CPU punches hole after
 * hole; another one meets it at each and reads.  Then every page is written: it
 * must have its event, in the hole too, for a marker outlives the hole
 * (UFFD_FEATURE_WP_UNPOPULATED is about anonymous memory and changes nothing
 * here).  An item is a hole with the pages beside it, since these go together;
 * it was exposed if a read faulted while it was being punched.
 *
 * through=other reads through a second mapping of the file that nobody
 * registered, as another process has it.  There fault-around is on and maps
 * pages that were unmapped a moment ago; they are then unmapped one by one as
 * they are dropped, by unmap_mapping_folio(), which drops the markers in all
 * mappings (ZAP_FLAG_DROP_MARKER): the next write has no event.
 *
 * Controls: the arms in which reads and punches do not meet, and `dropped`,
 * where pages are unprotected behind the tracker's back.
 */
#include "lib/errand.h"
#include "lib/holes.h"
#include "lib/meeting.h"
#include "lib/thread_faults.h"

#include <string.h>
#include <unistd.h>

enum {
	ARM_BESIDE,
	ARM_WRITE,
	ARM_INSIDE,
	ARM_READS_FIRST,
	ARM_PUNCH_FIRST,
	ARM_PLANTED,
};

static const enum meeting_order orders[] = {
	[ARM_BESIDE] = MEETING_TOGETHER,
	[ARM_WRITE] = MEETING_TOGETHER,
	[ARM_INSIDE] = MEETING_TOGETHER,
	[ARM_READS_FIRST] = MEETING_FIRST_0,
	[ARM_PUNCH_FIRST] = MEETING_FIRST_1,
	[ARM_PLANTED] = MEETING_FIRST_1,
};

enum {
	OUT_EVENT,
	OUT_MISSED,
};

enum {
	METRIC_RIGHT,
	METRIC_PUNCH,
	METRIC_READ,
	METRIC_PAGES,
};

enum {
	READER,
	PUNCHER
};

enum {
	BY_FALLOCATE,
	BY_MADVISE
};

enum {
	THROUGH_TRACKED,
	THROUGH_OTHER
};

struct hole_race_params {
	uint64_t holes;
	uint64_t hole;
	uint64_t through;
	uint64_t by;
	uint64_t phase;
};

struct hole_race {
	struct holes h;
	struct meeting meeting;
	struct errand errand;
	struct hole_read {
		uint64_t t0, t1; /* t1 is 0: it did not fault */
	} read[PAGE_EVENTS_MAX];
};

static uint64_t pages_of(const void *params)
{
	return ((const struct hole_race_params *)params)->holes * HOLES_SPAN;
}

static uint64_t hole_race_memory(const void *params)
{
	return pages_of(params) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int hole_race_setup(struct fl_run *run)
{
	const struct hole_race_params *p = fl_params(run);
	struct hole_race *s = fl_state(run);
	int err;

	s->h.nr = p->holes;
	s->h.len = p->hole;
	s->h.by_madvise = p->by == BY_MADVISE;
	err = holes_init(run, &s->h);
	return err ? err : meeting_init(run, &s->meeting, p->holes);
}

static void hole_race_teardown(struct fl_run *run)
{
	struct hole_race *s = fl_state(run);

	meeting_finish(&s->meeting);
	holes_finish(&s->h);
}

static int punch_all(struct fl_run *run, struct hole_race *s)
{
	int err = 0;

	for (size_t i = 0; i < s->meeting.nr && !err; i++) {
		err = meeting_enter(run, &s->meeting, PUNCHER, i);
		if (err)
			fl_fail(run, err, "waiting for the reader");
		if (!err)
			err = holes_punch(run, &s->h, i);
		meeting_leave(&s->meeting, PUNCHER, i);
	}
	meeting_end(&s->meeting, PUNCHER);
	return err;
}

static int puncher_step(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	struct hole_race *s = fl_state(run);
	int err;

	if (!errand_waits(&s->errand))
		return 0;

	fl_stage(th, "punching holes");
	err = punch_all(run, s);
	errand_finish(&s->errand, err);
	return err ? err : 1;
}

static int handler_step(struct fl_thread *th)
{
	struct hole_race *s = fl_state(fl_thread_run(th));

	return page_events_step(th, &s->h.events);
}

static void handler_wake(struct fl_thread *th)
{
	struct hole_race *s = fl_state(fl_thread_run(th));

	page_events_wake(&s->h.events);
}

/* Its times are kept if it faulted. */
static void read_page(struct fl_thread *th, struct hole_race *s, size_t page)
{
	const struct hole_race_params *p = fl_params(fl_thread_run(th));
	const volatile char *at = p->through == THROUGH_OTHER ? s->h.other
							      : s->h.file.base;
	uint64_t faults = thread_faults(), t0 = fl_clock_ns(), t1;

	(void)at[page * s->h.file.page_bytes];
	t1 = fl_clock_ns();
	s->read[page].t0 = t0;
	s->read[page].t1 = thread_faults() != faults ? t1 : 0;
}

static void read_around(struct fl_thread *th, struct hole_race *s, size_t hole)
{
	bool inside = fl_thread_arm(th) == ARM_INSIDE;
	size_t first = hole * HOLES_SPAN, next = first + holes_first(&s->h);

	for (size_t page = first; page < first + HOLES_SPAN; page++) {
		if (holes_has(&s->h, page) != inside)
			continue;
		read_page(th, s, page);
		if (fl_thread_arm(th) == ARM_WRITE && holes_has(&s->h, next)) {
			*cached_file_word(&s->h.file, next) = 1;
			s->h.written[next++] = true;
		}
	}
}

static int read_all(struct fl_thread *th, struct hole_race *s)
{
	struct fl_run *run = fl_thread_run(th);
	int err = 0;

	fl_stage(th, "reading beside holes");
	for (size_t i = 0; i < s->meeting.nr && !err; i++) {
		err = meeting_enter(run, &s->meeting, READER, i);
		if (err)
			fl_fail(run, err, "waiting for the puncher");
		else
			read_around(th, s, i);
		meeting_leave(&s->meeting, READER, i);
	}
	meeting_end(&s->meeting, READER);
	return err;
}

static bool met(const struct hole_read *r, const struct meeting_stay *punch)
{
	return r->t1 && r->t1 > punch->t0 && r->t0 < punch->t1;
}

/* However many reads faulted during the punch, and however many pages it has. */
static bool was_exposed(struct fl_thread *th, struct hole_race *s, size_t hole)
{
	const struct meeting_stay *punch =
		&s->meeting.points[hole].stay[PUNCHER];
	bool exposed = false;

	for (size_t i = 0; i < HOLES_SPAN; i++) {
		const struct hole_read *r = &s->read[hole * HOLES_SPAN + i];

		if (!met(r, punch))
			continue;
		exposed = true;
		fl_observe(th, METRIC_READ, r->t1 - r->t0);
	}
	return exposed;
}

static void expose(struct fl_thread *th, struct hole_race *s)
{
	for (size_t i = 0; i < s->meeting.nr; i++) {
		const struct meeting_stay *punch =
			&s->meeting.points[i].stay[PUNCHER];

		fl_expose(th, was_exposed(th, s, i));
		fl_observe(th, METRIC_PUNCH, punch->t1 - punch->t0);
	}
}

/* The bit before the write and the event must say the same. */
static int check_page(struct fl_run *run, struct hole_race *s, size_t page,
		      bool *ret_event)
{
	bool bit = s->h.bit[page];

	*ret_event = page_events_saw(&s->h.events, page, PAGE_EVENTS_WP);
	if (s->h.written[page] || *ret_event == bit)
		return 0;
	return fl_fail(run, -EPROTO, "page %zu: %s, but %s", page,
		       bit ? "protected" : "not protected",
		       *ret_event ? "with an event" : "without one");
}

/* One without an event is missed; of those planted all must be. */
static int judge_hole(struct fl_thread *th, struct hole_race *s, size_t hole)
{
	size_t first = hole * HOLES_SPAN, planted = 0, missed = 0;
	unsigned seen;

	for (size_t i = first; i < first + HOLES_SPAN; i++) {
		bool event;
		int err = check_page(fl_thread_run(th), s, i, &event);

		if (err)
			return err;
		planted += s->h.planted[i];
		missed += !event;
	}
	seen = missed && missed >= planted ? OUT_MISSED : OUT_EVENT;
	if (planted)
		fl_judge(th, seen, OUT_MISSED, 1);
	else if (fl_thread_arm(th) != ARM_PLANTED)
		fl_judge(th, seen, OUT_EVENT, 1);
	if (!planted && missed)
		fl_observe(th, METRIC_PAGES, missed);
	return 0;
}

static int judge(struct fl_thread *th, struct hole_race *s)
{
	int err = 0;

	for (size_t i = 0; i < s->meeting.nr && !err; i++)
		err = judge_hole(th, s, i);
	return err;
}

static int hole_race_trial(struct fl_thread *th)
{
	struct fl_run *run = fl_thread_run(th);
	const struct hole_race_params *p = fl_params(run);
	struct hole_race *s = fl_state(run);
	int err = holes_start(run, &s->h), other;

	if (err)
		return err;

	memset(s->read, 0, sizeof(s->read));
	meeting_plan(th, &s->meeting, orders[fl_thread_arm(th)], p->phase);
	errand_ask(&s->errand);
	err = read_all(th, s);
	fl_stage(th, "waiting for the puncher");
	other = errand_wait(run, &s->errand);
	if (!err && !other && fl_thread_arm(th) == ARM_PLANTED)
		err = holes_plant(th, &s->h);
	if (!err && !other)
		err = holes_write(th, &s->h);
	if (err || other)
		return err ? err : other;

	expose(th, s);
	return judge(th, s);
}

static const char *const by_names[] = {
	[BY_FALLOCATE] = "fallocate",
	[BY_MADVISE] = "madvise",
	NULL,
};

static const char *const through_names[] = {
	[THROUGH_TRACKED] = "tracked",
	[THROUGH_OTHER] = "other",
	NULL,
};

static const char *const through_words[] = {
	[THROUGH_TRACKED] = "the one that is protected; no fault-around there",
	[THROUGH_OTHER] = "a second one of the file that nobody registered",
	NULL,
};

static const struct fl_param hole_race_table[] = {
	FL_PARAM_U64(struct hole_race_params, holes, "32", 1, HOLES_MAX,
		     "holes", "punched in a trial, one in 16 pages"),
	FL_PARAM_U64(struct hole_race_params, hole, "8", 1, HOLES_SPAN - 1,
		     "pages", "of a hole; the others of the 16 are beside it"),
	FL_PARAM_ENUM(struct hole_race_params, through, through_names,
		      "tracked", "the mapping of the reads",
		      .words = through_words),
	FL_PARAM_ENUM(struct hole_race_params, by, by_names, "fallocate",
		      "PUNCH_HOLE of the file, or MADV_REMOVE of the mapping"),
	FL_PARAM_TIME(struct hole_race_params, phase, "2us", 0, 1000000,
		      "one goes first by a random part of it"),
	{ 0 },
};

static const struct fl_arm hole_race_arms[] = {
	[ARM_BESIDE] = { .name = "beside",
			 .differs = "pages beside a hole are read while it is "
				    "punched",
			 .why = "the question" },
	[ARM_WRITE] = { .name = "write",
			.reference = "beside",
			.differs = "and after each read a page of the hole is "
				   "written at once",
			.why = "the moment that the question is about" },
	[ARM_INSIDE] = { .name = "inside",
			 .reference = "beside",
			 .differs = "the pages of the hole are read",
			 .why = "such faults wait for the end of the punch" },
	[ARM_READS_FIRST] = { .name = "reads-first",
			      .reference = "beside",
			      .differs = "all reads are done before the first "
					 "hole",
			      .why = "a control: the same without a race" },
	[ARM_PUNCH_FIRST] = { .name = "punch-first",
			      .reference = "beside",
			      .differs = "all holes are punched before the "
					 "first read",
			      .why = "likewise" },
	[ARM_PLANTED] = { .name = "dropped",
			  .planted = true,
			  .differs = "as punch-first, then some pages are "
				     "unprotected behind the tracker's back",
			  .why = "must be found to be missed" },
	{ 0 },
};

static const struct fl_metric hole_race_metrics[] = {
	[METRIC_RIGHT] = { .name = "right",
			   .unit = "",
			   .better = FL_BETTER_HIGHER,
			   .kind = FL_KIND_RATIO,
			   .help = "share of holes where each page that is "
				   "written had its event" },
	[METRIC_PUNCH] = { .name = "punch",
			   .unit = "ns",
			   .better = FL_BETTER_LOWER,
			   .kind = FL_KIND_LATENCY,
			   .help = "one hole" },
	[METRIC_READ] = { .name = "read",
			  .unit = "ns",
			  .better = FL_BETTER_LOWER,
			  .kind = FL_KIND_LATENCY,
			  .help = "a read that faulted during a punch" },
	[METRIC_PAGES] = { .name = "pages",
			   .unit = "pages",
			   .better = FL_BETTER_LOWER,
			   .kind = FL_KIND_COUNT,
			   .help = "of a hole that was missed, without an "
				   "event" },
	{ 0 },
};

static const struct fl_need hole_race_needs[] = {
	{ FL_FEATURE_WP_SHMEM, NULL },
	{ FL_FEATURE_PAGEMAP_WP, NULL },
	{ 0 },
};

static const struct fl_outcome hole_race_outcomes[] = {
	[OUT_EVENT] = { "event", "each page is written, and each write is "
				 "told" },
	[OUT_MISSED] = { "missed", "some page is written, and nobody is "
				   "told" },
	{ 0 },
};

static bool here(const void *params)
{
	(void)params;
	return true;
}

static const struct fl_role hole_race_roles[] = {
	{ .name = "puncher", .kind = FL_ROLE_THREAD, .step = puncher_step },
	{ .name = "handler",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = here,
	  .step = handler_step,
	  .wake = handler_wake },
	{ 0 },
};

FL_DEFINE_WORKLOAD(hole_race) = {
	.name = "hole_race",
	.summary = "write-protected pages are read beside holes being punched",
	.kernel_path = "shmem_fallocate(), mm/shmem.c (6.12)",
	.source = "linux-mm, 2020-11: mm: Don't fault around "
		  "userfaultfd-registered regions on reads",
	.mode = FL_MODE_TRIAL,
	.params_size = sizeof(struct hole_race_params),
	.state_size = sizeof(struct hole_race),
	.params = hole_race_table,
	.arms = hole_race_arms,
	.metrics = hole_race_metrics,
	.needs = hole_race_needs,
	.roles = hole_race_roles,
	.outcomes = hole_race_outcomes,
	.exposure = "holes during whose punch a read faulted",
	.max_ops = pages_of,
	.memory = hole_race_memory,
	.setup = hole_race_setup,
	.trial = hole_race_trial,
	.teardown = hole_race_teardown,
};
