// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases of copy-on-write on the running kernel: what all kernels do since 5.9,
 * and that what is wrong is seen.
 */
#include "workloads/lib/cow_scenarios.h"
#include "workloads/lib/cow_steps.h"

#include "../unit/unit.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NR = 16
};

struct fixture {
	struct fl_run run;
	struct cow_case c;
};

static int set_up(void **state)
{
	struct fixture *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(f, MAP_FAILED);
	f->run.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	f->run.deadline_ns = fl_clock_ns() + 60000000000U;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	cow_case_finish(&f->c);
	cow_case_finish(&f->c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	munmap(f, sizeof(*f));
	return 0;
}

static void init(struct fixture *f, bool file)
{
	struct cow_case_spec spec = { .nr = NR, .file = file };

	assert_int_equal(cow_case_init(&f->run, &f->c, &spec), 0);
}

static const struct {
	const char *name;
	const struct cow_scenario *control; /* else the scenario */
	enum cow_scenario_name scenario;
	enum cow_answer want;
} rows[] = {
	{ "exclusive", &cow_exclusive, 0, COW_REUSE },
	{ "shared", &cow_shared, 0, COW_COPY },
	{ "T1", NULL, COW_CASE_CHILD_PIPE, COW_COPY },
	{ "T5", NULL, COW_CASE_CHILD_ALIVE, COW_COPY },
	{ "file, COW", NULL, COW_CASE_FILE_COW, COW_COPY },
	{ "file, not COW", NULL, COW_CASE_FILE_NON_COW, COW_REUSE },
};

static void test_settled(void **state)
{
	struct fixture *f = *state;

	init(f, true);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct cow_scenario *s =
			rows[i].control ? rows[i].control
					: cow_scenario(rows[i].scenario);
		unsigned unlike = 0;

		check_row_int(rows[i].name, cow_case_run(&f->c, s), 0);
		for (size_t j = 0; j < NR; j++) {
			enum cow_answer seen;

			check_row_int(rows[i].name,
				      cow_case_seen(&f->c, j, &seen), 0);
			unlike += seen && seen != rows[i].want;
		}
		check_row_int(rows[i].name, unlike, 0);
	}
}

/* Memory that fork() does share: what a kernel without COW would do. */
static int fill_shared(struct cow_case *c)
{
	void *p = mmap(c->base, c->bytes, PROT_READ | PROT_WRITE,
		       MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; p != MAP_FAILED && i < c->nr; i++)
		*cow_case_word(c, i) = cow_case_old(c, i);
	return p == MAP_FAILED ? -errno : 0;
}

static void test_leak_is_seen(void **state)
{
	const struct cow_scenario leaky = { .steps = { fill_shared, cow_fork },
					    .st = { .m = 2 },
					    .view = COW_VIEW_CHILD };
	struct fixture *f = *state;

	init(f, false);
	assert_int_equal(cow_case_run(&f->c, &leaky), 0);
	for (size_t i = 0; i < NR; i++) {
		struct cow_state st = cow_case_state(&f->c, i);
		enum cow_answer seen;

		assert_int_equal(cow_case_seen(&f->c, i, &seen), 0);
		assert_int_equal(seen, COW_REUSE);
		assert_int_equal(cow_judge(&st, seen), COW_MISSED);
	}
}

/* Pages that go away under a pipe: it keeps the old ones. */
static int map_anew(struct cow_case *c)
{
	if (madvise(c->base, c->bytes, MADV_DONTNEED))
		return -errno;
	for (size_t i = 0; i < c->nr; i++)
		*cow_case_word(c, i) = cow_case_old(c, i);
	return 0;
}

static void test_lost_pin_is_seen(void **state)
{
	const struct cow_scenario lost = {
		.steps = { cow_fill, cow_own_pipe, cow_note_frames, map_anew },
		.st = { .m = 1, .g = 1, .e = true },
		.view = COW_VIEW_PIN
	};
	struct fixture *f = *state;
	enum cow_answer seen;
	int err;

	init(f, false);
	err = cow_case_run(&f->c, &lost);
	if (err == -ECANCELED)
		skip();
	assert_int_equal(err, 0);
	for (size_t i = 0; i < NR; i++) {
		struct cow_state st = cow_case_state(&f->c, i);

		assert_int_equal(cow_case_seen(&f->c, i, &seen), 0);
		assert_int_equal(seen, COW_COPY);
		assert_int_equal(cow_judge(&st, seen), COW_WRONG);
	}
}

/* Frames and what others see must agree. */
static void test_disagreement(void **state)
{
	struct fixture *f = *state;
	enum cow_answer seen;

	init(f, false);
	if (!f->c.has_frames)
		skip();
	assert_int_equal(cow_case_run(&f->c, &cow_shared), 0);
	f->c.words[3] = cow_case_new(&f->c, 3);
	assert_int_equal(cow_case_seen(&f->c, 2, &seen), 0);
	assert_int_equal(cow_case_seen(&f->c, 3, &seen), -EPROTO);
	assert_non_null(strstr(f->run.why, "page 3: frames"));
}

static int kill_child(struct cow_case *c)
{
	return kill(c->child.pid, SIGKILL) ? -errno : 0;
}

static int stop_child(struct cow_case *c)
{
	c->child.limit_ms = 50;
	return kill(c->child.pid, SIGSTOP) ? -errno : 0;
}

static void test_bad_child(void **state)
{
	const struct cow_scenario dies = { .steps = { cow_fill, cow_fork,
						      kill_child },
					   .st = { .m = 2 },
					   .view = COW_VIEW_CHILD };
	const struct cow_scenario hangs = { .steps = { cow_fill, cow_fork,
						       stop_child },
					    .st = { .m = 2 },
					    .view = COW_VIEW_CHILD };
	struct fixture *f = *state;

	init(f, false);
	assert_int_equal(cow_case_run(&f->c, &dies), -EPIPE);
	assert_non_null(strstr(f->run.why, "child of the case died by signal"));
	f->run.why[0] = '\0';
	assert_int_equal(cow_case_run(&f->c, &hangs), -ETIMEDOUT);
	assert_non_null(strstr(f->run.why, "gave no answer"));

	/* And the next is as good as ever. */
	assert_int_equal(cow_case_run(&f->c, &cow_shared), 0);
}

/* A step that skips or fails ends the case, and says so. */
static int refuse(struct cow_case *c)
{
	return fl_skip(c->run, "not today");
}

static void test_refused(void **state)
{
	const struct cow_scenario s = { .steps = { cow_fill, cow_fork, refuse },
					.st = { .m = 2 },
					.view = COW_VIEW_CHILD };
	struct fixture *f = *state;

	init(f, false);
	assert_int_equal(cow_case_run(&f->c, &s), -ECANCELED);
	assert_true(f->run.skipped);
}

/* Every row has steps, words, and a state in which somebody maps it. */
static void test_table(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < COW_NR_SCENARIOS; i++) {
		const struct cow_scenario *s = cow_scenario(
			(enum cow_scenario_name)i);
		const char *row = cow_scenario_names[i];

		check_row(row, s->steps[0] && s->st.m);
		check_row(row, *cow_scenario_words[i]);
		check_row(row, !s->steps[COW_MAX_STEPS - 1]);
		for (unsigned j = 0; j < i; j++)
			check_row(row, strcmp(row, cow_scenario_names[j]) != 0);
	}
	assert_null(cow_scenario_names[COW_NR_SCENARIOS]);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_settled),	      CASE(test_leak_is_seen),
		CASE(test_lost_pin_is_seen),  CASE(test_disagreement),
		CASE(test_bad_child),	      CASE(test_refused),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
