/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels that are to be compared: a run of each in insn mode, with the
 * batches of the first, and one more in each layout.  A folder holds them all:
 * A-survey, A, B, ..., A-layout-1, ..., each a result directory with a log
 * beside it.
 */
#ifndef BENCH_VM_SIDES_H
#define BENCH_VM_SIDES_H

#include "fleet.h"

#include "bench/config.h"
#include "bench/runner.h"

#include "common/error.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>

enum {
	VM_MAX_SIDES = 26,
	VM_MAX_LAYOUTS = 16
};

struct vm_sides_request {
	const char *const *kernels; /* images */
	unsigned nr;
	const struct config *counts;
	size_t observed_from;	      /* sweeps that only observe; 0: none */
	unsigned layouts;	      /* and each counted again in so many */
	const char *dir;	      /* is made */
	struct runner_request runner; /* without config and via */
	uint64_t memory_bytes;
	uint64_t boot_limit_ns; /* 0: the default */
	unsigned at_once;	/* as of vm_fleet() */
	/* A run in insn mode that is A's, in place of booting it; or NULL. */
	const char *like;
	const volatile int *interrupted;
	FILE *progress;
};

/* A kernel: where its run is, and why it is not there. */
struct vm_side {
	char counts[PATH_MAX];
	char why_no_counts[ERROR_TEXT_BYTES];
	char layouts[VM_MAX_LAYOUTS][PATH_MAX]; /* "": that one failed */
};

/* "A", "B", ... */
char vm_side_letter(unsigned side);

/**
 * vm_sides_run() - boot and run all of them
 * @ret:	one a kernel
 *
 * Return: 0, also if some have failed; -EBUSY if another run measures on this
 * host; -EINTR; -errno.
 */
int vm_sides_run(const struct vm_sides_request *request, struct vm_side *ret,
		 struct error *e);

#endif
