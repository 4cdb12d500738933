/* SPDX-License-Identifier: GPL-2.0-only */
/* What a guest changes of its own system for a job, and changes back. */
#ifndef BENCH_AGENT_GUEST_STATE_H
#define BENCH_AGENT_GUEST_STATE_H

#include "guest_disk.h"

enum {
	GUEST_MAX_KNOBS = 16
};

struct guest_knob {
	char path[128], old[128];
};

/* Zeroed, nothing is changed. */
struct guest_state {
	struct guest_disk disk;
	struct guest_knob knobs[GUEST_MAX_KNOBS];
	unsigned nr;
	char wrong[128]; /* the path that could not be set */
};

/*
 * Lines PATH=VALUE, and FL_GUEST_SWAP=BYTES for so much room to swap to.
 * @text is cut up.  Return: 0, or -errno with the path in @s->wrong.
 */
int guest_state_set(struct guest_state *s, char *text);
void guest_state_put_back(struct guest_state *s);

#endif
