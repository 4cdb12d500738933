/* SPDX-License-Identifier: GPL-2.0-only */
/* FNV-1a, 64 bit: case ids and the checksum of records.  Not for secrets. */
#ifndef COMMON_HASH_H
#define COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_INIT UINT64_C(0xcbf29ce484222325)

uint64_t hash_add(uint64_t hash, const void *data, size_t bytes);

enum {
	HASH_TEXT_BYTES = 17
};

/* 16 hexadecimal digits. */
const char *hash_print(uint64_t hash, char buf[HASH_TEXT_BYTES]);

#endif
