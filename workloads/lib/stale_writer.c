// SPDX-License-Identifier: GPL-2.0-only
#include "stale_writer.h"

#include "thread_faults.h"

#include <sched.h>

enum {
	STORES = 64,	  /* between two looks at the counter of faults */
	STEP_ROUNDS = 16, /* of so many stores */
	WORD = 64,	  /* where in the page; others write to its start */
	HOT_STORES = 200, /* before a call may begin */
	PATIENCE_NS = 20000000,
};

static void wait_while_held(struct fault_signal *g, char *at)
{
	struct stale_writer *w =
		(struct stale_writer *)((char *)g -
					offsetof(struct stale_writer, guard));

	(void)at;
	while (atomic_load(&w->held))
		sched_yield();
}

int stale_writer_guard(struct stale_writer *w, char *start, size_t len)
{
	w->guard.start = start;
	w->guard.len = len;
	w->guard.take = wait_while_held;
	return fault_signal_init(&w->guard);
}

void stale_writer_finish(struct stale_writer *w)
{
	fault_signal_finish(&w->guard);
}

static volatile uint64_t *word_of(const char *page)
{
	return (volatile uint64_t *)(const void *)(page + WORD);
}

/* The store before the gap was the last one that went through. */
static void look_for_fault(struct stale_writer *w)
{
	uint64_t faults = thread_faults();

	if (faults == w->all_faults)
		return;

	w->all_faults = faults;
	atomic_store_explicit(&w->end_ns, w->before_ns, memory_order_relaxed);
	atomic_store_explicit(&w->faults, atomic_load(&w->faults) + 1,
			      memory_order_release);
}

static void write_some(struct stale_writer *w, char *page)
{
	volatile uint64_t *word = word_of(page);

	for (unsigned i = 0; i < STORES; i++) {
		uint64_t now;

		*word = w->last_ns;
		now = fl_clock_ns();
		if (now - w->last_ns > THREAD_FAULTS_GAP_NS)
			look_for_fault(w);
		w->before_ns = w->last_ns;
		w->last_ns = now;
	}
	atomic_store_explicit(&w->stores, atomic_load(&w->stores) + STORES,
			      memory_order_relaxed);
}

/* The first store to a page may fault for reasons of its own. */
static void begin(struct stale_writer *w, char *page)
{
	*word_of(page) = fl_clock_ns();
	w->all_faults = thread_faults();
	w->last_ns = w->before_ns = fl_clock_ns();
	atomic_store(&w->aimed, page);
}

int stale_writer_step(struct stale_writer *w)
{
	char *page = atomic_load(&w->target);

	if (!page) {
		atomic_store(&w->aimed, NULL);
		sched_yield();
		return 0;
	}
	if (atomic_load_explicit(&w->aimed, memory_order_relaxed) != page)
		begin(w, page);
	for (unsigned i = 0; i < STEP_ROUNDS; i++)
		write_some(w, page);
	return 1;
}

static bool is_writing(struct fl_run *run, struct stale_writer *w,
		       const char *page)
{
	uint64_t until = fl_clock_ns() + PATIENCE_NS, stores;

	while (atomic_load(&w->aimed) != page)
		if (fl_stopped(run) || fl_clock_ns() > until)
			return false;

	stores = atomic_load(&w->stores);
	while (atomic_load(&w->stores) - stores < HOT_STORES)
		if (fl_stopped(run) || fl_clock_ns() > until)
			return false;
	return true;
}

bool stale_writer_aim(struct fl_run *run, struct stale_writer *w, char *page)
{
	atomic_store(&w->target, page);
	w->aims = is_writing(run, w, page);
	w->faults_before = atomic_load(&w->faults);
	return w->aims;
}

void stale_writer_hold(struct stale_writer *w, bool on)
{
	atomic_store(&w->held, on);
}

void stale_writer_rest(struct fl_run *run, struct stale_writer *w)
{
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	atomic_store(&w->target, NULL);
	while (atomic_load(&w->aimed) && !fl_stopped(run) &&
	       fl_clock_ns() < until)
		;
}

static uint64_t wait_for_fault(struct fl_run *run, struct stale_writer *w)
{
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	while (atomic_load_explicit(&w->faults, memory_order_acquire) ==
	       w->faults_before)
		if (fl_stopped(run) || fl_clock_ns() > until)
			return 0;

	return atomic_load(&w->end_ns);
}

uint64_t stale_writer_window(struct fl_run *run, struct stale_writer *w,
			     const char *page, bool goes_on, uint64_t start_ns)
{
	uint64_t end;

	if (!w->aims)
		return 0;

	end = goes_on ? wait_for_fault(run, w) : *word_of(page);
	return end > start_ns ? end - start_ns : 0;
}
