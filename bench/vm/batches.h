/* SPDX-License-Identifier: GPL-2.0-only */
/* The ops a batch that an earlier run has found, by case id. */
#ifndef BENCH_VM_BATCHES_H
#define BENCH_VM_BATCHES_H

#include "common/error.h"

#include <stdint.h>

struct vm_batches;

/* From a result directory.  Return: 0 or -errno. */
int vm_batches_read(const char *dir, struct vm_batches **ret_batches,
		    struct error *e);
void vm_batches_free(struct vm_batches *batches);

/* 0 if it has no such point. */
uint64_t vm_batches_find(const struct vm_batches *batches, const char *point);

#endif
