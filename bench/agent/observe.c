// SPDX-License-Identifier: GPL-2.0-only
#include "observe.h"

#include "rng.h"

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
