/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A known delay: a loop of dependent steps whose speed was measured in the
 * launch itself.  It reads no clock, so that what it adds does not depend on
 * how fine the clock is.
 */
#ifndef AGENT_INJECT_H
#define AGENT_INJECT_H

#include <stdint.h>

struct inject_speed {
	double per_ns;	 /* steps in a nanosecond */
	double fixed_ns; /* of a call, whatever the number of steps */
};

/* The best of several tries: what disturbs only makes it slower. */
struct inject_speed inject_calibrate(void);

/* How many steps add @ppm millionths to @batch_ns. */
uint64_t inject_size(struct inject_speed speed, uint64_t batch_ns,
		     uint64_t ppm);

/* One function for both, so that what was calibrated is what runs. */
void inject_spin(uint64_t steps);

#endif
