// SPDX-License-Identifier: GPL-2.0-only
#include "team.h"

#include <sched.h>

enum {
	PIECE = 8, /* writes of a step */
	SPINS = 200,
	PATIENCE_NS = 500000000,
	STACK_BYTES = 1024,
};

static void write_some(const struct team_work *w, size_t member, uint64_t from,
		       uint64_t nr)
{
	char *at = w->base + member * w->apart + from * w->stride;

	for (uint64_t i = 0; i < nr; i++)
		*(volatile char *)(at + i * w->stride) = 1;
}

/* Forks of others write-protect it: its fault must not fall into a turn. */
static __attribute__((noinline)) void write_stack(void)
{
	char deep[STACK_BYTES];

	__asm__ volatile("" : : "r"(deep) : "memory");
	*(volatile char *)deep = 1;
}

static int wait_for_turn(struct team *t, uint64_t last)
{
	for (unsigned i = 0; i < SPINS; i++) {
		if (atomic_load_explicit(&t->turn, memory_order_acquire) !=
		    last)
			return 0;
		write_stack();
	}
	return 0;
}

int team_step(struct fl_thread *th, struct team *t)
{
	size_t index = th->index + 1U;
	struct team_member *me = &t->member[index];
	uint64_t turn = atomic_load_explicit(&t->turn, memory_order_acquire);
	uint64_t nr;

	if (turn == atomic_load_explicit(&me->done, memory_order_relaxed))
		return wait_for_turn(t, turn);

	nr = t->work.nr - me->at < PIECE ? t->work.nr - me->at : PIECE;
	if (!me->at)
		me->t0 = fl_clock_ns();
	write_some(&t->work, index, me->at, nr);
	me->at += nr;
	if (me->at == t->work.nr) {
		me->t1 = fl_clock_ns();
		me->at = 0;
		atomic_store_explicit(&me->done, turn, memory_order_release);
	}
	return (int)nr;
}

void team_set(struct team *t, unsigned nr, const struct team_work *work)
{
	t->nr = nr;
	t->work = *work;
}

void team_write(struct team *t)
{
	struct team_member *me = &t->member[0];

	if (t->nr == 1) {
		write_some(&t->work, 0, 0, t->work.nr);
		return;
	}
	atomic_fetch_add_explicit(&t->turn, 1, memory_order_release);
	me->t0 = fl_clock_ns();
	write_some(&t->work, 0, 0, t->work.nr);
	me->t1 = fl_clock_ns();
}

int team_wait(struct fl_run *run, struct team *t)
{
	uint64_t turn = atomic_load(&t->turn);
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	for (unsigned i = 1; i < t->nr; i++)
		while (atomic_load_explicit(&t->member[i].done,
					    memory_order_acquire) != turn) {
			if (fl_clock_ns() > until)
				return fl_fail(run, -ETIMEDOUT,
					       "waiting for writer %u", i);
			sched_yield();
		}
	return 0;
}

static double overlap(const struct team_member *a, const struct team_member *b)
{
	uint64_t from = a->t0 > b->t0 ? a->t0 : b->t0;
	uint64_t to = a->t1 < b->t1 ? a->t1 : b->t1;

	return to > from ? (double)(to - from) / (double)(a->t1 - a->t0) : 0;
}

double team_overlap(const struct team *t)
{
	double least = 1;

	for (unsigned i = 1; i < t->nr; i++) {
		double share = overlap(&t->member[0], &t->member[i]);

		if (share < least)
			least = share;
	}
	return least;
}

double team_rate(const struct team *t)
{
	double rate = 0;

	for (unsigned i = 0; i < t->nr; i++) {
		const struct team_member *m = &t->member[i];

		if (m->t1 > m->t0)
			rate += 1e9 * (double)t->work.nr /
				(double)(m->t1 - m->t0);
	}
	return rate;
}
