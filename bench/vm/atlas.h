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

/* One run on one kernel. */
struct vm_atlas_side {
	const char *image, *config, *dir;
	bool insn;
	const char *like; /* insn: batches as in that result; NULL */
	uint64_t memory_bytes;
	struct runner_request runner; /* without config */
};

/**
 * vm_atlas_run() - make one result directory
 * @ret_why:	what of it is missing; "" if nothing is
 *
 * Return: 0, also where the kernel crashed; -EINTR; -EINVAL and what else makes
 * all other kernels useless too, with the reason in @e.
 */
int vm_atlas_run(const struct vm_atlas_side *side, struct error *ret_why,
		 struct error *e);

#endif
