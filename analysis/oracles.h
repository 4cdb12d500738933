/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of several rules the running kernel behaves as: by what the oracles of
 * a workload predicted and what was seen, never by what the kernel is called.
 *
 * A rule is contradicted at a point if more than a tenth of the items there
 * came out otherwise than it says, and that is more than chance: the lower end
 * of the 95 % interval over launches is above ORACLES_LIMIT, and
 * ORACLES_LEAST items did.  A tenth is well above what a page that was moved
 * or held for a moment makes, and well below what a wrong rule does.
 */
#ifndef ANALYSIS_ORACLES_H
#define ANALYSIS_ORACLES_H

#include "group.h"
#include "stats/share.h"

#define ORACLES_LIMIT 0.1

enum {
	ORACLES_LEAST = 3
};

/* A rule at a place; @against has no items where the rule could not tell. */
struct oracles_mark {
	struct stats_share against;
	bool contradicted;
};

/**
 * struct oracles_place - an arm at a point, of which a rule predicted something
 * @mark:	by rule
 * @counts:	whether it speaks for or against rules: it does not where a
 *		kernel file had another value
 */
struct oracles_place {
	const struct summary_point *point;
	const struct result_trials *trials;
	struct oracles_mark mark[RESULT_MAX_ORACLES];
	bool counts;
};

/* All places that count, together. */
struct oracles_rule {
	const char *name, *words;
	double items, agreed;
	size_t nr_places, nr_against;
};

enum oracles_verdict {
	ORACLES_NONE,  /* no rule predicted anything that counts */
	ORACLES_FEW,   /* no interval: nothing could be contradicted */
	ORACLES_ONE,   /* one rule is left */
	ORACLES_MANY,  /* nothing tells those apart that are left */
	ORACLES_MIXED, /* each rule is contradicted somewhere */
};

struct oracles {
	struct oracles_rule rules[RESULT_MAX_ORACLES];
	size_t nr_rules;
	struct oracles_place *places;
	size_t nr_places, nr_counted; /* those that count */
	enum oracles_verdict verdict;
};

/* What was predicted and what came instead, most often, at a place. */
struct oracles_evidence {
	const struct oracles_place *place;
	const char *predicted, *seen;
	double seen_items, items; /* of those that were predicted so */
};

/* Of the group's points, in their order.  Return: 0 or -ENOMEM. */
int oracles_new(const struct group *g, struct oracles *ret);
void oracles_finish(struct oracles *o);

/* Whether it predicted something that counts and was never contradicted. */
static inline bool oracles_is_left(const struct oracles_rule *r)
{
	return r->nr_places && !r->nr_against;
}

/**
 * oracles_find_evidence() - the places that contradict a rule
 * @rule:	its index
 * @max:	room in @ret; the most contradicted come first
 *
 * Return: how many were found, at most @max.
 */
size_t oracles_find_evidence(const struct oracles *o, size_t rule, size_t max,
			     struct oracles_evidence *ret);

#endif
