// SPDX-License-Identifier: GPL-2.0-only
#include "nodes.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	MAX_NODES = 1024,
	LONG_BITS = 8 * sizeof(long),
	AT_ONCE = 64,
};

/* Without a target it says where the page is. */
static int node_of(const void *page)
{
	const void *pages[] = { page };
	int status = -ENOENT;

	if (syscall(SYS_move_pages, 0, 1UL, pages, NULL, &status, 0))
		return -errno;
	return status;
}

int nodes_other(const void *page)
{
	unsigned long allowed[MAX_NODES / LONG_BITS] = { 0 };
	int here = node_of(page);

	if (here < 0)
		return here;
	if (syscall(SYS_get_mempolicy, NULL, allowed, (unsigned long)MAX_NODES,
		    NULL, (unsigned long)MPOL_F_MEMS_ALLOWED))
		return -errno;

	for (int node = 0; node < MAX_NODES; node++)
		if (node != here &&
		    allowed[node / LONG_BITS] >> node % LONG_BITS & 1)
			return node;
	return -ENODEV;
}

static int move_some(char *base, size_t nr, size_t page_bytes, int node,
		     size_t *moved)
{
	void *pages[AT_ONCE];
	int nodes[AT_ONCE], status[AT_ONCE];

	for (size_t i = 0; i < nr; i++) {
		pages[i] = base + i * page_bytes;
		nodes[i] = node;
		status[i] = -ENOENT;
	}
	if (syscall(SYS_move_pages, 0, (unsigned long)nr, pages, nodes, status,
		    MPOL_MF_MOVE) < 0)
		return -errno;
	for (size_t i = 0; i < nr; i++)
		*moved += status[i] == node;
	return 0;
}

int nodes_move(void *base, size_t nr, size_t page_bytes, int node,
	       size_t *ret_moved)
{
	int err = 0;

	*ret_moved = 0;
	for (size_t at = 0; at < nr && !err; at += AT_ONCE)
		err = move_some((char *)base + at * page_bytes,
				nr - at < AT_ONCE ? nr - at : AT_ONCE,
				page_bytes, node, ret_moved);
	return err;
}
