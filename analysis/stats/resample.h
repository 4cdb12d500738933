/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws with replacement for bootstraps: seeded, so that a report repeats. */
#ifndef STATS_RESAMPLE_H
#define STATS_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	RESAMPLE_SEED = 0x5eed
};

static inline uint64_t resample_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* How often each of @n units comes in @n draws. */
static inline void resample_draw(uint64_t *state, size_t n, unsigned *counts)
{
	memset(counts, 0, n * sizeof(*counts));
	for (size_t i = 0; i < n; i++)
		counts[(resample_next(state) >> 32) * n >> 32]++;
}

#endif
