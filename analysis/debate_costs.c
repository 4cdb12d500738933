// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a proposal costs: instructions, by the verdicts of exact.h, and flushes
 * and locks beside them.
 */
#include "debate_side.h"
#include "exact.h"

#include <string.h>

struct pair {
	const struct debate_side *base, *now;
	struct debate_entry *entry;
	const struct exact *x;
	const struct exact_event *last; /* that was taken */
};

static bool find_spot(const struct pair *pair, const struct result_point *point,
		      const char *arm, struct debate_spot *ret)
{
	const struct result *base = pair->base->result;
	const struct result *now = pair->now->result;
	long other = result_find_point(now, point->id), to;

	if (other < 0 ||
	    !proposal_looks_at(pair->entry->proposal, point->workload))
		return false;
	to = result_find_arm(&now->points[other], arm);
	if (to < 0)
		return false;
	*ret = (struct debate_spot){
		.side = pair->now,
		.base = &pair->base->summary->points[point - base->points],
		.now = &pair->now->summary->points[other],
		.base_arm = (size_t)result_find_arm(point, arm),
		.now_arm = (size_t)to,
	};
	return true;
}

static int take_row(const struct pair *pair, const struct exact_row *row)
{
	const struct exact_cell *cell = &row->cells[1];
	struct debate_lines *costs = &pair->entry->costs;
	struct debate_line line = {
		.base = row->cells[0].per_op,
		.now = cell->per_op,
		.more = cell->more,
		.within = (cell->hi - cell->lo) / 2,
		.what = DEBATE_INSTRUCTIONS,
	};
	struct debate_spot spot;

	if (!find_spot(pair, row->point, row->arm, &spot))
		return 0;
	switch (cell->verdict) {
	case EXACT_IDENTICAL:
		costs->nr_same++;
		return 0;
	case EXACT_DIFFERS:
		return debate_add(costs, &spot, &line);
	case EXACT_UNLIKE:
	case EXACT_WITHIN:
		costs->nr_unsure++;
		return 0;
	case EXACT_MISSING:
	default:
		return 0;
	}
}

/* Flushes and acquisitions of locks; the rest is not what is argued about. */
static bool is_argued_about(const char *event)
{
	return !strncmp(event, "tlb:", 4) || !strncmp(event, "mmap_lock:", 10);
}

/* "a/b" behind "a" of the same place: the whole says it. */
static bool is_part(const struct exact_event *whole,
		    const struct exact_event *part)
{
	size_t len = whole ? strlen(whole->name) : 0;

	return whole && whole->point == part->point &&
	       whole->arm == part->arm &&
	       !strncmp(whole->name, part->name, len) && part->name[len] == '/';
}

static int take_event(struct pair *pair, const struct exact_event *event)
{
	struct debate_line line = {
		.base = event->per_op[0],
		.now = event->per_op[1],
		.more = event->per_op[1] - event->per_op[0],
	};
	struct debate_spot spot;

	if (!is_argued_about(event->name) || is_part(pair->last, event) ||
	    !find_spot(pair, event->point, event->arm, &spot))
		return 0;
	pair->last = event;
	snprintf(line.what, sizeof(line.what), "%.60s", event->name);
	return debate_add(&pair->entry->events, &spot, &line);
}

static int take_exact(struct pair *pair)
{
	int err = 0;

	for (size_t i = 0; !err && i < pair->x->nr_rows; i++)
		err = take_row(pair, &pair->x->rows[i]);
	for (size_t i = 0; !err && i < pair->x->nr_events; i++)
		err = take_event(pair, &pair->x->events[i]);
	return err;
}

static int take_trials(const struct debate_spot *p, struct debate_entry *entry)
{
	return result_is_of_trials(p->now->point)
		       ? debate_compare_observed(p, true, &entry->costs)
		       : 0;
}

int debate_compare_insn(const struct debate_side *base,
			const struct debate_side *now,
			struct debate_entry *entry)
{
	const struct result *sides[] = { base->result, now->result };
	struct pair pair = { .base = base, .now = now, .entry = entry };
	struct exact *x;
	int err = exact_new(sides, 2, &x);

	if (err)
		return err;
	pair.x = x;
	err = take_exact(&pair);
	exact_free(x);
	return err ? err : debate_each_spot(base, now, entry, take_trials);
}
