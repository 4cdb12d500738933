// SPDX-License-Identifier: GPL-2.0-only
#include "race.h"

#include "thread_faults.h"

#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	SETTLE_PASSES = 2, /* the one under way is no whole one */
	START_NS = 20000,  /* until the protector has heard of its errand */
	WAIT_MS = 20,
	LOOK_NS = 500,		 /* in which a writer has been at all pages */
	HELD_LOOK_NS = 20000000, /* the same, where the call stands still */
	LONGEST_NS = 20000000,
	TRIES = 8,
	FIRST_PART = 8, /* of the memory: where pages are raced for */
	CHILD_MS = 10000,
	RANDOM_WRITES = 4, /* of the resolver, for each page */
};

const char *const race_share_names[] = {
	[RACE_SHARE_NONE] = "none",
	[RACE_SHARE_EXITED] = "exited",
	[RACE_SHARE_ALIVE] = "alive",
	NULL,
};

const char *const race_share_words[] = {
	[RACE_SHARE_NONE] = "nobody",
	[RACE_SHARE_EXITED] = "a child that was forked and is gone",
	[RACE_SHARE_ALIVE] = "a child that was forked and stays",
	NULL,
};

static size_t page_of(const struct race *r)
{
	return r->memory.area.region.page_bytes;
}

static size_t first_bytes(const struct race *r, size_t page)
{
	return r->spec.bytes / FIRST_PART / page * page;
}

/* The first pages; and as many more, each in a part of its own. */
static void lay_out(struct race *r)
{
	size_t nr = r->spec.pages, page = page_of(r);
	size_t part = first_bytes(r, page) / page / (nr + 1) * page;

	for (size_t i = 0; i < nr; i++) {
		r->writers.offset[i] = i * page;
		r->writers.offset[nr + i] = (i + 1) * part;
	}
	r->writers.base = r->memory.area.region.base;
	r->writers.nr = r->spec.writers;
	r->writers.nr_pages = nr;
}

static int open_bells(struct fl_run *run, struct race *r)
{
	r->asked = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) + 1;
	r->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) + 1;
	return r->asked && r->done ? 0 : fl_fail(run, -errno, "an eventfd");
}

static void close_bell(int *bell)
{
	if (*bell)
		close(*bell - 1);
	*bell = 0;
}

int race_init(struct fl_run *run, struct race *r, const struct race_spec *spec)
{
	size_t copy = spec->pages * run->page_bytes;
	int err;

	if (spec->bytes / FIRST_PART < 4 * copy)
		return fl_skip(run,
			       "%zu pages need at least %d times as much "
			       "memory: raise bytes",
			       spec->pages, 4 * FIRST_PART);
	r->spec = *spec;
	r->copy = malloc(copy);
	r->again = malloc(copy);
	if (!r->copy || !r->again)
		return fl_fail(run, -ENOMEM, "copies of the pages");
	err = open_bells(run, r);
	if (!err)
		err = race_memory_init(run, &r->memory, spec->by, spec->bytes);
	if (err)
		return err;

	lay_out(r);
	return 0;
}

void race_finish(struct race *r)
{
	forked_kill(&r->child);
	pin_finish(&r->pipe);
	free(r->copy);
	free(r->again);
	r->copy = r->again = NULL;
	close_bell(&r->asked);
	close_bell(&r->done);
	race_memory_finish(&r->memory);
}

static void ring(int bell)
{
	(void)eventfd_write(bell - 1, 1);
}

static void silence(int bell)
{
	eventfd_t count;

	(void)eventfd_read(bell - 1, &count);
}

static void ask(struct race *r)
{
	silence(r->done);
	errand_ask(&r->errand);
	ring(r->asked);
}

static int wait_done(struct fl_thread *th, struct race *r)
{
	struct fl_run *run = fl_thread_run(th);
	struct pollfd bell = { .fd = r->done - 1, .events = POLLIN };

	fl_stage(th, "waiting for the end of the call that protects");
	while (!poll(&bell, 1, WAIT_MS) && !fl_stopped(run) &&
	       fl_clock_ns() < run->deadline_ns)
		;
	return errand_wait(run, &r->errand);
}

static int protect(struct fl_thread *th, struct race *r)
{
	int err;

	fl_stage(th, "protecting the range");
	err = race_memory_protect(fl_thread_run(th), &r->memory, r->from,
				  r->len);
	errand_finish(&r->errand, err);
	ring(r->done);
	return err ? err : 1;
}

int race_protector_step(struct fl_thread *th, struct race *r)
{
	struct pollfd fds[] = {
		{ .fd = r->asked - 1, .events = POLLIN },
		{ .fd = race_memory_events(&r->memory), .events = POLLIN },
	};

	fl_stage(th, "waiting for an event or its next errand");
	if (poll(fds, 2, WAIT_MS) <= 0)
		return 0;
	if (fds[1].revents)
		return race_memory_monitor(fl_thread_run(th), &r->memory);

	silence(r->asked);
	return atomic_load(&r->errand.done) == atomic_load(&r->errand.asked)
		       ? 0
		       : protect(th, r);
}

void race_let_go(struct race *r)
{
	race_memory_let_go(&r->memory);
	ring(r->asked);
}

void race_wake(struct race *r)
{
	race_memory_release(&r->memory);
	ring(r->asked);
}

/* From here on nobody writes until the window is there. */
static int share_pages(struct fl_run *run, struct race *r)
{
	const struct forked_spec spec = { .name = "sharer",
					  .limit_ms = CHILD_MS };
	int err;

	if (r->spec.share == RACE_SHARE_NONE)
		return 0;

	err = race_writers_rest(run, &r->writers);
	if (!err)
		err = forked_start(run, &r->child, &spec);
	if (!err && r->spec.share == RACE_SHARE_EXITED)
		err = forked_end(run, &r->child);
	return err;
}

static void choose_form(struct fl_thread *th, struct race *r,
			enum race_form form)
{
	size_t pages = first_bytes(r, page_of(r)) / page_of(r);

	r->settled = r->settled && r->form == form;
	r->form = form;
	r->writers.first = form * r->spec.pages;
	atomic_store(&r->writers.anywhere, form == RACE_RANDOM);
	r->from = 0;
	if (form == RACE_RANDOM)
		r->from = fl_rand(th) % (pages / 2) * page_of(r);
	r->len = r->spec.bytes - r->from;
}

/* All writers have been at all pages of this form. */
static int settle(struct fl_thread *th, struct race *r)
{
	int err = 0;

	race_writers_go(&r->writers);
	fl_stage(th, "waiting until all writers have been at all pages");
	if (!r->settled)
		err = race_writers_wait(fl_thread_run(th), &r->writers,
					SETTLE_PASSES);
	r->settled = false;
	return err;
}

/* What the resolver has looked at since it would write to without a fault. */
static int forget_pages(struct fl_run *run, struct race *r)
{
	const size_t *offset = &r->writers.offset[r->writers.first];
	size_t last = offset[r->writers.nr_pages - 1];

	r->settled = false;
	return race_memory_forget(run, &r->memory, *offset,
				  last + page_of(r) - *offset);
}

static int begin(struct fl_thread *th, struct race *r, enum race_form form)
{
	struct fl_run *run = fl_thread_run(th);
	struct race_writers *w = &r->writers;
	int err;

	choose_form(th, r, form);
	err = forget_pages(run, r);
	if (!err)
		err = settle(th, r);
	fl_stage(th, "having the pages held and shared");
	pin_finish(&r->pipe);
	if (!err && form == RACE_DIRECTED)
		err = pin_pipe(run, &r->pipe, w->base, w->nr_pages);
	return err ? err : share_pages(run, r);
}

static void nap(uint64_t ns)
{
	struct timespec t = { .tv_nsec = (long)ns };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static void spin(uint64_t ns)
{
	uint64_t until = fl_clock_ns() + ns;

	while (fl_clock_ns() < until)
		;
}

/*
 * The resolver takes a CPU that it shares with the protector over as soon as it
 * wakes, and not when that has had its share.  Who may not (CAP_SYS_NICE) comes
 * as the scheduler likes.
 */
static void come_first(const struct race *r, bool on)
{
	const struct sched_param param = { .sched_priority = on };

	if (r->spec.protector_here)
		(void)sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER,
					 &param);
}

/*
 * Until a random moment of the first half of the call (pages that are raced for
 * lie in its first part), or until it is over.
 */
static void wait_for_window(struct fl_thread *th, struct race *r,
			    unsigned long long before)
{
	struct race_window *w = &r->memory.window;
	void (*const pass_time)(uint64_t) = r->spec.protector_here ? nap : spin;
	uint64_t longest = r->memory.quick_ns < LONGEST_NS ? r->memory.quick_ns
							   : LONGEST_NS;
	uint64_t moment = fl_rand(th) % (longest / 2 + 1);
	uint64_t since = fl_clock_ns(), gone;

	fl_stage(th, "waiting for the call that protects");
	for (unsigned i = 0; i < TRIES && race_window_now(w) == before; i++)
		pass_time(START_NS);
	gone = fl_clock_ns() - since;
	if (gone < moment)
		pass_time(moment - gone);
}

void race_write_own(struct race *r, size_t slot)
{
	volatile uint64_t *word = race_word(&r->writers, slot, 0);

	if (race_is_lost(&r->last[slot], *word))
		atomic_store(&r->writers.lost[slot], true);
	*word = ++r->last[slot];
}

/*
 * Until a writer is seen to write to the page, or that takes too long: the CPU
 * of a guest may be one that the host does not run just now.
 */
static bool is_live(const struct race *r, size_t slot)
{
	const volatile uint64_t *word = race_word(&r->writers, slot, 1);
	uint64_t seen = *word, patience = LOOK_NS, until;

	if (r->spec.protector_here && r->form == RACE_DIRECTED)
		patience = HELD_LOOK_NS;
	until = fl_clock_ns() + patience;
	while (*word == seen && fl_clock_ns() < until)
		;
	return *word != seen;
}

static int resolve(struct fl_run *run, struct race *r, size_t slot)
{
	struct race_writers *w = &r->writers;
	unsigned long long before = race_window_now(&r->memory.window);
	bool begun = race_memory_has_begun(&r->memory, w->offset[slot]);
	bool live = begun && is_live(r, slot), faulted;
	uint64_t faults = thread_faults();
	int err;

	err = race_memory_unprotect(run, &r->memory, w->offset[slot]);
	if (err)
		return err;

	race_write_own(r, slot);
	faulted = thread_faults() != faults;
	r->counts.writes++;
	if (!begun || !race_memory_goes_on(&r->memory) ||
	    !race_window_inside(before, race_window_now(&r->memory.window)))
		return 0;

	r->counts.inside++;
	r->counts.faulted += faulted;
	r->counts.live += faulted && live;
	return 0;
}

static int resolve_in_order(struct fl_run *run, struct race *r)
{
	int err = 0;

	for (size_t i = 0; i < r->spec.pages && !err; i++)
		err = resolve(run, r, r->writers.first + i);
	return err;
}

static int resolve_anywhere(struct fl_thread *th, struct race *r)
{
	struct fl_run *run = fl_thread_run(th);
	int err = 0;

	for (size_t i = 0; i < RANDOM_WRITES * r->spec.pages && !err; i++) {
		err = resolve(run, r,
			      r->writers.first + fl_rand(th) % r->spec.pages);
	}
	return err;
}

static int resolve_pages(struct fl_thread *th, struct race *r)
{
	race_writers_go(&r->writers);
	race_memory_resolve_own(true);
	fl_stage(th, "making pages writable and writing to them");
	return r->form == RACE_RANDOM ? resolve_anywhere(th, r)
				      : resolve_in_order(fl_thread_run(th), r);
}

static int end(struct fl_thread *th, struct race *r, int err)
{
	struct fl_run *run = fl_thread_run(th);
	int opened = race_memory_open_all(run, &r->memory);

	fl_stage(th, "waiting for the end of the child");
	race_writers_go(&r->writers);
	if (!err)
		err = opened;
	if (!err)
		err = forked_end(run, &r->child);
	return err;
}

int race_round(struct fl_thread *th, struct race *r, enum race_form form,
	       bool apart)
{
	unsigned long long before = race_window_now(&r->memory.window);
	int err = begin(th, r, form), other;

	if (err)
		return err;

	if (r->spec.opener && form == RACE_DIRECTED && !apart)
		race_ask_opener(r);
	ask(r);
	if (apart) {
		err = wait_done(th, r);
		return end(th, r, err ? err : resolve_pages(th, r));
	}
	if (r->spec.opener && form == RACE_DIRECTED) {
		err = race_follow_opener(th, r);
	} else {
		come_first(r, true);
		wait_for_window(th, r, before);
		err = resolve_pages(th, r);
		come_first(r, false);
	}
	other = wait_done(th, r);
	return end(th, r, err ? err : other);
}

int race_lost(struct fl_thread *th, struct race *r, size_t *ret_pages)
{
	struct fl_run *run = fl_thread_run(th);
	struct race_writers *w = &r->writers;
	int err;

	fl_stage(th, "waiting until all writers have looked at all pages");
	atomic_store(&w->anywhere, false);
	err = race_writers_wait(run, w, SETTLE_PASSES);
	r->settled = !err;
	for (size_t i = w->first; i < w->first + w->nr_pages; i++)
		race_write_own(r, i);
	*ret_pages = race_writers_lost(w);
	return err;
}

/* Pages that others write to through an entry that has been taken away. */
static size_t count_stale(struct race *r)
{
	struct race_writers *w = &r->writers;
	size_t nr = 0;

	for (size_t i = w->first; i < w->first + w->nr_pages; i++) {
		bool begun = race_memory_has_begun(&r->memory, w->offset[i]);
		const volatile uint64_t *word = race_word(w, i, 1);
		uint64_t seen = *word;

		spin(LOOK_NS);
		nr += begun && *word != seen && race_memory_goes_on(&r->memory);
	}
	return nr;
}

int race_freeze(struct fl_thread *th, struct race *r, size_t *ret_stale)
{
	unsigned long long before = race_window_now(&r->memory.window);
	int err;

	choose_form(th, r, RACE_DIRECTED);
	err = settle(th, r);
	if (err)
		return err;

	race_memory_hold(fl_thread_run(th), &r->memory);
	ask(r);
	wait_for_window(th, r, before);
	*ret_stale = count_stale(r);
	return wait_done(th, r);
}
