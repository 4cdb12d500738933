/* SPDX-License-Identifier: GPL-2.0-only */
/* How fine the clock of the timed regions is, and what reading it costs. */
#ifndef AGENT_CLOCK_H
#define AGENT_CLOCK_H

#include <stdint.h>

struct clock_quality {
	uint64_t step_ns; /* the least difference seen, at least 1 */
	uint64_t cost_ns; /* of one reading */
};

struct clock_quality clock_measure(void);

/* Sleeps until CLOCK_MONOTONIC_RAW says @ns, or a little longer. */
void clock_sleep_until(uint64_t ns);

#endif
