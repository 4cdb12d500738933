// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pause: no step is under way then, and all go on after it.  And what steps
 * are said to have done and to have taken.
 */
#include "unit.h"

#include "bench/agent/clock.h"
#include "bench/agent/role_body.h"
#include "bench/agent/roles.h"
#include "bench/agent/session.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	NR_WORKERS = 3,
	PAUSES = 50,
	PAUSE_NS = 500000,
	BURN_NS = 300000,
	CALLS = 5,
	WAIT_MS = 90,
};

static const uint64_t patience_ns = UINT64_C(20000000000);

/* Shared with the process among the roles. */
struct state {
	atomic_uint asked, answered;
	atomic_uint steps[NR_WORKERS];
	atomic_uint server_steps;
	atomic_uint under_way;
	int request_fd, wake_fd;
};

/* Needs an answer in the middle of its step, and gives up late only. */
static int worker_step(struct fl_thread *th)
{
	struct state *s = fl_state(fl_thread_run(th));
	uint64_t until = fl_clock_ns() + patience_ns;
	unsigned ticket;

	atomic_fetch_add(&s->under_way, 1);
	ticket = atomic_fetch_add(&s->asked, 1);
	eventfd_write(s->request_fd, 1);
	while (atomic_load(&s->answered) <= ticket) {
		if (fl_clock_ns() > until)
			return -ETIMEDOUT;
		clock_sleep_until(fl_clock_ns() + 1000);
	}
	atomic_fetch_add(&s->steps[th->index], 1);
	atomic_fetch_sub(&s->under_way, 1);
	return 1;
}

/* Waits for long where there is nothing to do. */
static int server_step(struct fl_thread *th)
{
	struct state *s = fl_state(fl_thread_run(th));
	struct pollfd fds[] = { { .fd = s->request_fd, .events = POLLIN },
				{ .fd = s->wake_fd, .events = POLLIN } };
	eventfd_t count;

	poll(fds, 2, WAIT_MS);
	if (fds[1].revents)
		(void)eventfd_read(s->wake_fd, &count);
	if (!fds[0].revents)
		return 0;

	(void)eventfd_read(s->request_fd, &count);
	atomic_fetch_add(&s->server_steps, 1);
	atomic_store(&s->answered, atomic_load(&s->asked));
	return 1;
}

static void server_wake(struct fl_thread *th)
{
	struct state *s = fl_state(fl_thread_run(th));

	eventfd_write(s->wake_fd, 1);
}

static bool yes(const void *params)
{
	(void)params;
	return true;
}

static uint64_t two(const void *params)
{
	(void)params;
	return NR_WORKERS - 1;
}

static struct fl_pace often(const void *params)
{
	(void)params;
	return (struct fl_pace){ .per_s = 5000 };
}

static const struct fl_role role_table[] = {
	{ .name = "worker",
	  .kind = FL_ROLE_THREAD,
	  .count = two,
	  .same_cpu = yes,
	  .step = worker_step },
	{ .name = "paced",
	  .kind = FL_ROLE_PROCESS,
	  .same_cpu = yes,
	  .pace = often,
	  .step = worker_step },
	{ .name = "server",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = yes,
	  .step = server_step,
	  .wake = server_wake },
	{ 0 },
};

static const struct fl_workload workload = {
	.name = "fake",
	.mode = FL_MODE_BATCH,
	.state_size = sizeof(struct state),
	.roles = role_table,
};

static unsigned first_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (unsigned i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			return i;
	return 0;
}

static void wait_for_steps(const struct state *s, unsigned more)
{
	uint64_t until = fl_clock_ns() + patience_ns;
	unsigned before = atomic_load(&s->server_steps);

	while (atomic_load(&s->server_steps) < before + more) {
		if (fl_clock_ns() > until)
			fail_msg("no step for a long time");
		clock_sleep_until(fl_clock_ns() + PAUSE_NS);
	}
}

static void test_pause(void **state)
{
	struct job job = { .workload = &workload,
			   .kind = FL_JOB_LAUNCH,
			   .cpus = { first_cpu() },
			   .nr_cpus = 1,
			   .limit_ns = UINT64_C(100000000000),
			   .toggle.file = (char *)"toggled" };
	struct session *s = session_new(&job);
	struct state *st;

	(void)state;
	assert_non_null(s);
	st = s->run.state;
	st->request_fd = eventfd(0, EFD_NONBLOCK);
	st->wake_fd = eventfd(0, EFD_NONBLOCK);
	assert_int_equal(roles_start(s, &s->roles), 0);
	roles_go(s->roles);

	for (unsigned i = 0; i < PAUSES; i++) {
		unsigned steps;

		wait_for_steps(st, 3);
		if (roles_pause(s->roles))
			fail_msg("pause %u: %s", i, s->run.why);
		steps = atomic_load(&st->server_steps);
		assert_int_equal(atomic_load(&st->under_way), 0);
		clock_sleep_until(fl_clock_ns() + PAUSE_NS);
		assert_int_equal(atomic_load(&st->under_way), 0);
		assert_int_equal(atomic_load(&st->server_steps), steps);
		roles_go(s->roles);
	}
	wait_for_steps(st, 3);

	/* Out of a pause they leave as well. */
	assert_int_equal(roles_pause(s->roles), 0);
	assert_int_equal(roles_stop(s->roles), 0);
	for (unsigned i = 0; i < NR_WORKERS - 1; i++)
		assert_true(atomic_load(&st->steps[i]) > 0);
	close(st->request_fd);
	close(st->wake_fd);
	roles_free(s->roles);
	session_free(s);
}

/* All of it untimed, and as many units as the index says, from 1. */
static int burning_step(struct fl_thread *th)
{
	struct state *s = fl_state(fl_thread_run(th));
	uint64_t until = clock_read(CLOCK_THREAD_CPUTIME_ID) + BURN_NS;

	fl_untimed_begin(th);
	while (clock_read(CLOCK_THREAD_CPUTIME_ID) < until)
		;
	fl_untimed_end(th);
	atomic_fetch_add(&s->steps[th->index], 1);
	return (int)th->index + 1;
}

static const struct fl_role burning_table[] = {
	{ .name = "burning",
	  .kind = FL_ROLE_THREAD,
	  .count = two,
	  .same_cpu = yes,
	  .step = burning_step },
	{ .name = "paced",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = yes,
	  .pace = often,
	  .step = burning_step },
	{ 0 },
};

static const struct fl_workload burning_workload = {
	.name = "fake",
	.mode = FL_MODE_WINDOW,
	.state_size = sizeof(struct state),
	.roles = burning_table,
};

static const struct fl_harness harness = { .untimed = role_body_untimed };

static void wait_for_calls(const struct state *s)
{
	uint64_t until = fl_clock_ns() + patience_ns;

	while (atomic_load(&s->steps[0]) < CALLS ||
	       atomic_load(&s->steps[1]) < CALLS) {
		if (fl_clock_ns() > until)
			fail_msg("no step for a long time");
		clock_sleep_until(fl_clock_ns() + PAUSE_NS);
	}
}

/* The paced one has the index 0, too. */
static void check_burning(const struct session *s, uint64_t wall_ns,
			  uint64_t cpu_ns)
{
	const struct state *st = s->run.state;
	uint64_t calls = atomic_load(&st->steps[0]) +
			 atomic_load(&st->steps[1]);
	struct roles_sum two_of, paced;

	assert_true(roles_sum(s->roles, 0, &two_of));
	assert_true(roles_sum(s->roles, 1, &paced));
	assert_false(roles_sum(s->roles, 2, &paced));
	assert_int_equal(two_of.instances, 2);
	assert_int_equal(two_of.steps + paced.steps,
			 calls + atomic_load(&st->steps[1]));
	assert_int_equal(two_of.least_steps + two_of.most_steps, two_of.steps);
	assert_true(two_of.untimed_ns + paced.untimed_ns >= calls * BURN_NS);
	assert_true(two_of.wall_ns + two_of.untimed_ns / 2 <= wall_ns);
	assert_true(paced.wall_ns + paced.untimed_ns <= wall_ns);
	assert_true(paced.busy_ns <= paced.wall_ns);
	assert_true(two_of.cpu_ns + paced.cpu_ns + calls * BURN_NS <= cpu_ns);
}

static void test_untimed(void **state)
{
	struct job job = { .workload = &burning_workload,
			   .kind = FL_JOB_LAUNCH,
			   .cpus = { first_cpu() },
			   .nr_cpus = 1,
			   .limit_ns = UINT64_C(100000000000) };
	struct session *s = session_new(&job);
	uint64_t wall, cpu;

	(void)state;
	assert_non_null(s);
	s->run.harness = &harness;
	assert_int_equal(roles_start(s, &s->roles), 0);
	wall = fl_clock_ns();
	cpu = clock_read(CLOCK_PROCESS_CPUTIME_ID);
	roles_go(s->roles);
	wait_for_calls(s->run.state);
	assert_int_equal(roles_stop(s->roles), 0);
	check_burning(s, fl_clock_ns() - wall,
		      clock_read(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	roles_free(s->roles);
	session_free(s);
}

/* Without roles there is nothing to wait for. */
static void test_none(void **state)
{
	(void)state;
	assert_int_equal(roles_pause(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_untimed),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
