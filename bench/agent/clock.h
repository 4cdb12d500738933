/* SPDX-License-Identifier: GPL-2.0-only */
/* How fine the clock of the timed regions is, and what reading it costs. */
#ifndef AGENT_CLOCK_H
#define AGENT_CLOCK_H

#include <stdint.h>
#include <time.h>

struct clock_quality {
	uint64_t step_ns; /* the least difference seen, at least 1 */
	uint64_t cost_ns; /* of one reading */
};

struct clock_quality clock_measure(void);

/* Any clock, ns; for the one of timed regions there is fl_clock_ns(). */
static inline uint64_t clock_read(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

/* Sleeps until CLOCK_MONOTONIC_RAW says @ns, or a little longer. */
void clock_sleep_until(uint64_t ns);

#endif
