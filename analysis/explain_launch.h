/* SPDX-License-Identifier: GPL-2.0-only */
/* The one launch of a run in a guest: its arms, and its batches in order. */
#ifndef ANALYSIS_EXPLAIN_LAUNCH_H
#define ANALYSIS_EXPLAIN_LAUNCH_H

#include "result.h"

#include "common/error.h"
#include "common/record.h"

#include <faultline/protocol.h>

#include <stdint.h>

struct explain_slot {
	char *name; /* of the arm; NULL: no such slot */
	bool reference;
	uint64_t ops; /* of a batch */
};

struct explain_launch {
	char *kernel; /* its release */
	char *workload;
	struct explain_slot slots[FL_MAX_SLOTS];
	struct record_batches batches;
};

/**
 * explain_launch_read() - from a result directory
 * @e:		why there is none: what a skip or a failed launch says, say
 *
 * Return: 0; -ENODATA without a launch that is ok, or with more than one;
 * -EINVAL; -errno.  explain_launch_finish() it in any case.
 */
int explain_launch_read(const char *dir, struct explain_launch *ret,
			struct error *e);
void explain_launch_finish(struct explain_launch *l);

/* The slot of an arm; NULL: of the reference.  -1: it has none. */
int explain_launch_slot(const struct explain_launch *l, const char *arm);

#endif
