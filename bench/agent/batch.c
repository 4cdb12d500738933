// SPDX-License-Identifier: GPL-2.0-only
#include "batch.h"

#include "clock.h"
#include "inject.h"
#include "prefault.h"
#include "roles.h"
#include "window_mark.h"

#include <faultline/protocol.h>

#include <stdlib.h>

struct timed {
	uint64_t t0, t1;
	int ret;
};

static __attribute__((noinline)) void time_plain(struct session *s,
						 struct timed *ret)
{
	struct fl_thread *th = &s->thread;
	int (*op)(struct fl_thread *, uint64_t) = s->run.workload->op;
	uint64_t nops = s->slot_nops, t0;
	int err;

	t0 = fl_clock_ns();
	err = op(th, nops);
	ret->t1 = fl_clock_ns();
	ret->t0 = t0;
	ret->ret = err;
}

static __attribute__((noinline)) void time_injected(struct session *s,
						    struct timed *ret)
{
	struct fl_thread *th = &s->thread;
	int (*op)(struct fl_thread *, uint64_t) = s->run.workload->op;
	uint64_t nops = s->slot_nops, spin = s->spin, t0;
	int err;

	t0 = fl_clock_ns();
	/*
	 * In front of op(): behind it the delay would hide what the last op
	 * still has under way, the stores that clear a page for one.
	 */
	inject_spin(spin);
	err = op(th, nops);
	ret->t1 = fl_clock_ns();
	ret->t0 = t0;
	ret->ret = err;
}

#if defined(__x86_64__)
static inline uint64_t instructions(void)
{
	return __builtin_ia32_rdtsc();
}
#elif defined(__aarch64__)
/* A counter of less than 1 GHz counts several at once. */
static inline uint64_t instructions(void)
{
	uint64_t hz, value;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
	hz = 1000000000 / hz;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value * hz;
}
#else
static inline uint64_t instructions(void)
{
	return fl_clock_ns();
}
#endif

static __attribute__((noinline)) void count_plain(struct session *s,
						  struct timed *ret)
{
	struct fl_thread *th = &s->thread;
	int (*op)(struct fl_thread *, uint64_t) = s->run.workload->op;
	uint64_t nops = s->slot_nops, t0;
	int err;

	t0 = instructions();
	err = op(th, nops);
	ret->t1 = instructions();
	ret->t0 = t0;
	ret->ret = err;
}

int batch_prepare(struct session *s, unsigned slot)
{
	const struct fl_workload *w = s->run.workload;

	s->thread.arm = s->schedule.slots[slot].arm;
	s->slot_nops = session_nops(s, slot);
	roles_set_arm(s->roles, s->thread.arm);
	return w->prepare ? w->prepare(&s->thread, s->slot_nops) : 0;
}

int batch_check(struct session *s)
{
	const struct fl_workload *w = s->run.workload;

	return w->check ? w->check(&s->thread, s->slot_nops) : 0;
}

static uint8_t read_marks(struct session *s, struct switches taken)
{
	const struct fl_arm *arm = &s->run.workload->arms[s->thread.arm];
	unsigned marks = 0;

	if (switches_excess(taken, arm->switches, s->slot_nops))
		marks |= FL_MARK_SWITCHED;
	if (!roles_moved(s->roles))
		marks |= FL_MARK_UNCONFIRMED;
	return (uint8_t)marks;
}

static int take(struct session *s, enum slot_kind kind, struct sample *sample)
{
	struct switches before;
	struct timed timed;
	uint64_t cpu = 0;

	prefault_again(&s->prefault);
	before = switches_read();
	if (s->long_ops)
		cpu = clock_read(CLOCK_THREAD_CPUTIME_ID);
	roles_watch(s->roles);

	window_mark_begin(sample->slot);
	if (s->job->unit == FL_JOB_INSTRUCTIONS)
		count_plain(s, &timed);
	else if (kind == SLOT_INJECT)
		time_injected(s, &timed);
	else
		time_plain(s, &timed);
	window_mark_end(sample->slot);

	roles_look(s->roles);
	if (s->long_ops)
		sample->cpu_ns = clock_read(CLOCK_THREAD_CPUTIME_ID) - cpu;
	sample->marks = read_marks(s,
				   switches_between(before, switches_read()));
	if (timed.t1 < timed.t0)
		return session_invalid(s, "the clock stepped back");

	sample->ns = timed.t1 - timed.t0;
	return timed.ret;
}

int batch_run(struct session *s, unsigned slot, struct sample *ret_sample)
{
	struct sample sample = { .slot = (uint8_t)slot };
	int err;

	s->thread.marks = 0;
	err = batch_prepare(s, slot);
	if (!err)
		err = take(s, s->schedule.slots[slot].kind, &sample);
	if (!err)
		err = batch_check(s);
	if (err)
		return err;

	sample.marks |= (uint8_t)s->thread.marks;
	*ret_sample = sample;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t batch_median(uint64_t *x, size_t nr)
{
	if (!nr)
		return 0;

	qsort(x, nr, sizeof(x[0]), compare);
	return x[nr / 2];
}
