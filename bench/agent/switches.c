// SPDX-License-Identifier: GPL-2.0-only
#include "switches.h"

#include <sys/resource.h>

struct switches switches_read(void)
{
	struct rusage usage;

	/* Cannot fail with these arguments. */
	getrusage(RUSAGE_THREAD, &usage);
	return (struct switches){ .voluntary = (uint64_t)usage.ru_nvcsw,
				  .involuntary = (uint64_t)usage.ru_nivcsw };
}

struct switches switches_between(struct switches before, struct switches after)
{
	return (struct switches){
		.voluntary = after.voluntary - before.voluntary,
		.involuntary = after.involuntary - before.involuntary,
	};
}

bool switches_excess(struct switches s, double per_op, uint64_t nops)
{
	double designed = per_op * (double)nops;
	uint64_t allowed = (uint64_t)designed;

	if ((double)allowed < designed)
		allowed++;
	return s.involuntary > 0 || s.voluntary > allowed;
}
