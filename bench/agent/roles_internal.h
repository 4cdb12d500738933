/* SPDX-License-Identifier: GPL-2.0-only */
/* What roles.c starts and stops, and roles_read.c reads. */
#ifndef AGENT_ROLES_INTERNAL_H
#define AGENT_ROLES_INTERNAL_H

#include "observe.h"
#include "role_body.h"
#include "roles.h"
#include "writer_line.h"

/* What one instance observes of a metric in a window. */
struct role_values {
	struct observe observe;
	uint64_t ns[1024]; /* the last ones; they fit into the L1 cache */
};

struct roles {
	struct session *session;
	size_t bytes;
	unsigned nr;
	bool moved;
	_Alignas(64) atomic_uint gate; /* read before each step */
	struct role_body body[];
};

WRITER_ASSERT(struct roles, body);

/* Sorts the values of an instance into its histogram and sample. */
void roles_take_values(struct fl_observations *o);

#endif
