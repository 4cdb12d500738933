/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A swap file of ours in a folder that nobody else can write to.  Its header
 * bears our label from the moment that its name is there, so that what is found
 * under the name can be told from what somebody else has put there.
 */
#ifndef BENCH_SWAP_FILE_H
#define BENCH_SWAP_FILE_H

#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

struct swap_file {
	enum {
		SWAP_FILE_NONE,
		SWAP_FILE_OURS,
		SWAP_FILE_FOREIGN /* something, and not what we made */
	} is;
	bool active;	/* pages may be in it */
	uint64_t bytes; /* SWAP_FILE_OURS */
	uint64_t used_bytes;
};

/**
 * swap_file_look() - what is under a name
 * @root:	of /proc/swaps, "" for this machine
 * @folder:	a descriptor
 *
 * Return: 0; -errno if it cannot be told.
 */
int swap_file_look(const char *root, int folder, const char *name,
		   struct swap_file *ret_file, struct error *e);

/**
 * swap_file_make() - a new one, active and preferred
 * @bytes:	with the header, a multiple of the page size
 *
 * All its blocks are allocated and none is written but the header's.
 *
 * Return: 0; -EEXIST if the name is taken; -ENOSPC, -EINVAL or another -errno
 * with what the file system or the kernel lacks: then nothing stays.
 */
int swap_file_make(int folder, const char *name, uint64_t bytes,
		   struct error *e);

/**
 * swap_file_remove() - no longer active, and gone
 *
 * Return: 0, also if nothing is there; -EPERM if it is not ours; -ENOMEM if
 * memory does not hold what is in it; -errno.
 */
int swap_file_remove(const char *root, int folder, const char *name,
		     struct error *e);

#endif
