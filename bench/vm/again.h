/* SPDX-License-Identifier: GPL-2.0-only */
/* Does a guest whose instructions are counted do the same twice? */
#ifndef BENCH_VM_AGAIN_H
#define BENCH_VM_AGAIN_H

#include "guest.h"
#include "jobs.h"

#include "bench/runner.h"

#include "common/error.h"

/**
 * vm_again() - boot once more for the jobs that the last boot has done
 * @jobs:	are left as they are
 *
 * Writes an `again` record with both hashes.  A second boot that fails is not
 * the same.
 *
 * Return: 0, also if it is not; -EINTR; -errno.
 */
int vm_again(struct runner *r, struct vm_guest *g, const struct vm_jobs *jobs,
	     struct error *e);

#endif
