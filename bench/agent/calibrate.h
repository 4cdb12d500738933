/* SPDX-License-Identifier: GPL-2.0-only */
/* How many ops a batch needs to be long enough. */
#ifndef AGENT_CALIBRATE_H
#define AGENT_CALIBRATE_H

#include "clock.h"
#include "session.h"

struct calibration {
	uint64_t batch_ops;
	uint64_t batch_ns; /* median of the reference arm */
	struct clock_quality clock;
};

/**
 * calibrate_run() - search with the reference arm
 *
 * The least number of ops, to within an eighth, whose batch takes batch_ns of
 * the job and a thousand steps of the clock; 1 if a single op takes that long;
 * run.max_ops if all of them do not.
 *
 * Return: 0, or what a callback returned.
 */
int calibrate_run(struct session *s, struct calibration *ret);

#endif
