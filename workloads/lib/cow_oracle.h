/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a write to a page should do, and what each rule that the kernel has had
 * would do: copy it or reuse it.
 *
 * The rules are those of do_wp_page() and its callees, mm/memory.c, as they
 * were in turn; pure functions of the state of the page, so that a test can go
 * through all of it.
 */
#ifndef WORKLOADS_LIB_COW_ORACLE_H
#define WORKLOADS_LIB_COW_ORACLE_H

#include <stdbool.h>

/* The rules, in the order in which the kernel had them. */
enum cow_policy {
	COW_MAPCOUNT = 0,    /* reuse what is mapped once (to 5.7) */
	COW_MAPCOUNT_FORCED, /* and who reads by GUP breaks COW first (5.8) */
	COW_PAGE_COUNT,	     /* reuse what nobody else refers to (5.9) */
	COW_REFCOUNT,	     /* that, after dropping what can be (5.18) */
	COW_EXCLUSIVE,	     /* PageAnonExclusive, else that (5.19) */
	COW_EXCLUSIVE_LARGE, /* and large folios by their mappings (6.15) */
	COW_POLICIES,
};

enum cow_answer {
	COW_CANNOT_TELL = 0,
	COW_REUSE,
	COW_COPY,
};

enum cow_sure {
	COW_NO = 0,
	COW_YES,
	COW_MAYBE,
};

enum cow_event {
	COW_WRITE = 0,
	COW_PIN_READ, /* somebody pins the page, to read it */
};

enum cow_kind {
	COW_ANON = 0,
	COW_FILE_PRIVATE, /* a page of the page cache, mapped privately */
	COW_FILE_SHARED,
};

enum cow_size {
	COW_BASE = 0,
	COW_LARGE, /* part of a large folio, entry by entry */
	COW_HUGE,  /* a huge page, by one entry of the middle table */
	COW_HUGETLB,
};

/*
 * The page behind a read-only entry of ours, when it is written.  Zeroed, it is
 * mapped by nobody: m is at least 1.
 */
struct cow_state {
	enum cow_event event;
	enum cow_kind kind;
	enum cow_size size;
	unsigned m;	      /* address spaces that map it, ours included */
	unsigned s;	      /* swap entries elsewhere */
	enum cow_sure c;      /* in the swap cache */
	enum cow_sure w;      /* and being written out: it stays there */
	unsigned g, p;	      /* plain references (FOLL_GET); pins (FOLL_PIN) */
	bool others_g;	      /* these references are another process's */
	enum cow_sure local;  /* in this CPU's LRU batch */
	enum cow_sure remote; /* in that of another CPU, or held in passing */
	bool k;		      /* merged by KSM */
	bool e; /* never shared since it was made: PageAnonExclusive */
	bool pinned_at_fork;   /* the child that m counts was forked then */
	bool got_while_shared; /* g was taken while others mapped the page */
	bool reclaim_tried;    /* somebody tried to swap it out */
};

enum cow_answer cow_predict(enum cow_policy policy, const struct cow_state *st);

/*
 * What those who have a claim on the page need: a copy if others map it, will
 * swap it in, or hold it; else that it stays where it is.
 */
enum cow_answer cow_needed(const struct cow_state *st);

/* The names that the debate of 2020 and 2021 gave to it. */
enum cow_verdict {
	COW_FINE = 0,
	COW_MISSED,	 /* reused, though others can see it: a leak */
	COW_UNNECESSARY, /* copied, though nobody else had a claim: a cost */
	COW_WRONG, /* copied, though a reference of ours needed the page kept */
};

enum cow_verdict cow_judge(const struct cow_state *st, enum cow_answer seen);

#endif
