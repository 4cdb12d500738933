/* SPDX-License-Identifier: GPL-2.0-only */
/* SHA-256 (FIPS 180-4): names a kernel image by what it is. */
#ifndef COMMON_SHA256_H
#define COMMON_SHA256_H

#include <stddef.h>

enum {
	SHA256_TEXT_BYTES = 65
};

/* 64 hexadecimal digits.  Return: @buf. */
const char *sha256_print(const void *data, size_t bytes,
			 char buf[SHA256_TEXT_BYTES]);

#endif
