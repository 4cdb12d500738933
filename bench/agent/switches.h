/* SPDX-License-Identifier: GPL-2.0-only */
/* Context switches of the calling thread: why a batch took long. */
#ifndef AGENT_SWITCHES_H
#define AGENT_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

struct switches {
	uint64_t voluntary, involuntary;
};

struct switches switches_read(void);

struct switches switches_between(struct switches before, struct switches after);

/**
 * switches_excess() - whether a batch was disturbed
 * @s:		what it took
 * @per_op:	voluntary ones per op by design
 * @nops:	ops of the batch
 */
bool switches_excess(struct switches s, double per_op, uint64_t nops);

#endif
