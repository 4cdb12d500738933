// SPDX-License-Identifier: GPL-2.0-only
#include "inject.h"

#include <faultline/run.h>

#include <stdlib.h>

enum {
	TRIES = 20,
	LONG_STEPS = 50000,
	SHORT_STEPS = 200,
	SHORT_TRIES = 400
};

__attribute__((noinline, aligned(64))) void inject_spin(uint64_t steps)
{
	uint64_t x = 1;

	/*
	 * Each step waits for the product before it.  A sum would not do: some
	 * CPUs add a constant while they rename registers, at times.
	 */
	for (uint64_t i = 0; i < steps; i++) {
		x *= UINT64_C(6364136223846793005);
		__asm__ volatile("" : "+r"(x));
	}
}

static double time_long(void)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t t0 = fl_clock_ns(), t1;

		inject_spin(LONG_STEPS);
		t1 = fl_clock_ns();
		if (t1 > t0 && t1 - t0 < least)
			least = t1 - t0;
	}
	return (double)least;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The mean of the lower half: finer than a step of the clock. */
static double time_short(bool spin)
{
	uint64_t ns[SHORT_TRIES];
	double sum = 0;

	for (unsigned i = 0; i < SHORT_TRIES; i++) {
		uint64_t t0 = fl_clock_ns();

		if (spin)
			inject_spin(SHORT_STEPS);
		ns[i] = fl_clock_ns() - t0;
	}
	qsort(ns, SHORT_TRIES, sizeof(ns[0]), compare);
	for (unsigned i = 0; i < SHORT_TRIES / 2; i++)
		sum += (double)ns[i];
	return sum * 2 / SHORT_TRIES;
}

struct inject_speed inject_calibrate(void)
{
	struct inject_speed speed = { .per_ns = LONG_STEPS / time_long() };

	speed.fixed_ns = time_short(true) - time_short(false) -
			 SHORT_STEPS / speed.per_ns;
	return speed;
}

uint64_t inject_size(struct inject_speed speed, uint64_t batch_ns, uint64_t ppm)
{
	double ns = (double)batch_ns * (double)ppm / 1e6 - speed.fixed_ns;

	return ns > 0 ? (uint64_t)(ns * speed.per_ns + 0.5) : 0;
}
