// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scores of launches without batches.  A window's level is the steps a second
 * of the first role of its arm, that of trials the share of items that went as
 * expected; both are compared with the reference within the launch, as batches
 * are.
 */
#include "loader.h"

#include <errno.h>
#include <math.h>
#include <string.h>

struct sums {
	double parts[FL_MAX_SLOTS], wholes[FL_MAX_SLOTS];
};

/* The slot of a record of that type, or -1. */
static int slot_of(const struct loader_pending *p, const json_t *record,
		   const char *type)
{
	uint64_t slot;

	if (strcmp(record_text_or(record, "type", ""), type) != 0 ||
	    record_u64(record, "slot", &slot, NULL) || slot >= p->nr_slots)
		return -1;

	return (int)slot;
}

/* The driver writes the first role of an arm before the others. */
static void sum_windows(const struct loader_pending *p, struct sums *sums)
{
	const char *first[FL_MAX_SLOTS] = { 0 };
	const json_t *record;
	size_t i;

	json_array_foreach (p->held, i, record) {
		const char *role = record_text_or(record, "role", "");
		int slot = slot_of(p, record, "window");

		if (slot < 0)
			continue;
		if (!first[slot])
			first[slot] = role;
		if (strcmp(role, first[slot]) != 0)
			continue;
		sums->parts[slot] += record_real_or(record, "steps", 0);
		sums->wholes[slot] += record_real_or(record, "wall_ns", 0) /
				      1e9;
	}
}

static int sum_trials(const struct loader_pending *p,
		      const struct result_point *point, struct sums *sums)
{
	const json_t *record;
	size_t i;

	json_array_foreach (p->held, i, record) {
		int slot = slot_of(p, record, "trials"), err;
		double items;
		long pair[2];

		if (slot < 0)
			continue;
		err = loader_judged(record, point, &items, pair);
		if (err)
			return err;
		sums->wholes[slot] += items;
		if (pair[0] == pair[1])
			sums->parts[slot] += items;
	}
	return 0;
}

int loader_score_mode(const struct loader_pending *p,
		      const struct result_point *point,
		      struct stats_launch_score *ret_score)
{
	struct stats_launch_score score = { .nr_slots = p->nr_slots,
					    .steady = true };
	struct sums sums = { 0 };
	int err = 0;

	if (!strcmp(point->mode, "window"))
		sum_windows(p, &sums);
	else
		err = sum_trials(p, point, &sums);
	if (err)
		return err;

	for (unsigned i = 0; i < p->nr_slots; i++) {
		double level = sums.parts[i] / sums.wholes[i];

		if (!(sums.wholes[i] > 0) || !(level >= 0))
			return -ERANGE;
		score.level_ns[i] = score.all_level_ns[i] = level;
	}
	for (unsigned i = 0; i < p->nr_slots; i++)
		score.ratio[i] = score.all_ratio[i] = log(
			score.level_ns[i] /
			score.level_ns[p->slots[i].reference]);
	*ret_score = score;
	return 0;
}
