// SPDX-License-Identifier: GPL-2.0-only
/* Writers beside the measuring thread: each its own memory, all of it. */
#include "workloads/lib/team.h"

#include "unit.h"

#include <pthread.h>

enum {
	MEMBERS = 3,
	WRITES = 100,
	STRIDE = 16,
	TURNS = 20,
	LIMIT_S = 30
};

struct fixture {
	struct fl_run run;
	struct team team;
	struct fl_thread th[MEMBERS];
	pthread_t id[MEMBERS];
	char memory[MEMBERS][WRITES + 1][STRIDE]; /* one write too few */
};

static void *role_main(void *arg)
{
	struct fl_thread *th = arg;
	struct fixture *f = (struct fixture *)th->run->state;

	while (!fl_stopped(th->run))
		team_step(th, &f->team);
	return NULL;
}

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.run.state = &f;
	f.run.deadline_ns = fl_clock_ns() + LIMIT_S * 1000000000ULL;
	for (unsigned i = 1; i < MEMBERS; i++) {
		f.th[i] = (struct fl_thread){ .run = &f.run, .index = i - 1 };
		if (pthread_create(&f.id[i], NULL, role_main, &f.th[i]))
			return -1;
	}
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	atomic_store(&f->run.stop, true);
	for (unsigned i = 1; i < MEMBERS; i++)
		pthread_join(f->id[i], NULL);
	return 0;
}

static void test_all_write_all_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	const struct team_work work = { .base = f->memory[0][0],
					.apart = sizeof(f->memory[0]),
					.stride = STRIDE,
					.nr = WRITES };

	for (unsigned turn = 0; turn < TURNS; turn++) {
		memset(f->memory, 0, sizeof(f->memory));
		team_set(&f->team, MEMBERS, &work);
		team_write(&f->team);
		assert_int_equal(team_wait(&f->run, &f->team), 0);
		for (unsigned i = 0; i < MEMBERS; i++) {
			for (unsigned k = 0; k < WRITES; k++)
				assert_int_equal(f->memory[i][k][0], 1);
			assert_int_equal(f->memory[i][WRITES][0], 0);
		}
	}
	assert_true(team_rate(&f->team) > 0);
}

static void test_one_writes_alone(void **state)
{
	struct fixture *f = *state;
	const struct team_work work = { .base = f->memory[0][0],
					.apart = sizeof(f->memory[0]),
					.stride = STRIDE,
					.nr = WRITES };

	team_set(&f->team, 1, &work);
	team_write(&f->team);
	assert_int_equal(team_wait(&f->run, &f->team), 0);
	assert_int_equal(f->memory[0][WRITES - 1][0], 1);
	assert_int_equal(f->memory[1][0][0], 0);
	assert_true(team_overlap(&f->team) == 1);
}

static const struct {
	const char *row;
	uint64_t t0, t1, u0, u1;
	double share, rate;
} turns[] = {
	{ "both as long", 100, 200, 100, 200, 1, 2e9 },
	{ "one has a head start", 100, 200, 50, 150, 0.5, 2e9 },
	{ "one is late", 100, 200, 175, 275, 0.25, 2e9 },
	{ "one after the other", 100, 200, 200, 300, 0, 2e9 },
	{ "one is twice as fast", 100, 200, 100, 150, 0.5, 3e9 },
};

/* The third is always there. */
static void test_shares_and_rates(void **state)
{
	struct fixture *f = *state;
	const struct team_work work = { .nr = WRITES };
	struct team t = { .nr = MEMBERS, .work = work };

	(void)f;
	for (size_t i = 0; i < ROWS(turns); i++) {
		t.member[0].t0 = t.member[2].t0 = turns[i].t0;
		t.member[0].t1 = t.member[2].t1 = turns[i].t1;
		t.member[1].t0 = turns[i].u0;
		t.member[1].t1 = turns[i].u1;
		check_row(turns[i].row, team_overlap(&t) == turns[i].share);
		check_row(turns[i].row, (int64_t)(team_rate(&t) + 0.5) ==
						(int64_t)(turns[i].rate + 1e9));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all_write_all_and_nothing_else),
		TEST(test_one_writes_alone),
		TEST(test_shares_and_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
