/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of a kernel, as it showed them once: kept by the SHA-256 of its
 * image, beside the kernels that were unpacked.
 *
 * /proc/kallsyms is asked for, and no symbol table of the image: it is there
 * in kernels that are stripped, and is what the addresses in a guest mean.
 */
#ifndef BENCH_VM_SYMBOLS_H
#define BENCH_VM_SYMBOLS_H

#include "image.h"

#include "common/error.h"

#include <stddef.h>

/* Where they are, or would be. */
void vm_symbols_path(const struct vm_image *image, char *buf, size_t bytes);

/**
 * vm_symbols_keep() - from what a boot has shown
 * @shown:	the functions of /proc/kallsyms, as the agent packs them
 *
 * Return: 0; -ENOENT if the guest showed none; -errno.
 */
int vm_symbols_keep(const struct vm_image *image, const char *shown,
		    struct error *e);

#endif
