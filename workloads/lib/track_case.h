/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One case of tracking: pages are brought into a state step by step, some of
 * them are tracked, some are written, and then each is held against what its
 * tracker reported.
 *
 * Trackers are of two sorts.  One sends a report of each write to an armed page
 * and disarms it (userfaultfd events, SIGSEGV): what is not armed must bring no
 * report.  The other keeps a state that is read later (userfaultfd WP_ASYNC,
 * soft-dirty): there all pages are armed, and what is not says nothing.
 */
#ifndef WORKLOADS_LIB_TRACK_CASE_H
#define WORKLOADS_LIB_TRACK_CASE_H

#include "direct_read.h"
#include "forked.h"
#include "frames.h"
#include "pin.h"
#include "region.h"
#include "tracker.h"

enum {
	TRACK_MAX_PAGES = 1024,
	TRACK_MAX_STEPS = 10,
	TRACK_PLANTED = 4, /* mistakes of each kind, in a planted trial */
};

/* What became of a page; see track_outcome_of(). */
enum track_outcome {
	TRACK_NOTIFIED = 0,
	TRACK_SILENT,
	TRACK_MISSED,
	TRACK_FALSE,
	TRACK_TWICE,
	TRACK_DROPPED,
	TRACK_REFUSED,
};

/* What the interface promises of an armed page that is written. */
enum track_due {
	TRACK_DUE_REPORT = 0,
	TRACK_DUE_NOTHING, /* it says that tracking ends there */
	TRACK_DUE_REFUSAL, /* the write fails, and nothing is written */
};

struct track_page {
	bool armed;   /* its tracker was asked, and has not reported since */
	bool chosen;  /* is to be written */
	bool written; /* the memory changed */
	bool refused; /* the write failed, and it did not */
	bool early;   /* a report came before it was written */
	unsigned reports;
	bool planted; /* a mistake that must be found */
	bool again;   /* written twice, and armed between unknown to us */
	enum track_outcome found;
};

struct track_case;

typedef int track_step(struct track_case *c);

/*
 * Writes the new word of page i.  Return: 0; -errno if the kernel refused, and
 * then it says so in c->pages[i].refused; -errno with words.
 */
typedef int track_write(struct track_case *c, size_t i);

struct track_scenario {
	track_step *steps[TRACK_MAX_STEPS]; /* ended by NULL */
	track_write *write;		    /* NULL: a store */
	enum region_backing backing;
	enum track_due due[TRACKER_KINDS];
	/* Why a tracker has no part in it; NULL: it has. */
	const char *without[TRACKER_KINDS];
	const char *path;  /* kernel function, file, version read */
	uint64_t features; /* of userfaultfd: UFFD_FEATURE_* */
	bool moved;	   /* the pages end at another address */
	bool elsewhere;	   /* the memory that is written is not ours */
	bool plain_plant;  /* mistakes are planted in the plain scenario */
	bool by_kernel;	   /* refused where the tracker does not see it */
};

/* Who else writes to the pages; opened when it is wanted. */
struct track_outside {
	struct pin pin;		 /* of this trial */
	struct direct_read disk; /* of the launch, like what follows */
	uint64_t disk_word;	 /* of the first page that it wrote last */
	int file, mem;		 /* 0: none */
	uint64_t before[TRACK_MAX_PAGES]; /* frames */
};

/* Zeroed, there is none.  It lies in shared memory: the child writes here. */
struct track_case {
	struct fl_run *run;
	struct fl_thread *th;		       /* that runs the trial */
	const struct track_scenario *own;      /* of all trials but planted */
	const struct track_scenario *scenario; /* of this trial */
	struct region region;
	char *base;   /* of the first page, wherever it is now */
	size_t nr;    /* pages that are judged */
	size_t bytes; /* of all pages */
	size_t page;  /* bytes */

	uint64_t old_word; /* page i holds it plus i; 0: nothing */
	uint64_t new_word; /* likewise, plus i */
	bool equal;	   /* all pages hold the same old word */
	bool absent;	   /* no page is there yet */

	struct tracker_handler handler;
	enum tracker_kind kind; /* of this trial */
	enum track_due due;	/* likewise */
	struct tracker tracker;
	bool has_bits; /* pagemap shows what userfaultfd protects */

	struct forked child;
	struct track_outside outside;
	char *alias; /* the same memory, mapped once more; NULL: none */
	char *moved; /* where it was moved to; NULL: nowhere */
	struct pagemap pagemap;
	struct frames frames;
	bool has_frames;

	uint8_t reports[TRACK_MAX_PAGES];
	struct track_page pages[TRACK_MAX_PAGES];
};

/* Return: 0 or -errno with words; what cannot be had is skipped. */
int track_case_init(struct fl_run *run, struct track_case *c,
		    const struct track_scenario *scenario, size_t nr);
void track_case_finish(struct track_case *c);

/*
 * Pages of a trial: those asked for, all of a huge page, or of the hugetlb pool
 * a quarter, 16 at least.
 */
size_t track_case_pages(const struct track_scenario *scenario, size_t nr);

/*
 * Builds the state, writes, and reads the reports; then pages tell.  If
 * planted, mistakes are made behind the tracker's back just before the write.
 * Nothing is left of it but the memory.  Return: 0 or -errno with words.
 */
int track_case_run(struct fl_thread *th, struct track_case *c,
		   enum tracker_kind kind, bool planted);

/* Whether anything can be said of page i. */
bool track_case_counts(const struct track_case *c, size_t i);

/* What became of a page, and what should have. */
enum track_outcome track_outcome_of(const struct track_page *p,
				    enum track_due due);
enum track_outcome track_expected_of(const struct track_page *p,
				     enum track_due due);

static inline enum track_due track_case_due(const struct track_case *c)
{
	return c->due;
}

/* It keeps a state that is read later. */
static inline bool track_keeps_state(const struct track_case *c)
{
	return c->kind == TRACKER_WP_ASYNC || c->kind == TRACKER_SOFT_DIRTY;
}

static inline char *track_page_at(const struct track_case *c, size_t i)
{
	return c->base + i * c->page;
}

static inline volatile uint64_t *track_word(const struct track_case *c,
					    size_t i)
{
	return (volatile uint64_t *)(void *)track_page_at(c, i);
}

static inline uint64_t track_old(const struct track_case *c, size_t i)
{
	return c->old_word && !c->equal ? c->old_word + i : c->old_word;
}

static inline uint64_t track_new(const struct track_case *c, size_t i)
{
	return c->new_word + i;
}

#endif
