// SPDX-License-Identifier: GPL-2.0-only
#include "responder.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
	READS = 32,		/* of the clock, in a step */
	GAP_NS = 300,		/* ten times what a reading takes */
	READING_NS = 30,	/* what a gap holds anyway */
	SETTLE_NS = 20000,	/* that a beat may take */
	PATIENCE_NS = 10000000, /* that another program may have its CPU */
	BEATS = 2,		/* the first may have begun before */
};

struct responder_seen {
	uint64_t gaps, stolen_ns, refills, refill_ns;
};

int responders_init(struct responders *r, size_t nr, size_t page_bytes)
{
	void *p;

	if (!nr)
		return 0;

	r->seen = calloc(nr, sizeof(*r->seen));
	if (!r->seen)
		return -ENOMEM;
	p = mmap(NULL, nr * sizeof(*r->of), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;

	r->of = p;
	r->nr = nr;
	r->page_bytes = page_bytes;
	return 0;
}

void responders_finish(struct responders *r)
{
	if (r->of)
		munmap(r->of, r->nr * sizeof(*r->of));
	free(r->seen);
	r->of = NULL;
	r->seen = NULL;
	r->nr = 0;
}

void responders_aim(struct responders *r, const char *hot, size_t pages)
{
	if (pages > RESPONDER_HOT_PAGES)
		pages = RESPONDER_HOT_PAGES;

	/* A reader that sees the new place has the new number, or none. */
	atomic_store(&r->hot_pages, 0);
	atomic_store(&r->hot, hot);
	atomic_store(&r->hot_pages, pages);
}

/* Only one thread writes to it: no locked addition. */
static void add(atomic_ullong *to, uint64_t value)
{
	atomic_store_explicit(
		to, atomic_load_explicit(to, memory_order_relaxed) + value,
		memory_order_relaxed);
}

/* Off the start of the pages, which others may write to. */
static void read_pages(const struct responders *r, const char *hot,
		       size_t pages)
{
	const volatile char *at = hot + r->page_bytes / 2;

	for (size_t i = 0; i < pages; i++)
		(void)at[i * r->page_bytes];
}

static uint64_t refill(struct responders *r, struct responder *me)
{
	size_t pages = atomic_load_explicit(&r->hot_pages,
					    memory_order_acquire);
	const char *hot = atomic_load_explicit(&r->hot, memory_order_relaxed);
	uint64_t t0, t1, t2;

	if (!pages)
		return fl_clock_ns();

	t0 = fl_clock_ns();
	read_pages(r, hot, pages);
	t1 = fl_clock_ns();
	read_pages(r, hot, pages);
	t2 = fl_clock_ns();
	/* Interrupted once more: that time belongs to no refill. */
	if (t2 - t1 < t1 - t0 && t1 - t0 < pages * GAP_NS) {
		add(&me->refills, 1);
		add(&me->refill_ns, (t1 - t0) - (t2 - t1));
	}
	return t2;
}

int responder_step(struct responders *r, size_t index)
{
	struct responder *me = &r->of[index];
	uint64_t last = fl_clock_ns();

	for (unsigned i = 0; i < READS; i++) {
		uint64_t now = fl_clock_ns();

		if (now - last > GAP_NS) {
			add(&me->gaps, 1);
			add(&me->stolen_ns, now - last - READING_NS);
			now = refill(r, me);
		}
		last = now;
	}
	add(&me->beats, 1);
	return 1;
}

static void settle(struct responders *r, uint64_t patience_ns)
{
	uint64_t until = fl_clock_ns() + patience_ns;

	for (size_t i = 0; i < r->nr; i++) {
		uint64_t beats = atomic_load(&r->of[i].beats);

		while (atomic_load(&r->of[i].beats) - beats < BEATS &&
		       fl_clock_ns() < until)
			;
	}
}

void responders_mark(struct responders *r)
{
	settle(r, PATIENCE_NS);
	for (size_t i = 0; i < r->nr; i++) {
		struct responder *of = &r->of[i];

		r->seen[i] = (struct responder_seen){
			.gaps = atomic_load(&of->gaps),
			.stolen_ns = atomic_load(&of->stolen_ns),
			.refills = atomic_load(&of->refills),
			.refill_ns = atomic_load(&of->refill_ns),
		};
	}
}

struct responders_sum responders_since(struct responders *r)
{
	struct responders_sum sum = { .least_gaps = UINT64_MAX };

	settle(r, SETTLE_NS);
	for (size_t i = 0; i < r->nr; i++) {
		const struct responder_seen *seen = &r->seen[i];
		struct responder *of = &r->of[i];
		uint64_t gaps = atomic_load(&of->gaps) - seen->gaps;

		if (gaps < sum.least_gaps)
			sum.least_gaps = gaps;
		sum.stolen_ns += atomic_load(&of->stolen_ns) - seen->stolen_ns;
		sum.refills += atomic_load(&of->refills) - seen->refills;
		sum.refill_ns += atomic_load(&of->refill_ns) - seen->refill_ns;
	}
	return sum;
}

void responders_observe(struct fl_thread *th, struct responders *r,
			uint64_t nops, double flushes, unsigned stolen,
			unsigned refill)
{
	struct responders_sum sum = responders_since(r);

	if ((double)sum.least_gaps < flushes * (double)nops / 2)
		fl_mark(th, FL_MARK_UNCONFIRMED);
	if (flushes > 0 && stolen)
		fl_observe(th, stolen, sum.stolen_ns / (nops * r->nr));
	if (flushes > 0 && refill && sum.refills)
		fl_observe(th, refill, sum.refill_ns / sum.refills);
}
