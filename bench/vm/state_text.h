/* SPDX-License-Identifier: GPL-2.0-only */
/* System state that a guest's init sets for a job. */
#ifndef BENCH_VM_STATE_TEXT_H
#define BENCH_VM_STATE_TEXT_H

#include "bench/runner.h"
#include "bench/system_state.h"

#include <jansson.h>

/* PATH=VALUE lines to free(); NULL: nothing. */
char *vm_state_text(const struct runner *r, const struct job *job);

/**
 * vm_state_obstacle() - what a guest does not have of what a point wants
 * @r:		its sysroot is the guest's
 * @hello:	what the guest said first; says how much room it has to swap to
 *
 * Return: @buf, or NULL if nothing stands in the way.
 */
const char *vm_state_obstacle(const struct runner *r,
			      const struct plan_point *p, const json_t *hello,
			      char buf[SYSTEM_WHY_BYTES]);

#endif
