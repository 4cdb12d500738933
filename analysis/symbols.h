/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of a kernel by address, from its /proc/kallsyms. */
#ifndef ANALYSIS_SYMBOLS_H
#define ANALYSIS_SYMBOLS_H

#include "common/error.h"

#include <stddef.h>
#include <stdint.h>

struct symbols;

/**
 * symbols_load() - read a copy of /proc/kallsyms
 * @path:	lines "ADDRESS TYPE NAME", as root reads them; other lines and
 *		what is no code are left out
 *
 * What a compiler appends to a name (".isra.0", ".cold") is cut off, so that
 * the parts of a function count as one, and as the same in another build.
 * Functions of one name in several files count as one too.  Of several names
 * for an address the last by alphabet counts: "memcpy" and not "__memcpy".
 *
 * Return: 0; -EINVAL without a function, or where all addresses are 0 because
 * the reader was not root; -errno.
 */
int symbols_load(const char *path, struct symbols **ret, struct error *e);
void symbols_free(struct symbols *s);

/* Names are numbered from 0, by alphabet. */
size_t symbols_count(const struct symbols *s);
const char *symbols_name(const struct symbols *s, size_t number);

/* The number of the function that an address is in; SIZE_MAX: in none. */
size_t symbols_find(const struct symbols *s, uint64_t address);

#endif
