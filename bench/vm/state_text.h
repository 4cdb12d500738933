/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_VM_STATE_TEXT_H
#define BENCH_VM_STATE_TEXT_H

#include "bench/runner.h"

/*
 * What the guest's init is to set before a job, PATH=VALUE lines to free();
 * NULL: nothing.
 */
char *vm_state_text(const struct runner *r, const struct job *job);

#endif
