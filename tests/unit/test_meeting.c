// SPDX-License-Identifier: GPL-2.0-only
/* Two threads at the same points: in which order, and when at once. */
#include "workloads/lib/meeting.h"

#include "unit.h"

#include <pthread.h>

enum {
	POINTS = 16,
	LATER = 20000000,
	LIMIT_S = 30
};

struct fixture {
	struct fl_run run;
	struct fl_thread th;
	struct meeting m;
	int err; /* of the other party */
};

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	f.run.deadline_ns = fl_clock_ns() + LIMIT_S * 1000000000ULL;
	f.th = (struct fl_thread){ .run = &f.run, .rng = 1 };
	*state = &f;
	return meeting_init(&f.run, &f.m, POINTS);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	meeting_finish(&f->m);
	return 0;
}

static int walk(struct fixture *f, unsigned party)
{
	int err = 0;

	for (size_t i = 0; i < POINTS && !err; i++) {
		err = meeting_enter(&f->run, &f->m, party, i);
		if (!err)
			meeting_leave(&f->m, party, i);
	}
	meeting_end(&f->m, party);
	return err;
}

static void *walk_other(void *arg)
{
	struct fixture *f = arg;

	f->err = walk(f, 1);
	return NULL;
}

static void walk_both(struct fixture *f, enum meeting_order order,
		      uint64_t phase_ns)
{
	pthread_t other;

	meeting_plan(&f->th, &f->m, order, phase_ns);
	assert_int_equal(pthread_create(&other, NULL, walk_other, f), 0);
	assert_int_equal(walk(f, 0), 0);
	pthread_join(other, NULL);
	assert_int_equal(f->err, 0);
}

static const struct meeting_stay *stay_of(const struct fixture *f, size_t point,
					  unsigned party)
{
	return &f->m.points[point].stay[party];
}

static void test_both_come_to_all_points(void **state)
{
	struct fixture *f = *state;

	walk_both(f, MEETING_TOGETHER, 1000);
	for (size_t i = 0; i < POINTS; i++) {
		const struct meeting_stay *a = stay_of(f, i, 0);
		const struct meeting_stay *b = stay_of(f, i, 1);

		assert_true(a->t0 && a->t1 >= a->t0);
		assert_true(b->t0 && b->t1 >= b->t0);
		/* Nobody is at the next point before the other is at this. */
		if (i + 1 < POINTS) {
			assert_true(stay_of(f, i + 1, 0)->t0 >= b->t1);
			assert_true(stay_of(f, i + 1, 1)->t0 >= a->t1);
		}
	}
}

static void test_only_one_waits_and_how_long_differs(void **state)
{
	struct fixture *f = *state;
	uint64_t sum[MEETING_PARTIES] = { 0 };

	meeting_plan(&f->th, &f->m, MEETING_TOGETHER, LATER);
	for (size_t i = 0; i < POINTS; i++) {
		uint64_t a = stay_of(f, i, 0)->wait_ns;
		uint64_t b = stay_of(f, i, 1)->wait_ns;

		assert_true(!a || !b);
		assert_true(a < LATER && b < LATER);
		sum[0] += a;
		sum[1] += b;
	}
	assert_true(sum[0] && sum[1]);
}

static void test_who_comes_second_waits_for_the_end(void **state)
{
	struct fixture *f = *state;

	walk_both(f, MEETING_FIRST_0, 0);
	assert_true(stay_of(f, 0, 1)->t0 >= stay_of(f, POINTS - 1, 0)->t1);
	walk_both(f, MEETING_FIRST_1, 0);
	assert_true(stay_of(f, 0, 0)->t0 >= stay_of(f, POINTS - 1, 1)->t1);
	for (size_t i = 0; i < POINTS; i++)
		assert_int_equal(meeting_overlap(&f->m, i), 0);
}

static void test_who_never_comes_is_not_waited_for(void **state)
{
	struct fixture *f = *state;

	meeting_plan(&f->th, &f->m, MEETING_TOGETHER, 0);
	f->run.deadline_ns = fl_clock_ns() + LATER;
	assert_int_equal(meeting_enter(&f->run, &f->m, 0, 0), -ETIMEDOUT);
}

static const struct {
	const char *row;
	uint64_t a0, a1, b0, b1, both;
} overlaps[] = {
	{ "nobody", 0, 0, 0, 0, 0 },
	{ "one alone", 10, 20, 0, 0, 0 },
	{ "one after the other", 10, 20, 20, 30, 0 },
	{ "at the end", 10, 20, 15, 30, 5 },
	{ "at the start", 15, 30, 10, 20, 5 },
	{ "one within the other", 10, 40, 20, 30, 10 },
};

static void test_time_in_common(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < ROWS(overlaps); i++) {
		struct meeting_stay *stay = f->m.points[0].stay;

		stay[0].t0 = overlaps[i].a0;
		stay[0].t1 = overlaps[i].a1;
		stay[1].t0 = overlaps[i].b0;
		stay[1].t1 = overlaps[i].b1;
		check_row_u64(overlaps[i].row, meeting_overlap(&f->m, 0),
			      overlaps[i].both);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_both_come_to_all_points),
		TEST(test_only_one_waits_and_how_long_differs),
		TEST(test_who_comes_second_waits_for_the_end),
		TEST(test_who_never_comes_is_not_waited_for),
		TEST(test_time_in_common),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
