/* SPDX-License-Identifier: GPL-2.0-only */
/* One batch of ops, timed; the timed region holds the call of op() alone. */
#ifndef AGENT_BATCH_H
#define AGENT_BATCH_H

#include "session.h"

/**
 * batch_run() - prepare, time and check s->nops ops of a slot
 * @ret_sample:	what it took, on success
 *
 * Return: 0; what a callback returned; -ECANCELED if the launch is spoilt.
 */
int batch_run(struct session *s, unsigned slot, struct sample *ret_sample);

/* The parts around op(), for those that count and do not time. */
int batch_prepare(struct session *s, unsigned slot);
int batch_check(struct session *s);

/* The middle value; sorts @x. */
uint64_t batch_median(uint64_t *x, size_t nr);

#endif
