// SPDX-License-Identifier: GPL-2.0-only
/*
 * What another CPU can tell, on things whose answer is known: gaps that a
 * signal makes, and windows that a pause before the call makes longer.
 * Nothing depends on how fast this machine is or who else runs on it.
 */
#include "workloads/lib/region.h"
#include "workloads/lib/responder.h"
#include "workloads/lib/stale_writer.h"

#include <faultline/run.h>

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	SIGNALS = 50,
	SPIN_NS = 20000,
	PAUSE_NS = 1000000,
	TRIES = 200,
	PATIENCE_S = 20,
};

struct other {
	struct fl_run run;
	struct responders responders;
	struct stale_writer writer;
	pthread_t thread;
};

static atomic_uint handled;

/* Takes the thread away as an interrupt would, for much longer. */
static void on_signal(int sig)
{
	uint64_t until = fl_clock_ns() + SPIN_NS;

	(void)sig;
	while (fl_clock_ns() < until)
		;
	atomic_fetch_add(&handled, 1);
}

static void *respond(void *arg)
{
	struct other *o = arg;

	while (!fl_stopped(&o->run))
		responder_step(&o->responders, 0);
	return NULL;
}

static void *write_on(void *arg)
{
	struct other *o = arg;

	while (!fl_stopped(&o->run))
		stale_writer_step(&o->writer);
	return NULL;
}

static void start(struct other *o, void *(*main)(void *))
{
	assert_int_equal(pthread_create(&o->thread, NULL, main, o), 0);
}

static void stop(struct other *o)
{
	atomic_store(&o->run.stop, true);
	pthread_join(o->thread, NULL);
}

static void wait_for_handler(unsigned nr)
{
	uint64_t until = fl_clock_ns() + PATIENCE_S * 1000000000ULL;

	while (atomic_load(&handled) < nr && fl_clock_ns() < until)
		usleep(100);
	assert_true(atomic_load(&handled) >= nr);
}

static void responders_see_each_gap(void **state)
{
	struct sigaction action = { .sa_handler = on_signal };
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	static struct other o;
	struct responders_sum sum;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(responders_init(&o.responders, 1, page), 0);
	start(&o, respond);
	while (!atomic_load(&o.responders.of[0].beats))
		usleep(100);

	responders_mark(&o.responders);
	for (unsigned i = 1; i <= SIGNALS; i++) {
		pthread_kill(o.thread, SIGUSR1);
		wait_for_handler(i);
	}
	stop(&o);
	sum = responders_since(&o.responders);
	/* Two that met in one reading of the clock are one; few do. */
	assert_true(sum.least_gaps >= SIGNALS / 2);
	assert_true(sum.stolen_ns >= (uint64_t)SIGNALS * SPIN_NS);
	responders_finish(&o.responders);
}

/* One call on a page that is written to, begun @pause_ns before it. */
static uint64_t window_of(struct other *o, struct region *r, uint64_t pause_ns,
			  uint64_t *ret_most)
{
	uint64_t start_ns, ns;

	if (!stale_writer_aim(&o->run, &o->writer, r->base))
		return 0;

	stale_writer_hold(&o->writer, true);
	start_ns = fl_clock_ns();
	while (fl_clock_ns() - start_ns < pause_ns)
		;
	assert_int_equal(mprotect(r->base, r->bytes, PROT_READ), 0);
	*ret_most = fl_clock_ns() - start_ns;
	ns = stale_writer_window(&o->run, &o->writer, r->base, false, start_ns);
	assert_int_equal(mprotect(r->base, r->bytes, PROT_READ | PROT_WRITE),
			 0);
	stale_writer_hold(&o->writer, false);
	stale_writer_rest(&o->run, &o->writer);
	return ns;
}

static void windows_end_with_the_last_write(void **state)
{
	static struct other o;
	struct region r = { 0 };
	bool seen = false;

	(void)state;
	assert_int_equal(region_init(&r, REGION_ANON_4K, 4096), 0);
	region_write(&r, 0, r.bytes);
	assert_int_equal(stale_writer_guard(&o.writer, r.base, r.bytes), 0);
	start(&o, write_on);

	/* Where the writer keeps its CPU it writes through the whole pause. */
	for (unsigned i = 0; i < TRIES && !seen; i++) {
		uint64_t most = 0, ns = window_of(&o, &r, PAUSE_NS, &most);

		assert_true(ns <= most);
		seen = ns >= PAUSE_NS;
	}
	stop(&o);
	stale_writer_finish(&o.writer);
	region_finish(&r);
	if (!seen)
		skip();
}

static void a_writer_that_does_not_run_has_no_window(void **state)
{
	static struct other o;
	static char page[4096] __attribute__((aligned(4096)));

	(void)state;
	assert_false(stale_writer_aim(&o.run, &o.writer, page));
	assert_int_equal(stale_writer_window(&o.run, &o.writer, page, false, 1),
			 0);
	assert_int_equal(stale_writer_window(&o.run, &o.writer, page, true, 1),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responders_see_each_gap),
		cmocka_unit_test(windows_end_with_the_last_write),
		cmocka_unit_test(a_writer_that_does_not_run_has_no_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
