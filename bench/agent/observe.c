// SPDX-License-Identifier: GPL-2.0-only
#include "observe.h"

#include "rng.h"

#include <stdbool.h>
#include <string.h>

size_t observe_bucket(uint64_t ns)
{
	unsigned shift;

	if (ns < OBSERVE_STEPS)
		return (size_t)ns;

	shift = 63U - (unsigned)__builtin_clzll(ns) - OBSERVE_STEP_BITS;
	return (size_t)shift * OBSERVE_STEPS + (size_t)(ns >> shift);
}

uint64_t observe_bound(size_t bucket)
{
	size_t octave = bucket / OBSERVE_STEPS;
	uint64_t step = bucket % OBSERVE_STEPS;

	if (!octave)
		return step;

	return (OBSERVE_STEPS + step) << (octave - 1);
}

/* Algorithm R: after n values each is kept with the same chance. */
static void keep(struct observe *o, uint64_t ns)
{
	uint64_t place = o->count;

	if (place >= OBSERVE_RESERVOIR)
		place = rng_below(&o->rng, o->count + 1);
	if (place < OBSERVE_RESERVOIR)
		o->reservoir[place] = ns;
}

void observe_add(struct observe *o, const uint64_t *ns, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		o->bucket[observe_bucket(ns[i])]++;
		keep(o, ns[i]);
		o->count++;
	}
}

size_t observe_kept(const struct observe *o)
{
	return o->count < OBSERVE_RESERVOIR ? (size_t)o->count
					    : OBSERVE_RESERVOIR;
}

/* Puts a uniform choice of @nr of the @of first. */
static void choose(uint64_t *values, size_t of, size_t nr, uint64_t *rng)
{
	for (size_t i = 0; i < nr; i++) {
		size_t j = i + rng_below(rng, of - i);
		uint64_t value = values[i];

		values[i] = values[j];
		values[j] = value;
	}
}

/* How many of @draws fall on @from, if each value is drawn at most once. */
static size_t share(uint64_t to, uint64_t from, size_t draws, uint64_t *rng)
{
	size_t hits = 0;

	for (size_t i = 0; i < draws; i++) {
		bool hit = rng_below(rng, to + from) < from;

		hits += hit;
		from -= hit;
		to -= !hit;
	}
	return hits;
}

void observe_merge(struct observe *to, struct observe *from)
{
	uint64_t all = to->count + from->count;
	size_t kept = all < OBSERVE_RESERVOIR ? (size_t)all : OBSERVE_RESERVOIR;
	size_t theirs = share(to->count, from->count, kept, &to->rng);
	size_t ours = kept - theirs;

	choose(to->reservoir, observe_kept(to), ours, &to->rng);
	choose(from->reservoir, observe_kept(from), theirs, &to->rng);
	memcpy(to->reservoir + ours, from->reservoir,
	       theirs * sizeof(from->reservoir[0]));
	for (size_t i = 0; i < OBSERVE_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
	to->count = all;
	to->lost += from->lost;
}
