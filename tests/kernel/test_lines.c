// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who writes where while something is timed.  One instance of a role after the
 * other does its steps while all others idle, and all memory that the agent
 * shares is compared before and after: no two of them, nor the measuring
 * thread, may have changed the same line.
 */
#include "bench/agent/batch.h"
#include "bench/agent/roles.h"
#include "bench/agent/session.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum {
	INSTANCES = 3,
	NOBODY = INSTANCES,
	STEPS = 5000, /* a full room for observations is in it */
	MAX_AREAS = 64,
};

/* Its own memory, which is not compared. */
struct control {
	atomic_uint active, generation;
	atomic_uint idle[INSTANCES]; /* the generation in which it was seen */
};

static int work(struct fl_thread *th)
{
	fl_observe(th, 1, fl_rand(th) >> 40);
	fl_mark(th, th->marks + 1);
	return 1;
}

static int step(struct fl_thread *th)
{
	struct control *c = fl_state(fl_thread_run(th));
	unsigned generation = atomic_load(&c->generation);
	const struct timespec nap = { .tv_nsec = 100000 };

	if (atomic_load(&c->active) == th->index)
		return work(th);

	atomic_store(&c->idle[th->index], generation);
	nanosleep(&nap, NULL);
	return 0;
}

static int op(struct fl_thread *th, uint64_t nops)
{
	for (uint64_t i = 0; i < nops; i++)
		work(th);
	return 0;
}

static uint64_t count(const void *params)
{
	(void)params;
	return INSTANCES;
}

static bool same_cpu(const void *params)
{
	(void)params;
	return true;
}

static const struct fl_arm arms[] = { { .name = "a" }, { 0 } };
static const struct fl_metric metrics[] = { { .name = "m" },
					    { .name = "v" },
					    { 0 } };
static const struct fl_role threads[] = { { .name = "r",
					    .kind = FL_ROLE_THREAD,
					    .count = count,
					    .same_cpu = same_cpu,
					    .step = step,
					    .gates = true },
					  { 0 } };
static const struct fl_role processes[] = { { .name = "r",
					      .kind = FL_ROLE_PROCESS,
					      .count = count,
					      .same_cpu = same_cpu,
					      .step = step,
					      .gates = true },
					    { 0 } };

/* Memory that the agent shares, and what was in it. */
struct area {
	const char *start;
	char *copy;
	size_t bytes;
	unsigned char *writer; /* of each line, 1 more than its number */
};

struct areas {
	struct area of[MAX_AREAS];
	unsigned nr;
};

static void find_areas(struct areas *a, const void *except)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		struct area *area = &a->of[a->nr];
		void *start, *end;
		char rights[8];

		if (sscanf(line, "%p-%p %7s", &start, &end, rights) != 3 ||
		    strcmp(rights, "rw-s") != 0 || start == except)
			continue;
		assert_in_range(a->nr, 0, MAX_AREAS - 1);
		area->start = start;
		area->bytes = (size_t)((char *)end - (char *)start);
		area->copy = malloc(area->bytes);
		area->writer = calloc(area->bytes / WRITER_LINE, 1);
		assert_true(area->copy && area->writer);
		a->nr++;
	}
	fclose(maps);
}

static void areas_finish(struct areas *a)
{
	for (unsigned i = 0; i < a->nr; i++) {
		free(a->of[i].copy);
		free(a->of[i].writer);
	}
}

static void remember(struct areas *a)
{
	for (unsigned i = 0; i < a->nr; i++)
		memcpy(a->of[i].copy, a->of[i].start, a->of[i].bytes);
}

/* Return: how many lines were written since remember(). */
static unsigned compare(struct areas *a, unsigned writer)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < a->nr; i++) {
		struct area *area = &a->of[i];

		for (size_t at = 0; at < area->bytes; at += WRITER_LINE) {
			unsigned char *owner = &area->writer[at / WRITER_LINE];

			if (!memcmp(area->start + at, area->copy + at,
				    WRITER_LINE))
				continue;
			if (*owner && *owner != writer + 1)
				fail_msg("writers %d and %u, area %u of %zu "
					 "bytes, offset %zu",
					 *owner - 1, writer, i, area->bytes,
					 at);
			*owner = (unsigned char)(writer + 1);
			nr++;
		}
	}
	return nr;
}

static void pause_a_little(void)
{
	const struct timespec nap = { .tv_nsec = 200000 };

	nanosleep(&nap, NULL);
}

/* All others have been seen idle since. */
static void set_active(struct control *c, unsigned active)
{
	unsigned generation = atomic_load(&c->generation) + 1;

	atomic_store(&c->active, active);
	atomic_store(&c->generation, generation);
	for (unsigned i = 0; i < INSTANCES; i++)
		while (i != active && atomic_load(&c->idle[i]) != generation)
			pause_a_little();
}

static uint64_t steps_of(const struct session *s)
{
	struct roles_sum sum;

	assert_true(roles_sum(s->roles, 0, &sum));
	assert_int_equal(sum.instances, INSTANCES);
	return sum.steps;
}

static void check_instances(struct session *s, struct areas *a, unsigned least)
{
	struct control *c = fl_state(&s->run);

	for (unsigned i = 0; i < INSTANCES; i++) {
		uint64_t before = steps_of(s);

		remember(a);
		set_active(c, i);
		while (steps_of(s) < before + STEPS)
			pause_a_little();
		set_active(c, NOBODY);
		assert_true(compare(a, i) > least);
	}
}

static void check_measurer(struct session *s, struct areas *a)
{
	remember(a);
	for (int i = 0; i < 100; i++) {
		struct sample sample;

		assert_int_equal(batch_run(s, 0, &sample), 0);
	}
	assert_true(compare(a, INSTANCES) > 0);
}

static unsigned first_cpu(void)
{
	cpu_set_t set;
	unsigned cpu = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	return cpu;
}

static void check_writers(enum fl_mode mode, const struct fl_role *roles)
{
	const struct fl_workload workload = {
		.name = "w",
		.mode = mode,
		.state_size = sizeof(struct control),
		.arms = arms,
		.metrics = metrics,
		.roles = roles,
		.op = op,
	};
	const struct job job = {
		.kind = FL_JOB_LAUNCH,
		.workload = &workload,
		.cpus = { first_cpu() },
		.nr_cpus = 1,
		.batch_ops = 10,
		.limit_ns = UINT64_C(100000000000),
	};
	struct session *s = session_new(&job);
	struct areas a = { 0 };

	assert_non_null(s);
	assert_int_equal(session_schedule(s), 0);
	assert_int_equal(session_observe(s), 0);
	assert_int_equal(roles_start(s, &s->roles), 0);
	find_areas(&a, s->run.state);
	roles_go(s->roles);
	set_active(fl_state(&s->run), NOBODY);
	/* In a window there is a histogram, too. */
	check_instances(s, &a, mode == FL_MODE_BATCH ? 0 : 10);
	if (mode == FL_MODE_BATCH)
		check_measurer(s, &a);
	areas_finish(&a);
	assert_int_equal(roles_stop(s->roles), 0);
	roles_free(s->roles);
	session_free(s);
}

static void test_windows(void **state)
{
	(void)state;
	check_writers(FL_MODE_WINDOW, threads);
	check_writers(FL_MODE_WINDOW, processes);
}

static void test_batches(void **state)
{
	(void)state;
	check_writers(FL_MODE_BATCH, threads);
	check_writers(FL_MODE_BATCH, processes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
