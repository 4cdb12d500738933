/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages that are told apart by their first word. */
#ifndef WORKLOADS_LIB_WORDS_H
#define WORKLOADS_LIB_WORDS_H

#include "region.h"

#include <faultline/run.h>

static inline volatile uint64_t *words_at(const struct region *r, size_t page)
{
	return (volatile uint64_t *)(void *)(r->base + page * r->page_bytes);
}

static inline void words_write(const struct region *r, uint64_t word)
{
	for (size_t i = 0; i < r->bytes / r->page_bytes; i++)
		*words_at(r, i) = word;
}

/*
 * A copy that nobody asked for, to see whether it is noticed: other pages, which
 * say this word, take the place of those of an anonymous region, whoever holds
 * them.  Return: 0 or -errno.
 */
int words_replace(const struct region *r, uint64_t word);

#endif
