/* SPDX-License-Identifier: GPL-2.0-only */
/* What is kept between runs: images, their symbols, what KVM did. */
#ifndef BENCH_VM_CACHE_H
#define BENCH_VM_CACHE_H

#include <stddef.h>
#include <stdio.h>

/* ${XDG_CACHE_HOME:-~/.cache}/faultline/NAME */
void vm_cache_folder(const char *name, char *buf, size_t bytes);

/**
 * vm_cache_store() - a file that is there whole or not at all
 * @fill:	writes it.  Return: 0 or -errno
 *
 * Another run may store the same at this moment.
 *
 * Return: 0 or -errno.
 */
int vm_cache_store(const char *path, int (*fill)(void *ctx, FILE *out),
		   void *ctx);

#endif
