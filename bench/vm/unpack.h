/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacks what kernels are packed with, as far as this build has libraries. */
#ifndef BENCH_VM_UNPACK_H
#define BENCH_VM_UNPACK_H

#include "common/error.h"

#include <stddef.h>

/**
 * unpack() - by the magic number in front
 * @max:	most bytes that it may become
 * @ret_data:	to free()
 *
 * Return: 0; -ENOTSUP for a format that is not known, or not in this build;
 * -EINVAL for damaged data; -EFBIG; -ENOMEM.
 */
int unpack(const unsigned char *data, size_t bytes, size_t max,
	   unsigned char **ret_data, size_t *ret_bytes, struct error *e);

#endif
