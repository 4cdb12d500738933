/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The same configs on several kernels, one boot after the other: for each a run
 * for outcomes (func) and one that counts instructions (insn).
 */
#ifndef BENCH_VM_ATLAS_H
#define BENCH_VM_ATLAS_H

#include "bench/runner.h"

#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	VM_ATLAS_MAX = 16, /* kernels */
	VM_ATLAS_NAME_BYTES = 32,
	VM_ATLAS_PATH_BYTES = 2048,
};

struct vm_atlas_kernel {
	char name[VM_ATLAS_NAME_BYTES]; /* of its column and folder */
	char image[VM_ATLAS_PATH_BYTES];
};

/**
 * vm_atlas_folder() - kernels of a folder
 * @dir:	each of its folders that holds a vmlinuz is one, by its name
 *
 * Return: 0; -ENOENT if there is none; -E2BIG; -errno.
 */
int vm_atlas_folder(const char *dir, struct vm_atlas_kernel *ret,
		    size_t *ret_nr, struct error *e);

enum vm_atlas_kind {
	VM_ATLAS_LOOK,	/* one CPU, whose clock are its instructions */
	VM_ATLAS_RACE,	/* two CPUs and two nodes of memory */
	VM_ATLAS_COUNT, /* as the first */
	VM_ATLAS_KINDS
};

enum vm_atlas_state {
	VM_ATLAS_UNTRIED = 0, /* another that it waits for failed */
	VM_ATLAS_DONE,
	VM_ATLAS_FAILED,
};

/* One run on one kernel. */
struct vm_atlas_side {
	const struct vm_atlas_kernel *kernel;
	enum vm_atlas_kind kind;
	const struct config *config;
	char dir[VM_ATLAS_PATH_BYTES]; /* its result directory */
	char log[VM_ATLAS_PATH_BYTES];
	/* Batches as in that result, NULL; and whether it is made here. */
	const struct vm_atlas_side *like;
	const char *like_dir;

	enum vm_atlas_state state;
	char why[ERROR_TEXT_BYTES]; /* it failed */
};

struct vm_atlas_request {
	struct vm_atlas_side *sides;
	unsigned nr;
	unsigned at_once; /* as of vm_fleet() */
	uint64_t memory_bytes;
	struct runner_request runner; /* without config and via */
	const volatile int *interrupted;
	FILE *progress;
};

/**
 * vm_atlas_run() - all of them, side by side
 *
 * Those with several CPUs run one at a time, when all others are over: races
 * need the host's CPUs.
 *
 * Return: 0, also if kernels crashed; -EBUSY if another run measures on this
 * host; -EINTR; -errno.
 */
int vm_atlas_run(const struct vm_atlas_request *request, struct error *e);

#endif
