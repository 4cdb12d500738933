/* SPDX-License-Identifier: GPL-2.0-only */
/* The recorded noise of tests/data/noise/, see the README there. */
#ifndef TESTS_SELF_NOISE_H
#define TESTS_SELF_NOISE_H

#include "analysis/stats/stats.h"

enum {
	NOISE_LAUNCHES = 30,
	NOISE_MAX_BATCHES = 1024,
	NOISE_MAX_SERIES = 2000,
};

/* The arms of the recorded blocks. */
enum noise_slot {
	NOISE_A,
	NOISE_A_AGAIN,
	NOISE_DELAY_05, /* a spin in each op, by share of the op: 0.5 % */
	NOISE_DELAY_1,
	NOISE_DELAY_2,
	NOISE_DELAY_5,
	NOISE_NR_SLOTS,
};

struct noise_launch {
	size_t nr;
	uint8_t slot[NOISE_MAX_BATCHES];
	double ns[NOISE_MAX_BATCHES];
};

struct noise_blocks {
	struct noise_launch launch[NOISE_LAUNCHES];
};

struct noise_series {
	size_t nr;
	double ns[NOISE_MAX_SERIES];
};

/* All fail the test that calls them if the file is not what it should be. */
struct noise_blocks *noise_blocks_new(const char *path);
struct noise_series *noise_series_new(const char *path, const char *score);

/* Every launch with its contrasts against arm A. */
void noise_score(const struct noise_blocks *blocks,
		 struct stats_launch_score *scores);

/* A copy in which the batches of one arm took @factor as long. */
struct noise_blocks *noise_slowed(const struct noise_blocks *blocks,
				  enum noise_slot slot, double factor);

#endif
