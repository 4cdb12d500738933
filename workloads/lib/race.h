/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One thread protects much memory in one call, others write to pages of it, and
 * a third, the resolver, makes pages writable in mid-call and writes to another
 * word of them.
 *
 * While the call is under way its TLB flush is outstanding: the writers' CPUs
 * can still write to pages that it has protected.  If the resolver's write copies
 * such a page, what they write to the old one meanwhile is lost, unless the
 * kernel flushes before it copies.
 *
 * The resolver is the measuring thread.  The protector is a role, on its CPU or
 * on another.  Where they share one, the resolver sleeps until a random moment
 * of the call and preempts it in the kernel, which then takes as long as the
 * resolver likes.
 */
#ifndef WORKLOADS_LIB_RACE_H
#define WORKLOADS_LIB_RACE_H

#include "errand.h"
#include "forked.h"
#include "pin.h"
#include "race_memory.h"
#include "race_writer.h"

enum race_form {
	RACE_DIRECTED = 0, /* the first pages, held by a pipe */
	RACE_RANDOM,	   /* pages anywhere, ranges that differ */
};

/* Who else has the pages, so that a write to one must decide about a copy. */
enum race_share {
	RACE_SHARE_NONE = 0,
	RACE_SHARE_EXITED, /* a child that is gone */
	RACE_SHARE_ALIVE,
};

extern const char *const race_share_names[];
extern const char *const race_share_words[];

struct race_spec {
	enum race_by by;
	enum race_share share;
	size_t bytes;
	size_t pages; /* that are raced for, in each form */
	unsigned writers;
	bool protector_here; /* on the resolver's CPU */
	bool opener;	     /* see race_opener_step() */
};

/* Of the resolver's writes, in all rounds. */
struct race_counts {
	uint64_t writes;
	uint64_t inside;  /* with what makes the page writable, in a window */
	uint64_t faulted; /* of these: they came to the kernel's decision */
	uint64_t live;	  /* of these: a writer wrote to it just before */
};

/* Zeroed, there is none.  Lies in the state of the launch. */
struct race {
	struct race_spec spec;
	struct race_memory memory;
	struct race_writers writers;
	struct errand errand;  /* of the protector */
	struct errand opening; /* of the opener */
	atomic_bool open_now;  /* it waits for this, awake */
	size_t from, len;      /* what it protects */
	int asked, done;       /* eventfds + 1, which wake it and who asks */
	struct pin pipe;
	struct forked child;
	enum race_form form;
	bool settled;		       /* all writers have been at its pages */
	uint64_t last[RACE_MAX_SLOTS]; /* the resolver's words */
	struct race_counts counts;
	char *copy, *again; /* of the pages, side by side */
};

int race_init(struct fl_run *run, struct race *r, const struct race_spec *spec);
void race_finish(struct race *r);

/*
 * For the step() and wake() of roles.  The protector is also the monitor of
 * userfaultfd, when it does not protect.
 */
int race_protector_step(struct fl_thread *th, struct race *r);
void race_wake(struct race *r);

/*
 * With an opener the resolver of the directed form only writes.  The opener, on
 * a CPU of its own, makes all of the memory writable in one call, behind the
 * one that protects; its flush, too, is outstanding until it is done.  A thread
 * that opens a page itself has flushed before it writes
 * (tlb_finish_mmu(), mm/mmu_gather.c, flushes if another is under way).
 */
int race_opener_step(struct fl_thread *th, struct race *r);

/* Before the call that protects: the opener is to be awake by then. */
void race_ask_opener(struct race *r);

/* The resolver's part.  Return: 0 or -errno with words. */
int race_follow_opener(struct fl_thread *th, struct race *r);

/* The resolver's word of a page: nobody else writes there. */
void race_write_own(struct race *r, size_t slot);

/**
 * race_round() - pages are shared and held, protected, resolved and written
 * @apart:	the resolver comes after the call, not in it
 *
 * Return: 0 or -errno with words.
 */
int race_round(struct fl_thread *th, struct race *r, enum race_form form,
	       bool apart);

/* After a round: pages that have lost a write, those of the resolver too. */
int race_lost(struct fl_thread *th, struct race *r, size_t *ret_pages);

/*
 * Planted: the content of the pages is put back as it was before the writers
 * last wrote to them.  After a round.  Return: 0 or -errno with words.
 */
int race_put_back(struct fl_run *run, struct race *r);

/*
 * The first step of a snapshot: all is protected, and who writes waits.
 * @ret_stale: pages that were seen to be written to while the call went on,
 * though it had protected them.  Return: 0 or -errno with words.
 */
int race_freeze(struct fl_thread *th, struct race *r, size_t *ret_stale);

struct race_snapshot {
	size_t torn; /* pages whose copies differ */
	size_t stale;
};

/**
 * race_snapshot() - all protected, and the pages copied twice
 * @wait_ns:	between the copies
 * @broken:	planted: they are made writable in between
 *
 * Return: 0 or -errno with words.
 */
int race_snapshot(struct fl_thread *th, struct race *r, uint64_t wait_ns,
		  bool broken, struct race_snapshot *ret);

/* After race_memory_hold(): the monitor takes events again. */
void race_let_go(struct race *r);

/* Of nr pages side by side, those that differ in a and b. */
size_t race_torn(const char *a, const char *b, size_t nr, size_t page_bytes);

#endif
