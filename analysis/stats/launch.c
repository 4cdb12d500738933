// SPDX-License-Identifier: GPL-2.0-only
/* One launch in a few numbers. */
#include "stats.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum {
	THIRDS = 3
};

struct scorer {
	const struct stats_batches *b;
	const unsigned *reference;
	size_t width; /* batches a block */
	size_t nr_blocks, nr_kept;
	bool *kept;	 /* one a block */
	bool *confirmed; /* likewise: all gating roles ran */
	double *mean;	 /* of a slot's two batches; nr_slots a block */
	double *work;	 /* as many as a slot has batches */
};

static int check_slots(const struct stats_batches *b, const unsigned *reference)
{
	if (!b->nr_slots || b->nr_slots > STATS_MAX_SLOTS)
		return -EINVAL;

	for (unsigned i = 0; i < b->nr_slots; i++)
		if (reference[i] >= b->nr_slots)
			return -EINVAL;

	return 0;
}

/* Fills @mean, one a slot. */
static int take_block(const struct scorer *s, size_t block, double *mean)
{
	const uint8_t *slot = s->b->slot + block * s->width;
	const double *ns = s->b->ns + block * s->width;
	bool seen[STATS_MAX_SLOTS] = { false };

	for (size_t i = 0, j = s->width - 1; i < j; i++, j--) {
		if (slot[i] != slot[j] || slot[i] >= s->b->nr_slots ||
		    seen[slot[i]])
			return -EINVAL;
		if (!isfinite(ns[i] + ns[j]) || ns[i] < 0 || ns[j] < 0)
			return -EINVAL;

		seen[slot[i]] = true;
		mean[slot[i]] = (ns[i] + ns[j]) / 2;
	}
	return 0;
}

static unsigned block_marks(const struct scorer *s, size_t block)
{
	const uint8_t *marks = s->b->marks + block * s->width;
	unsigned all = 0;

	for (size_t i = 0; i < s->width; i++)
		all |= marks[i];
	return all;
}

static int take_blocks(struct scorer *s, struct stats_launch_score *score)
{
	for (size_t i = 0; i < s->nr_blocks; i++) {
		unsigned marks = block_marks(s, i);
		int err = take_block(s, i, s->mean + i * s->b->nr_slots);

		if (err)
			return err;

		s->confirmed[i] = !(marks & FL_MARK_UNCONFIRMED);
		s->kept[i] = s->confirmed[i] &&
			     (s->b->long_ops || !(marks & FL_MARK_SWITCHED));
		s->nr_kept += s->kept[i];
		score->nr_unconfirmed += (marks & FL_MARK_UNCONFIRMED) != 0;
	}
	score->nr_blocks = s->nr_blocks;
	score->nr_kept = s->nr_kept;
	return 0;
}

static double slot_level(const struct scorer *s, unsigned slot, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nr_blocks; i++) {
		size_t first = i * s->width;

		if (!(all ? s->confirmed : s->kept)[i])
			continue;
		for (size_t j = first; j < first + s->width; j++)
			if (s->b->slot[j] == slot)
				s->work[n++] = s->b->ns[j];
	}
	return stats_median(s->work, n);
}

/* A block in which either took no time at all has no ratio. */
static double slot_ratio(const struct scorer *s, unsigned slot, bool all)
{
	unsigned reference = s->reference[slot];
	size_t n = 0;

	for (size_t i = 0; i < s->nr_blocks; i++) {
		const double *mean = s->mean + i * s->b->nr_slots;

		if (!(all ? s->confirmed : s->kept)[i])
			continue;
		if (mean[slot] > 0 && mean[reference] > 0)
			s->work[n++] = log(mean[slot]) - log(mean[reference]);
	}
	return stats_median(s->work, n);
}

static double slot_marked(const struct scorer *s, unsigned slot)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nr_blocks * s->width; i++)
		n += s->b->slot[i] == slot && s->b->marks[i] & FL_MARK_SWITCHED;

	return (double)n / (double)(2 * s->nr_blocks);
}

static void score_slot(const struct scorer *s, unsigned slot,
		       struct stats_launch_score *score)
{
	score->marked[slot] = slot_marked(s, slot);
	score->all_level_ns[slot] = slot_level(s, slot, true);
	score->all_ratio[slot] = slot_ratio(s, slot, true);
	score->level_ns[slot] = score->all_level_ns[slot];
	score->ratio[slot] = score->all_ratio[slot];
	if (s->nr_kept == s->nr_blocks)
		return;

	score->level_ns[slot] = slot_level(s, slot, false);
	score->ratio[slot] = slot_ratio(s, slot, false);
}

static unsigned own_reference(const struct scorer *s)
{
	for (unsigned i = 0; i < s->b->nr_slots; i++)
		if (s->reference[i] == i)
			return i;

	return 0;
}

/*
 * Each block of the last third against one of the first, by the same test as
 * everything else: medians of two thirds alone differ by more than 1 % in
 * nearly every third launch of mere noise.
 */
static int judge_steadiness(const struct scorer *s, double m, bool *ret_steady)
{
	unsigned slot = own_reference(s);
	size_t n = 0, third = s->nr_kept / 3;
	struct stats_ci ci;
	int err;

	for (size_t i = 0; i < s->nr_blocks; i++)
		if (s->kept[i])
			s->work[n++] = log(s->mean[i * s->b->nr_slots + slot]);

	for (size_t i = 0; i < third; i++)
		s->work[i] = s->work[n - third + i] - s->work[i];

	err = stats_hodges_lehmann(s->work, third, 0.95, &ci);
	if (err == -ENOMEM)
		return err;

	*ret_steady = err || fabs(ci.estimate) <= m ||
		      (ci.lo <= 0 && ci.hi >= 0);
	return 0;
}

static int scorer_init(struct scorer *s)
{
	s->kept = calloc(s->nr_blocks, sizeof(*s->kept));
	s->confirmed = calloc(s->nr_blocks, sizeof(*s->confirmed));
	s->mean = calloc(s->nr_blocks, s->b->nr_slots * sizeof(*s->mean));
	s->work = calloc(s->nr_blocks, 2 * sizeof(*s->work));
	return s->kept && s->confirmed && s->mean && s->work ? 0 : -ENOMEM;
}

static void scorer_finish(struct scorer *s)
{
	free(s->kept);
	free(s->confirmed);
	free(s->mean);
	free(s->work);
}

int stats_score_launch(const struct stats_batches *b, const unsigned *reference,
		       double m, struct stats_launch_score *ret_score)
{
	struct stats_launch_score score = { .nr_slots = b->nr_slots };
	struct scorer s = { .b = b, .reference = reference };
	int err = check_slots(b, reference);

	if (err)
		return err;

	s.width = 2 * (size_t)b->nr_slots;
	s.nr_blocks = b->nr / s.width;
	if (!s.nr_blocks)
		return -ERANGE;

	err = scorer_init(&s);
	if (!err)
		err = take_blocks(&s, &score);
	if (!err)
		err = judge_steadiness(&s, m, &score.steady);
	if (!err) {
		for (unsigned i = 0; i < b->nr_slots; i++)
			score_slot(&s, i, &score);
		*ret_score = score;
	}
	scorer_finish(&s);
	return err;
}
