/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that move to another NUMA node, which is the one way to have the kernel
 * migrate pages of one's own choice: on one node it finds nothing to do.
 */
#ifndef WORKLOADS_LIB_NODES_H
#define WORKLOADS_LIB_NODES_H

#include <stddef.h>

/*
 * A node with memory that this process may use and that a page, which is there,
 * is not on.  Return: the node; -ENODEV if there is none; -errno.
 */
int nodes_other(const void *page);

/*
 * Moves nr pages there, or as many as can be moved.
 * Return: 0 or -errno.
 */
int nodes_move(void *base, size_t nr, size_t page_bytes, int node,
	       size_t *ret_moved);

#endif
