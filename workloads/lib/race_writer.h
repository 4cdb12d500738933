/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that write to the same pages without end, each to a word of its own in
 * every page, and look before each write whether the last one is still there.
 *
 * As nobody else writes to that word, a smaller value than the last that was
 * written is a lost write.  It is noticed when the page is next written to, and
 * counted once.
 */
#ifndef WORKLOADS_LIB_RACE_WRITER_H
#define WORKLOADS_LIB_RACE_WRITER_H

#include <faultline/run.h>

enum {
	RACE_WRITER_LINE = 128,
	RACE_MAX_PAGES = 64, /* of one form */
	RACE_FORMS = 2,
	RACE_MAX_SLOTS = RACE_FORMS * RACE_MAX_PAGES,
	RACE_MAX_WRITERS = 62,
	RACE_WORD_BYTES = 64, /* from one writer's word to the next */
};

/* Written by one writer. */
struct race_writer {
	_Alignas(RACE_WRITER_LINE) atomic_ullong passes;
	atomic_bool rests;
	uint64_t last[RACE_MAX_SLOTS];
};

/* Zeroed, nobody writes.  Lies in the state of the launch. */
struct race_writers {
	char *base;
	size_t offset[RACE_MAX_SLOTS]; /* of the pages, from base on */
	unsigned nr;
	size_t first, nr_pages; /* the slots that are written */
	atomic_bool anywhere;	/* in random order */
	_Alignas(RACE_WRITER_LINE) atomic_bool go;
	/* By slot: a write was lost. */
	_Alignas(RACE_WRITER_LINE) atomic_bool lost[RACE_MAX_SLOTS];
	struct race_writer writer[RACE_MAX_WRITERS];
};

/* Word 0 of a page is not the writers': it is for who resolves. */
static inline volatile uint64_t *race_word(const struct race_writers *w,
					   size_t slot, unsigned word)
{
	return (volatile uint64_t *)(void *)(w->base + w->offset[slot] +
					     (size_t)word * RACE_WORD_BYTES);
}

/*
 * @last: what was written last; takes @seen if that is older, so that a loss
 * counts once.  Return: whether a write was lost.
 */
bool race_is_lost(uint64_t *last, uint64_t seen);

/* For a role's step(): some hundred passes, or a moment if it is to rest. */
int race_writer_step(struct fl_thread *th, struct race_writers *w);

/* The measuring thread: all write from now on, or none does any more. */
void race_writers_go(struct race_writers *w);
int race_writers_rest(struct fl_run *run, struct race_writers *w);

/*
 * Until each has been at every page @passes times.  Return: 0, or -ETIMEDOUT
 * with words past the end of the launch or some seconds.
 */
int race_writers_wait(struct fl_run *run, struct race_writers *w,
		      unsigned passes);

/* How many pages lost a write since the last call. */
size_t race_writers_lost(struct race_writers *w);

#endif
