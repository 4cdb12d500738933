/* SPDX-License-Identifier: GPL-2.0-only */
/* The batches of a launch, in memory that was there before the first. */
#ifndef AGENT_SAMPLES_H
#define AGENT_SAMPLES_H

#include "records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sample {
	uint64_t ns, cpu_ns;
	uint8_t slot, marks;
};

struct samples {
	struct sample *of;
	size_t nr, capacity;
};

/* Room for what @launch_ns can hold, at least for @least.  0 or -ENOMEM. */
int samples_init(struct samples *s, uint64_t launch_ns, size_t least);
void samples_finish(struct samples *s);

/* As samples records; @cpu: with thread CPU times. */
void samples_emit(const struct samples *s, bool cpu, struct records *out);

#endif
