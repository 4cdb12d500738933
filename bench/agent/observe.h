/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The distribution of single values: a log-linear histogram and a uniform
 * sample.  Filled between batches, outside the timed region.
 */
#ifndef AGENT_OBSERVE_H
#define AGENT_OBSERVE_H

#include <stddef.h>
#include <stdint.h>

enum {
	OBSERVE_STEP_BITS = 6,
	OBSERVE_STEPS = 1 << OBSERVE_STEP_BITS, /* an octave */
	OBSERVE_BUCKETS = (64 - OBSERVE_STEP_BITS + 1) * OBSERVE_STEPS,
	OBSERVE_RESERVOIR = 4096,
};

struct observe {
	uint64_t count, lost;
	uint64_t rng;
	uint64_t bucket[OBSERVE_BUCKETS];
	uint64_t reservoir[OBSERVE_RESERVOIR];
};

/* Where a value is counted; below OBSERVE_STEPS each has its own bucket. */
size_t observe_bucket(uint64_t ns);

/* The least value of a bucket. */
uint64_t observe_bound(size_t bucket);

void observe_add(struct observe *o, const uint64_t *ns, size_t nr);

/**
 * observe_merge() - what two have observed, as if one had
 * @to:		takes in the other, with its random numbers
 * @from:	its reservoir is left in another order
 *
 * The reservoir stays a uniform sample of all values, however different the
 * numbers of them are.
 */
void observe_merge(struct observe *to, struct observe *from);

/* How many values the reservoir holds. */
size_t observe_kept(const struct observe *o);

#endif
