// SPDX-License-Identifier: GPL-2.0-only
#include "cow_oracle.h"

static enum cow_answer reuse_if(bool reuse)
{
	return reuse ? COW_REUSE : COW_COPY;
}

/* A reference that may be there decides nothing if another is there. */
static enum cow_answer unless(enum cow_sure reference)
{
	if (reference == COW_MAYBE)
		return COW_CANNOT_TELL;

	return reuse_if(reference == COW_NO);
}

static enum cow_sure any(enum cow_sure a, enum cow_sure b)
{
	if (a == COW_YES || b == COW_YES)
		return COW_YES;

	return a == COW_MAYBE || b == COW_MAYBE ? COW_MAYBE : COW_NO;
}

/* Of a huge page by its entries, the count of the day was that of the whole. */
static enum cow_answer by_mapcount(const struct cow_state *st)
{
	if (st->k || st->m + st->s > 1)
		return COW_COPY;

	return st->size == COW_LARGE || st->reclaim_tried ? COW_CANNOT_TELL
							  : COW_REUSE;
}

static enum cow_answer by_mapcount_forced(const struct cow_state *st)
{
	return st->got_while_shared ? COW_COPY : by_mapcount(st);
}

/* Each entry of a large folio holds a reference of its own. */
static bool is_held(const struct cow_state *st)
{
	return st->m > 1 || st->g || st->p;
}

static enum cow_answer by_page_count(const struct cow_state *st)
{
	if (st->reclaim_tried)
		return COW_CANNOT_TELL;
	if (st->k)
		return COW_COPY;
	if (st->size == COW_HUGE)
		return reuse_if(st->m + st->s == 1);
	if (is_held(st) || st->size == COW_LARGE)
		return COW_COPY;

	return unless(any(st->c, any(st->local, st->remote)));
}

/*
 * The local LRU batch is drained first, and the swap cache dropped unless the
 * page is being written out.
 */
static enum cow_answer by_refcount(const struct cow_state *st)
{
	if (st->reclaim_tried)
		return COW_CANNOT_TELL;
	if (st->k || is_held(st) || st->s || st->size == COW_LARGE)
		return COW_COPY;

	return unless(any(st->remote, st->w));
}

/* A huge page that is not reused whole is split, and then it is a large one. */
static enum cow_answer by_mappings(const struct cow_state *st)
{
	if (st->size != COW_LARGE && st->size != COW_HUGE)
		return by_refcount(st);
	if (is_held(st) || st->s)
		return COW_COPY;

	return unless(any(st->remote, st->c));
}

static enum cow_answer (*const rules[])(const struct cow_state *st) = {
	[COW_MAPCOUNT] = by_mapcount,
	[COW_MAPCOUNT_FORCED] = by_mapcount_forced,
	[COW_PAGE_COUNT] = by_page_count,
	[COW_REFCOUNT] = by_refcount,
	[COW_EXCLUSIVE] = by_refcount,
	[COW_EXCLUSIVE_LARGE] = by_mappings,
};

static bool knows_exclusive(enum cow_policy policy)
{
	return policy == COW_EXCLUSIVE || policy == COW_EXCLUSIVE_LARGE;
}

/*
 * Only the rules that break COW for a pin, or unshare for it, do anything:
 * whoever else reads takes the page as it is.
 */
static enum cow_answer at_pin(enum cow_policy policy,
			      const struct cow_state *st)
{
	if (policy == COW_MAPCOUNT_FORCED)
		return reuse_if(st->m + st->s == 1);

	return knows_exclusive(policy) && !st->e ? rules[policy](st)
						 : COW_REUSE;
}

enum cow_answer cow_predict(enum cow_policy policy, const struct cow_state *st)
{
	if (st->kind != COW_ANON)
		return reuse_if(st->kind == COW_FILE_SHARED);
	if (st->event == COW_PIN_READ)
		return at_pin(policy, st);
	if (st->size == COW_HUGETLB)
		return reuse_if(st->m == 1);
	if (knows_exclusive(policy) && st->e)
		return COW_REUSE;

	/* From 5.9 on fork() copies such a page; our entry stays writable. */
	if (policy >= COW_PAGE_COUNT && st->pinned_at_fork)
		return COW_REUSE;

	return rules[policy](st);
}

enum cow_answer cow_needed(const struct cow_state *st)
{
	if (st->kind != COW_ANON)
		return reuse_if(st->kind == COW_FILE_SHARED);

	/* The pin cannot follow a copy, so the child must have got one. */
	if (st->p && st->pinned_at_fork)
		return COW_REUSE;

	return reuse_if(st->m + st->s == 1 && !st->others_g);
}

enum cow_verdict cow_judge(const struct cow_state *st, enum cow_answer seen)
{
	enum cow_answer needed = cow_needed(st);

	if (seen == needed)
		return COW_FINE;
	if (seen == COW_REUSE)
		return COW_MISSED;

	return st->g || st->p ? COW_WRONG : COW_UNNECESSARY;
}
