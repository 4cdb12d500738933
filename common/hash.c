// SPDX-License-Identifier: GPL-2.0-only
#include "common/hash.h"

#include <inttypes.h>
#include <stdio.h>

#define HASH_PRIME UINT64_C(0x100000001b3)

uint64_t hash_add(uint64_t hash, const void *data, size_t bytes)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < bytes; i++) {
		hash ^= p[i];
		hash *= HASH_PRIME;
	}
	return hash;
}

const char *hash_print(uint64_t hash, char buf[HASH_TEXT_BYTES])
{
	snprintf(buf, HASH_TEXT_BYTES, "%016" PRIx64, hash);
	return buf;
}
