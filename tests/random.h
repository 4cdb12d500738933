/* SPDX-License-Identifier: GPL-2.0-only */
/* Seeded numbers: a test that is random is so in the same way every time. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* xorshift64*; @state is never 0. */
static inline uint64_t random_u64(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* In (0, 1). */
static inline double random_unit(uint64_t *state)
{
	return ((double)(random_u64(state) >> 12) + 0.5) * 0x1p-52;
}

static inline size_t random_below(uint64_t *state, size_t n)
{
	return (size_t)(random_u64(state) % n);
}

static inline double random_sign(uint64_t *state)
{
	return random_u64(state) >> 63 ? 1 : -1;
}

/* Standard normal, by Box and Muller. */
static inline double random_normal(uint64_t *state)
{
	double radius = sqrt(-2 * log(random_unit(state)));

	return radius * cos(6.283185307179586 * random_unit(state));
}

#endif
