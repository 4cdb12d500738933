/* SPDX-License-Identifier: GPL-2.0-only */
/* What each kind of tracker does of its own: a row each; tracker.c does the rest. */
#ifndef WORKLOADS_LIB_TRACKER_KINDS_H
#define WORKLOADS_LIB_TRACKER_KINDS_H

#include "tracker.h"

enum {
	TRACKER_SCRATCH_BYTES = 64 << 10,
};

struct tracker_ops {
	const char *call;				    /* that arms */
	int (*init)(struct fl_run *run, struct tracker *t); /* with words */
	int (*set)(struct tracker *t, char *start, size_t len, bool on);
	int (*collect)(struct tracker *t, uint8_t *reports);
	void (*finish)(struct tracker *t); /* also after half an init */
};

/* By enum tracker_kind. */
extern const struct tracker_ops tracker_ops[];

#endif
