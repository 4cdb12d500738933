// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases of tracking on the running kernel: known answers, that the tables agree,
 * and that mistakes are found.
 */
#include "bench/agent/probe.h"
#include "common/condition.h"
#include "workloads/lib/track_scenarios.h"
#include "workloads/lib/track_steps.h"
#include "workloads/registry.h"

#include "../unit/unit.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NR = 64,
	NR_OUTCOMES = TRACK_REFUSED + 1,
};

struct fixture {
	struct fl_run run;
	struct fl_thread th;
	struct track_case c;
	pthread_t handler;
	unsigned tally[NR_OUTCOMES][NR_OUTCOMES]; /* outcome, expected */
};

static enum fl_feature_state feature(enum fl_feature f)
{
	return probe_feature(f, NULL);
}

static const struct fl_harness harness = { .feature = feature };

static void *handle(void *arg)
{
	struct fixture *f = arg;

	while (!fl_stopped(&f->run) &&
	       tracker_handler_step(&f->run, &f->c.handler) >= 0)
		;
	return NULL;
}

static int set_up(void **state)
{
	struct fixture *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(f, MAP_FAILED);
	f->th.run = &f->run;
	f->run.harness = &harness;
	f->run.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	f->run.deadline_ns = fl_clock_ns() + 60000000000U;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	munmap(f, sizeof(*f));
	return 0;
}

/* Whether there is such a case here. */
static bool begin(struct fixture *f, const struct track_scenario *s)
{
	int err = track_case_init(&f->run, &f->c, s, NR);

	if (err && f->run.skipped) {
		track_case_finish(&f->c);
		f->run.skipped = false;
		f->run.why[0] = '\0';
		return false;
	}
	if (err)
		fail_msg("%s: %d", f->run.why, err);
	f->run.stop = false;
	assert_int_equal(pthread_create(&f->handler, NULL, handle, f), 0);
	return true;
}

static void end(struct fixture *f)
{
	atomic_store(&f->run.stop, true);
	tracker_handler_wake(&f->c.handler);
	pthread_join(f->handler, NULL);
	track_case_finish(&f->c);
	track_case_finish(&f->c);
}

static void tally(struct fixture *f, bool planted)
{
	enum track_due due = track_case_due(&f->c);

	memset(f->tally, 0, sizeof(f->tally));
	for (size_t i = 0; i < f->c.nr; i++) {
		const struct track_page *p = &f->c.pages[i];
		unsigned seen = track_outcome_of(p, due);

		if (planted && p->planted)
			f->tally[seen][p->found]++;
		if (!planted && track_case_counts(&f->c, i))
			f->tally[seen][track_expected_of(p, due)]++;
	}
}

/* Whether it ran; then the tally tells. */
static bool run(struct fixture *f, const char *row,
		const struct track_scenario *s, enum tracker_kind kind,
		bool planted)
{
	bool ran;
	int err;

	if (!begin(f, s))
		return false;

	err = track_case_run(&f->th, &f->c, kind, planted);
	ran = !err;
	if (ran)
		tally(f, planted);
	end(f);
	if (err && !f->run.skipped)
		fail_msg("%s: %s (%d)", row, f->run.why, err);
	f->run.skipped = false;
	f->run.why[0] = '\0';
	return ran;
}

static bool is_here(enum tracker_kind kind)
{
	switch (kind) {
	case TRACKER_UFFD_WP:
		return feature(FL_FEATURE_WP_ANON) == FL_FEATURE_YES;
	case TRACKER_WP_ASYNC:
		return feature(FL_FEATURE_WP_ASYNC) == FL_FEATURE_YES;
	case TRACKER_SOFT_DIRTY:
		return feature(FL_FEATURE_SOFT_DIRTY) == FL_FEATURE_YES;
	case TRACKER_MPROTECT:
		return true;
	default:
		return false;
	}
}

/* What kernels have done since they could: notified and silent pages. */
static const struct {
	const char *name;
	enum track_scenario_name scenario;
	enum tracker_kind kind;
	enum track_outcome outcome;
	unsigned nr, silent;
} rows[] = {
	{ "plain", TRACK_CASE_PLAIN, TRACKER_UFFD_WP, TRACK_NOTIFIED, 24, 40 },
	{ "plain, async", TRACK_CASE_PLAIN, TRACKER_WP_ASYNC, TRACK_NOTIFIED,
	  48, 16 },
	{ "plain, soft-dirty", TRACK_CASE_PLAIN, TRACKER_SOFT_DIRTY,
	  TRACK_NOTIFIED, 48, 16 },
	{ "plain, mprotect", TRACK_CASE_PLAIN, TRACKER_MPROTECT, TRACK_NOTIFIED,
	  24, 40 },
	{ "second write", TRACK_CASE_SECOND, TRACKER_UFFD_WP, TRACK_NOTIFIED, 0,
	  64 },
	{ "fork", TRACK_CASE_FORK_EXITED, TRACKER_UFFD_WP, TRACK_NOTIFIED, 24,
	  40 },
	{ "the child", TRACK_CASE_FORK_CHILD, TRACKER_UFFD_WP, TRACK_DROPPED,
	  24, 40 },
	{ "a huge page", TRACK_CASE_THP_FIRST, TRACKER_UFFD_WP, TRACK_NOTIFIED,
	  1, 511 },
	{ "a huge page, async", TRACK_CASE_THP_FIRST, TRACKER_WP_ASYNC,
	  TRACK_NOTIFIED, 1, 511 },
	{ "all of it", TRACK_CASE_THP_ALL, TRACKER_UFFD_WP, TRACK_NOTIFIED, 512,
	  0 },
	{ "absent", TRACK_CASE_ABSENT, TRACKER_UFFD_WP, TRACK_DROPPED, 24, 40 },
	{ "dropped", TRACK_CASE_DROPPED, TRACKER_UFFD_WP, TRACK_DROPPED, 24,
	  40 },
	{ "read by GUP", TRACK_CASE_GUP_READ, TRACKER_UFFD_WP, TRACK_NOTIFIED,
	  24, 40 },
	{ "shared, read by GUP", TRACK_CASE_GUP_SHARED, TRACKER_UFFD_WP,
	  TRACK_NOTIFIED, 24, 40 },
	{ "shared, in a pipe, async", TRACK_CASE_GUP_SHARED_PIPE,
	  TRACKER_WP_ASYNC, TRACK_NOTIFIED, 48, 16 },
	{ "written by GUP, async", TRACK_CASE_VM_WRITE, TRACKER_WP_ASYNC,
	  TRACK_NOTIFIED, 48, 16 },
	{ "written by GUP, mprotect", TRACK_CASE_VM_WRITE, TRACKER_MPROTECT,
	  TRACK_REFUSED, 24, 40 },
	{ "read into, mprotect", TRACK_CASE_READ_INTO, TRACKER_MPROTECT,
	  TRACK_REFUSED, 24, 40 },
	{ "/proc/self/mem", TRACK_CASE_PROC_MEM, TRACKER_UFFD_WP, TRACK_REFUSED,
	  24, 40 },
	{ "pinned late, async", TRACK_CASE_RING_AFTER, TRACKER_WP_ASYNC,
	  TRACK_NOTIFIED, 48, 16 },
	{ "pinned late, mprotect", TRACK_CASE_RING_AFTER, TRACKER_MPROTECT,
	  TRACK_REFUSED, 24, 40 },
	{ "swapped, read in", TRACK_CASE_SWAP_READ, TRACKER_UFFD_WP,
	  TRACK_NOTIFIED, 24, 40 },
	{ "swapped", TRACK_CASE_SWAP_WRITE, TRACKER_WP_ASYNC, TRACK_NOTIFIED,
	  48, 16 },
	{ "armed in swap", TRACK_CASE_SWAP_ARMED, TRACKER_UFFD_WP,
	  TRACK_NOTIFIED, 24, 40 },
	{ "merged before", TRACK_CASE_KSM_BEFORE, TRACKER_UFFD_WP,
	  TRACK_NOTIFIED, 24, 40 },
	{ "resolved, merged", TRACK_CASE_RESOLVED_KSM, TRACKER_UFFD_WP,
	  TRACK_NOTIFIED, 0, 64 },
	{ "hugetlb", TRACK_CASE_HUGETLB, TRACKER_UFFD_WP, TRACK_NOTIFIED, 6,
	  10 },
};

static void test_known(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *row = rows[i].name;
		enum track_outcome seen = rows[i].outcome;

		if (!is_here(rows[i].kind) ||
		    !run(f, row, track_scenario(rows[i].scenario), rows[i].kind,
			 false))
			continue;
		check_row_int(row, f->tally[seen][seen], rows[i].nr);
		check_row_int(row, f->tally[TRACK_SILENT][TRACK_SILENT],
			      rows[i].silent);
	}
}

/* What all kernels do behind a tracker's back is seen to be missed. */
static const struct {
	const char *name;
	enum track_scenario_name scenario;
	enum tracker_kind kind;
	unsigned least;
} lost[] = {
	{ "pinned before", TRACK_CASE_RING_BEFORE, TRACKER_UFFD_WP, 24 },
	{ "pinned before, async", TRACK_CASE_RING_BEFORE, TRACKER_WP_ASYNC,
	  48 },
	{ "pinned before, mprotect", TRACK_CASE_RING_BEFORE, TRACKER_MPROTECT,
	  24 },
	{ "a disk", TRACK_CASE_UNDER_WAY, TRACKER_UFFD_WP, 1 },
	{ "a disk, mprotect", TRACK_CASE_UNDER_WAY, TRACKER_MPROTECT, 1 },
	{ "/proc/self/mem", TRACK_CASE_PROC_MEM, TRACKER_MPROTECT, 24 },
};

static void test_lost(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ROWS(lost); i++) {
		const char *row = lost[i].name;

		if (!is_here(lost[i].kind) ||
		    !run(f, row, track_scenario(lost[i].scenario), lost[i].kind,
			 false))
			continue;
		check_row(row, f->tally[TRACK_MISSED][TRACK_NOTIFIED] >=
				       lost[i].least);
		check_row_int(row, f->tally[TRACK_NOTIFIED][TRACK_NOTIFIED], 0);
	}
}

/* The trial itself must come off, whatever the kernel does. */
static void test_each(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < TRACK_NR_SCENARIOS; i++) {
		const struct track_scenario *s = track_scenario(
			(enum track_scenario_name)i);

		for (unsigned kind = 0; kind < TRACKER_KINDS; kind++)
			if (is_here((enum tracker_kind)kind) &&
			    !s->without[kind])
				(void)run(f, track_scenario_names[i], s,
					  (enum tracker_kind)kind, false);
	}
}

/* Three sorts of mistakes, and each is found on the way of each scenario. */
static void test_planted(void **state)
{
	struct fixture *f = *state;

	if (!is_here(TRACKER_UFFD_WP))
		skip();
	for (unsigned i = 0; i < TRACK_NR_SCENARIOS; i++) {
		const char *row = track_scenario_names[i];

		if (!run(f, row, track_scenario((enum track_scenario_name)i),
			 TRACKER_UFFD_WP, true))
			continue;
		check_row_int(row, f->tally[TRACK_MISSED][TRACK_MISSED],
			      TRACK_PLANTED);
		check_row_int(row, f->tally[TRACK_FALSE][TRACK_FALSE],
			      TRACK_PLANTED);
		check_row_int(row, f->tally[TRACK_TWICE][TRACK_TWICE],
			      TRACK_PLANTED);
	}
}

/* Memory that was never armed, though the case says so, is no trial. */
static int pretend(struct track_case *c)
{
	for (size_t i = 0; i < c->nr; i++)
		c->pages[i].armed = true;
	return track_disarm_half(c);
}

static void test_no_path(void **state)
{
	const struct track_scenario s = { .steps = { track_fill, pretend } };
	struct fixture *f = *state;

	if (!is_here(TRACKER_UFFD_WP) ||
	    feature(FL_FEATURE_PAGEMAP_WP) != FL_FEATURE_YES)
		skip();
	assert_true(begin(f, &s));
	assert_int_equal(track_case_run(&f->th, &f->c, TRACKER_UFFD_WP, false),
			 -EPROTO);
	assert_non_null(strstr(f->run.why, "is not protected"));
	end(f);
}

/* Every row has steps and words, and the arms know who has no part in it. */
static void test_table(void **unused)
{
	const struct fl_workload *w = registry_find("wp_track");
	struct units units = units_of_machine();

	(void)unused;
	assert_non_null(w);
	for (uint64_t i = 0; i < TRACK_NR_SCENARIOS; i++) {
		const struct track_scenario *s = track_scenario(
			(enum track_scenario_name)i);
		const uint64_t params[] = { i, NR };
		const char *row = track_scenario_names[i];

		check_row(row, s->steps[0] && s->path);
		check_row(row, !s->steps[TRACK_MAX_STEPS - 1]);
		check_row(row, *track_scenario_words[i]);
		check_row(row, !s->without[TRACKER_UFFD_WP]);
		for (const struct fl_arm *a = w->arms; a->name; a++)
			for (unsigned kind = 0; kind < TRACKER_KINDS; kind++)
				if (!strcmp(a->name, tracker_names[kind]))
					check_row_int(row,
						      condition_when(w, a->when,
								     &units,
								     params),
						      !s->without[kind]);
	}
	assert_null(track_scenario_names[TRACK_NR_SCENARIOS]);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_known),   CASE(test_lost),
		CASE(test_each),    CASE(test_planted),
		CASE(test_no_path), cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
