/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One case of copy-on-write: pages are brought into a state step by step, are
 * written one by one, and then each is found to have been copied or not.
 *
 * A page was written in place if its frame is the one that it had before, or if
 * somebody who still holds that frame sees the new word; where both can be
 * told they must agree.  A write that did not fault was in place.
 */
#ifndef WORKLOADS_LIB_COW_CASE_H
#define WORKLOADS_LIB_COW_CASE_H

#include "cow_oracle.h"
#include "forked.h"
#include "frames.h"
#include "pin.h"
#include "region.h"
#include "uffd.h"

enum {
	COW_MAX_PAGES = 1024,
	COW_MAX_STEPS = 8,
	COW_MTHP_BYTES = 64 << 10,
};

/* Of what folios the memory consists. */
enum cow_order {
	COW_ORDER_4K = 0,
	COW_ORDER_THP,	/* as large as a page table spans */
	COW_ORDER_MTHP, /* of 64K, mapped entry by entry */
};

extern const char *const cow_order_names[];

/* Who else sees the frame that a page had before it was written. */
enum cow_view {
	COW_VIEW_NONE = 0,
	COW_VIEW_PIN,	     /* our own pipe or ring */
	COW_VIEW_CHILD,	     /* the child's memory */
	COW_VIEW_CHILD_PIPE, /* its pipe */
	COW_VIEW_TWIN,	     /* pages that were merged with it */
	COW_VIEW_FILE,
};

struct cow_case;

typedef int cow_step(struct cow_case *c);

struct cow_scenario {
	cow_step *steps[COW_MAX_STEPS]; /* ended by NULL */
	struct cow_state st;		/* that they lead to */
	enum cow_view view;
	bool large_too;	  /* of other orders than 4K as well */
	bool large_only;  /* of THP alone */
	bool hugetlb;	  /* in memory of the pool */
	bool no_fault;	  /* newer kernels do not fault there at all */
	bool check_child; /* it must not see what we write */
};

struct cow_page {
	uint64_t before, after; /* frames; 0: not known */
	uint64_t flags;		/* of the frame before; 0: not known */
	uint64_t ns;		/* of the write, less the clock's own time */
	bool faulted;
	bool leaked; /* the child saw it */
};

/*
 * Steps that need another CPU, or another thread at the same time, ask a
 * helper: the step() of a role.
 */
struct cow_helper {
	int fd; /* an eventfd that wakes it; 0: none */
	int pipe[2];
	atomic_uint asked, done;
	atomic_bool busy; /* wanted to go on and on */
};

/* Zeroed, there is none.  It lies in shared memory: the child writes here. */
struct cow_case {
	struct fl_run *run;
	const struct cow_scenario *scenario;
	enum cow_order order;
	struct region region;
	char *base;	 /* of the first page */
	size_t nr;	 /* pages that are judged */
	size_t stride;	 /* from one to the next */
	size_t bytes;	 /* all memory, with what is not judged */
	size_t nr_first; /* of the pages, not judged: written before */

	uint64_t old_word; /* page i holds it plus i, or equal, it alone */
	uint64_t new_word; /* likewise, plus i */
	bool equal;

	char *other; /* memory to fault in for nothing but that */
	struct forked child;
	struct pin pin, child_pin;
	struct uffd uffd;
	int file; /* 0: none */
	struct pagemap pagemap;
	struct frames frames;
	bool has_frames;
	bool noted; /* the frames before */
	uint64_t migrations;
	uint64_t clock_ns;
	struct cow_helper helper;

	uint64_t words[COW_MAX_PAGES]; /* as somebody else saw them */
	struct cow_page pages[COW_MAX_PAGES];
};

struct cow_case_spec {
	enum cow_order order;
	size_t nr;
	bool hugetlb;
	bool uffd, file; /* are wanted by a step */
	bool twins;	 /* as many pages again, that are not written */
};

/* Return: 0 or -errno with words; what cannot be had is skipped. */
int cow_case_init(struct fl_run *run, struct cow_case *c,
		  const struct cow_case_spec *spec);
void cow_case_finish(struct cow_case *c);

/* Huge pages of the pool that it takes, copies of all included. */
uint64_t cow_case_pool(size_t nr);

/*
 * Builds the state and writes; then pages and words tell.  Repeated if pages
 * were migrated meanwhile.  Nothing is left of it but the memory.
 * Return: 0 or -errno with words.
 */
int cow_case_run(struct cow_case *c, const struct cow_scenario *scenario);

/*
 * What became of page i; COW_CANNOT_TELL if nobody sees it.  Evidence that
 * does not agree is -EPROTO, with words.
 */
int cow_case_seen(struct cow_case *c, size_t i, enum cow_answer *ret_seen);

/* The state of page i before it was written. */
struct cow_state cow_case_state(const struct cow_case *c, size_t i);

static inline char *cow_case_page(const struct cow_case *c, size_t i)
{
	return c->base + i * c->stride;
}

static inline volatile uint64_t *cow_case_word(const struct cow_case *c,
					       size_t i)
{
	return (volatile uint64_t *)(void *)cow_case_page(c, i);
}

static inline uint64_t cow_case_old(const struct cow_case *c, size_t i)
{
	return c->equal ? c->old_word : c->old_word + i;
}

static inline uint64_t cow_case_new(const struct cow_case *c, size_t i)
{
	return c->new_word + i;
}

/* Reads the frames before the write; the run does it if no step did. */
cow_step cow_note_frames;

#endif
