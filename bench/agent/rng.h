/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams of random numbers that the job's seed fixes. */
#ifndef AGENT_RNG_H
#define AGENT_RNG_H

#include <stdint.h>

/* What the stream is for, so that no two of them agree. */
enum rng_stream {
	RNG_SCHEDULE = 1,
	RNG_WORKLOAD,
	RNG_RESERVOIR,
	RNG_ROLE, /* and upwards, one for each instance */
};

/* splitmix64: any seed, also 0, gives a state that is not 0. */
static inline uint64_t rng_seed(uint64_t seed, unsigned stream)
{
	uint64_t z = seed + stream * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return z ? z : 1;
}

/* xorshift64*, as fl_rand(). */
static inline uint64_t rng_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* Uniform in [0, n) to within n / 2^64. */
static inline uint64_t rng_below(uint64_t *state, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)rng_next(state) * n) >> 64);
}

#endif
