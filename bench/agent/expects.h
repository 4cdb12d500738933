/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the counters show what the workload says that its ops do. */
#ifndef AGENT_EXPECTS_H
#define AGENT_EXPECTS_H

#include "counters.h"

#include <faultline/workload.h>

enum expects_state {
	EXPECTS_HELD,
	EXPECTS_BROKEN,
	EXPECTS_UNVERIFIED
};

struct expects_verdict {
	enum expects_state state;
	bool has_seen;
	double seen; /* per op */
	char why[240];
};

/* The row with its numbers for these parameters. */
struct fl_expect expects_resolve(const struct fl_expect *x, const void *params);

/**
 * expects_judge() - one row against one counter
 * @x:		the row, resolved
 * @counter:	the event of that name, NULL if there is none
 * @ops:	how many were counted; without any a row stays unverified
 * @strays:	how much of the count may be nobody's op: being switched away and
 *		back flushes the TLB too
 *
 * What the machine counts includes what others did: a count of it that is too
 * low breaks a row, one that is too high leaves it unverified.
 */
struct expects_verdict expects_judge(const struct fl_expect *x,
				     const struct counter *counter,
				     uint64_t ops, uint64_t strays);

const char *expects_state_word(enum expects_state state);
const char *expects_relation_word(enum fl_relation relation);

#endif
