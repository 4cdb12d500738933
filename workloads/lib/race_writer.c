// SPDX-License-Identifier: GPL-2.0-only
#include "race_writer.h"

#include "errand.h"
enum {
	STEP_PASSES = 256,
	REST_NS = 50000,
	SPIN_NS = 20000, /* before who waits naps */
	PATIENCE_S = 10, /* a machine that has other work is slow */
};

bool race_is_lost(uint64_t *last, uint64_t seen)
{
	bool lost = seen < *last;

	*last = seen;
	return lost;
}

static void write_word(struct race_writers *w, struct race_writer *own,
		       unsigned index, size_t slot)
{
	volatile uint64_t *word = race_word(w, slot, index + 1);

	if (race_is_lost(&own->last[slot], *word))
		atomic_store(&w->lost[slot], true);
	*word = ++own->last[slot];
}

static void pass(struct fl_thread *th, struct race_writers *w,
		 struct race_writer *own)
{
	bool anywhere = atomic_load(&w->anywhere);

	for (size_t i = 0; i < w->nr_pages; i++) {
		size_t at = anywhere ? fl_rand(th) % w->nr_pages : i;

		write_word(w, own, th->index, w->first + at);
	}
	atomic_fetch_add_explicit(&own->passes, 1, memory_order_release);
}

/* Says that it writes, and looks then; who stops it does the reverse. */
static bool may_write(struct race_writers *w, struct race_writer *own)
{
	atomic_store(&own->rests, false);
	if (atomic_load(&w->go))
		return true;

	atomic_store(&own->rests, true);
	return false;
}

static int rest(struct fl_thread *th, struct race_writers *w)
{
	uint64_t until = fl_clock_ns() + REST_NS;

	fl_stage(th, "resting until it may write");
	while (!atomic_load(&w->go) && fl_clock_ns() < until)
		;
	return 0;
}

int race_writer_step(struct fl_thread *th, struct race_writers *w)
{
	struct race_writer *own = &w->writer[th->index];

	fl_stage(th, "writing to pages, or waiting in a fault");
	for (unsigned i = 0; i < STEP_PASSES; i++) {
		if (!may_write(w, own))
			return rest(th, w);
		pass(th, w, own);
	}
	atomic_store(&own->rests, true);
	return 1;
}

void race_writers_go(struct race_writers *w)
{
	atomic_store(&w->go, true);
}

/* Return: false when there is no more time. */
static bool wait_a_moment(struct fl_run *run, uint64_t since_ns)
{
	uint64_t now = fl_clock_ns();

	if (now - since_ns > SPIN_NS)
		errand_nap();
	return now - since_ns < PATIENCE_S * 1000000000ULL &&
	       now < run->deadline_ns && !fl_stopped(run);
}

int race_writers_rest(struct fl_run *run, struct race_writers *w)
{
	uint64_t since = fl_clock_ns();

	atomic_store(&w->go, false);
	for (unsigned i = 0; i < w->nr; i++)
		while (!atomic_load(&w->writer[i].rests))
			if (!wait_a_moment(run, since))
				return fl_fail(run, -ETIMEDOUT,
					       "writer %u does not rest", i);
	return 0;
}

int race_writers_wait(struct fl_run *run, struct race_writers *w,
		      unsigned passes)
{
	uint64_t since = fl_clock_ns(), from[RACE_MAX_WRITERS] = { 0 };

	for (unsigned i = 0; i < w->nr; i++)
		from[i] = atomic_load(&w->writer[i].passes);
	for (unsigned i = 0; i < w->nr; i++)
		while (atomic_load(&w->writer[i].passes) - from[i] < passes)
			if (!wait_a_moment(run, since))
				return fl_fail(run, -ETIMEDOUT,
					       "writer %u does not get through "
					       "its pages",
					       i);
	return 0;
}

size_t race_writers_lost(struct race_writers *w)
{
	size_t nr = 0;

	for (size_t i = w->first; i < w->first + w->nr_pages; i++)
		nr += atomic_exchange(&w->lost[i], false);
	return nr;
}
