// SPDX-License-Identifier: GPL-2.0-only
/* Another thread makes the pages writable, and the resolver writes meanwhile. */
#include "race.h"

#include "thread_faults.h"

enum {
	PATIENCE_NS = 50000000 /* for a CPU that the host has not run */
};

void race_ask_opener(struct race *r)
{
	atomic_store(&r->open_now, false);
	errand_ask(&r->opening);
}

int race_opener_step(struct fl_thread *th, struct race *r)
{
	uint64_t until;
	int err;

	fl_stage(th, "waiting until pages are to be made writable");
	if (!errand_waits(&r->opening))
		return 0;

	until = fl_clock_ns() + PATIENCE_NS;
	while (!atomic_load(&r->open_now))
		if (fl_clock_ns() > until)
			return 0;
	fl_stage(th, "making all pages writable");
	err = race_memory_open_all(fl_thread_run(th), &r->memory);
	errand_finish(&r->opening, err);
	return err ? err : 1;
}

static bool is_pending(struct errand *e)
{
	return atomic_load(&e->done) != atomic_load(&e->asked);
}

/*
 * Until the bit of a page is so, whoever is at work has finished, or it takes
 * too long.  Return: whether the bit is so.
 */
static bool wait_for_bit(struct race *r, struct errand *who, size_t slot,
			 bool set)
{
	size_t offset = r->writers.offset[slot];
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	while (race_memory_has_begun(&r->memory, offset) != set)
		if (!is_pending(who) || fl_clock_ns() > until)
			return race_memory_has_begun(&r->memory, offset) == set;
	return true;
}

/* The flushes of both are outstanding, before the write and after it. */
static void write_behind(struct race *r, size_t slot)
{
	const volatile uint64_t *other = race_word(&r->writers, slot, 1);
	bool opened = wait_for_bit(r, &r->opening, slot, false);
	bool before = opened && is_pending(&r->opening) &&
		      race_memory_goes_on(&r->memory);
	uint64_t seen = *other, faults = thread_faults();
	bool live = *other != seen, faulted;

	race_write_own(r, slot);
	faulted = thread_faults() != faults;
	r->counts.writes++;
	if (!before || !is_pending(&r->opening) || !is_pending(&r->errand))
		return;

	r->counts.inside++;
	r->counts.faulted += faulted;
	r->counts.live += faulted && live;
}

int race_follow_opener(struct fl_thread *th, struct race *r)
{
	size_t first = r->writers.first, nr = r->spec.pages;

	race_writers_go(&r->writers);
	fl_stage(th, "waiting for the call that protects");
	wait_for_bit(r, &r->errand, first + nr - 1, true);
	atomic_store(&r->open_now, true);
	fl_stage(th, "writing to pages that are being made writable");
	for (size_t i = 0; i < nr; i++)
		write_behind(r, first + i);
	return errand_wait(fl_thread_run(th), &r->opening);
}
