/* SPDX-License-Identifier: GPL-2.0-only */
/* Does a guest whose instructions are counted do the same twice? */
#ifndef BENCH_VM_AGAIN_H
#define BENCH_VM_AGAIN_H

#include "guest.h"
#include "jobs.h"

#include "bench/runner.h"

#include "common/error.h"

/**
 * vm_again() - boot once more for jobs that the last boot has done
 * @jobs:	are left as they are
 * @nr:		of the first of them, the others are not run; 0: all
 *
 * Writes an `again` record with the hashes of what those jobs wrote.  A second
 * boot that fails is not the same.
 *
 * Return: 0, also if it is not; -EINTR; -errno.
 */
int vm_again(struct runner *r, struct vm_guest *g, const struct vm_jobs *jobs,
	     size_t nr, struct error *e);

#endif
