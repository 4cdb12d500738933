/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays that grow by one and need no field for their capacity. */
#ifndef ANALYSIS_ARRAY_H
#define ANALYSIS_ARRAY_H

#include <stddef.h>
#include <stdlib.h>

/**
 * array_more() - room for one more item
 * @items:	what array_more() returned before, or NULL
 * @nr:		items that it holds
 * @size:	of an item
 *
 * The capacity is the next power of two, so it follows from @nr.
 *
 * Return: @items, perhaps moved; NULL if there is no memory, and then @items
 * is as it was.
 */
static inline void *array_more(void *items, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return items;

	return reallocarray(items, nr ? 2 * nr : 1, size);
}

#endif
