// SPDX-License-Identifier: GPL-2.0-only
#include "clock.h"

#include <faultline/run.h>

enum {
	READINGS = 2000
};

struct clock_quality clock_measure(void)
{
	struct clock_quality q = { .step_ns = UINT64_MAX };
	uint64_t first = fl_clock_ns(), last = first;

	for (unsigned i = 0; i < READINGS; i++) {
		uint64_t now = fl_clock_ns();

		if (now > last && now - last < q.step_ns)
			q.step_ns = now - last;
		last = now;
	}
	q.cost_ns = (last - first) / READINGS;

	/*
	 * Readings that follow each other are a cost apart, a multiple of the
	 * true step: an upper bound, which is what the callers need.
	 */
	if (q.step_ns == UINT64_MAX)
		q.step_ns = 1;
	return q;
}

void clock_sleep_until(uint64_t ns)
{
	uint64_t now = fl_clock_ns();

	while (now < ns) {
		uint64_t rest = ns - now;
		struct timespec ts = {
			.tv_sec = (time_t)(rest / 1000000000U),
			.tv_nsec = (long)(rest % 1000000000U),
		};

		nanosleep(&ts, NULL);
		now = fl_clock_ns();
	}
}
