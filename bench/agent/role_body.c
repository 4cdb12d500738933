// SPDX-License-Identifier: GPL-2.0-only
#include "role_body.h"

#include "clock.h"
#include "guard.h"
#include "inject.h"
#include "prefault.h"
#include "role_counts.h"

#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	NS = 1000000000,
	/* Longest sleep without a look at run->stop. */
	SLICE_NS = 20000000,
	/*
	 * Of inject.h, some us: a CPU does much of a shorter spin while it
	 * still works on what came before.
	 */
	LEAST_SPIN = 4000,
};

static struct role_body *role_body_of(struct fl_thread *th)
{
	return (struct role_body *)((char *)th -
				    offsetof(struct role_body, thread));
}

bool role_body_is_held(const struct role_body *b, enum role_gate gate)
{
	return gate == ROLE_GATE_CLOSED || gate == ROLE_GATE_HOLDS_ALL ||
	       (gate == ROLE_GATE_HOLDS_WORKERS && !b->thread.role->wake);
}

static void wait_at_gate(struct role_body *b)
{
	struct timespec slice = { .tv_nsec = SLICE_NS };
	enum role_gate gate;

	while (role_body_is_held(b, gate = atomic_load(b->gate)) &&
	       !fl_stopped(b->thread.run))
		syscall(SYS_futex, b->gate, FUTEX_WAIT, gate, &slice, NULL, 0);
}

/*
 * Says that a step begins, and looks then; who pauses closes the gate, and
 * looks then.  So one of them sees the other.
 */
static bool begin_step(struct role_body *b)
{
	uint64_t t0;

	if (fl_stopped(b->thread.run))
		return false;
	if (!b->may_pause)
		return true;

	atomic_store(&b->rests, false);
	while (role_body_is_held(b, atomic_load(b->gate))) {
		atomic_store(&b->rests, true);
		t0 = clock_read(CLOCK_MONOTONIC);
		wait_at_gate(b);
		b->held_ns += clock_read(CLOCK_MONOTONIC) - t0;
		if (fl_stopped(b->thread.run))
			return false;
		atomic_store(&b->rests, false);
	}
	return true;
}

static void end_step(struct role_body *b)
{
	if (b->may_pause)
		atomic_store_explicit(&b->rests, true, memory_order_release);
}

static bool is_paced(const struct fl_pace *pace)
{
	return pace->per_s > 0 || pace->duty > 0;
}

uint64_t role_body_next(const struct fl_pace *pace, uint64_t due_ns,
			uint64_t took_ns, uint64_t units)
{
	uint64_t by_rate = 0, by_duty = 0;

	if (pace->per_s > 0)
		by_rate = (uint64_t)(NS / pace->per_s * (double)units);
	if (pace->duty > 0)
		by_duty = (uint64_t)((double)took_ns / pace->duty);
	return due_ns + (by_rate > by_duty ? by_rate : by_duty);
}

/* The time of the plan counts: who is late does not sleep at all. */
static void wait_until_due(struct fl_run *run, uint64_t due_ns)
{
	uint64_t now = clock_read(CLOCK_MONOTONIC);

	while (now < due_ns && !fl_stopped(run)) {
		uint64_t until = due_ns - now > SLICE_NS ? now + SLICE_NS
							 : due_ns;
		struct timespec ts = { .tv_sec = (time_t)(until / NS),
				       .tv_nsec = (long)(until % NS) };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
		now = clock_read(CLOCK_MONOTONIC);
	}
}

static inline int count_units(struct role_body *b, int ret)
{
	uint64_t steps;

	if (ret <= 0)
		return ret;

	/* Only this instance writes, so no locked addition is needed. */
	steps = atomic_load_explicit(&b->steps, memory_order_relaxed);
	atomic_store_explicit(&b->steps, steps + (unsigned)ret,
			      memory_order_relaxed);
	if (b->spin > 0)
		b->owed += b->spin * ret;
	return 0;
}

void role_body_untimed(struct fl_thread *th, bool begins)
{
	struct role_body *b = role_body_of(th);
	struct role_untimed *u = &b->untimed;

	/* The reading of the clocks and counters is a part of it. */
	if (begins) {
		u->wall_began = fl_clock_ns();
		u->cpu_began = clock_read(CLOCK_THREAD_CPUTIME_ID);
		role_counts_pause(b->counts);
	} else {
		role_counts_go(b->counts);
		u->cpu_ns += clock_read(CLOCK_THREAD_CPUTIME_ID) - u->cpu_began;
		u->wall_ns += fl_clock_ns() - u->wall_began;
	}
}

static inline int do_step(struct role_body *b)
{
	if (b->owed >= LEAST_SPIN) {
		inject_spin((uint64_t)b->owed);
		b->owed = 0;
	}
	return b->thread.role->step(&b->thread);
}

static int run_unpaced(struct role_body *b)
{
	int err = 0;

	while (!err && begin_step(b)) {
		err = count_units(b, do_step(b));
		end_step(b);
	}
	return err;
}

/* How long the plan stood still. */
static uint64_t away_ns(const struct role_body *b)
{
	return b->held_ns + b->untimed.wall_ns;
}

static int run_paced(struct role_body *b)
{
	uint64_t due = clock_read(CLOCK_MONOTONIC);
	int err = 0;

	while (!err) {
		uint64_t t0, took, away = away_ns(b), untimed;
		int units;

		wait_until_due(b->thread.run, due);
		if (!begin_step(b))
			break;
		untimed = b->untimed.wall_ns;
		t0 = fl_clock_ns();
		units = do_step(b);
		took = fl_clock_ns() - t0 - (b->untimed.wall_ns - untimed);
		err = count_units(b, units);
		end_step(b);
		b->busy_ns += took;
		due = role_body_next(&b->pace, due + away_ns(b) - away, took,
				     units > 1 ? (unsigned)units : 1);
	}
	return err;
}

static void run_steps(struct role_body *b)
{
	struct switches before = switches_read();
	uint64_t cpu = clock_read(CLOCK_THREAD_CPUTIME_ID);
	uint64_t t0 = fl_clock_ns();

	b->err = is_paced(&b->pace) ? run_paced(b) : run_unpaced(b);
	b->wall_ns = fl_clock_ns() - t0 - b->untimed.wall_ns;
	b->cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID) - cpu -
		    b->untimed.cpu_ns;
	b->switches = switches_between(before, switches_read());
	if (!is_paced(&b->pace))
		b->busy_ns = b->wall_ns;
}

static int enter(struct role_body *b)
{
	struct fl_thread *th = &b->thread;
	int err = guard_pin(b->cpu);

	if (err)
		return fl_fail(th->run, err, "role %s: CPU %u", th->role->name,
			       b->cpu);
	if (th->role->enter)
		err = th->role->enter(th);
	if (!err && b->counts)
		err = role_counts_open(b->counts);
	return err;
}

/* All forks of this harness lie before the gate, so no page is lost again. */
static void run_when_open(struct role_body *b)
{
	struct prefault own;

	prefault_init(&own);
	prefault_again(&own);
	fl_stage(&b->thread, "waiting for the start");
	atomic_store(&b->phase, ROLE_READY);
	wait_at_gate(b);
	role_counts_go(b->counts);
	fl_stage(&b->thread, "in its steps");
	run_steps(b);
	role_counts_stop(b->counts);
}

void role_body_run(struct role_body *b)
{
	struct fl_thread *th = &b->thread;

	/* Else the kernel may add 50 us to each sleep. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	fl_stage(th, "entering");
	b->err = enter(b);
	if (!b->err)
		run_when_open(b);
	fl_stage(th, "gone");
	if (b->err < 0)
		fl_fail(th->run, b->err, "role %s", th->role->name);
	atomic_store(&b->phase, ROLE_LEFT);
	role_counts_close(b->counts);
}
