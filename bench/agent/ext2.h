/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An empty ext2 file system, for a guest that has a disk and no mkfs.  It is
 * of one block group, and what ext4 mounts too.
 */
#ifndef BENCH_AGENT_EXT2_H
#define BENCH_AGENT_EXT2_H

#include <stdint.h>

#define EXT2_MAX_BYTES (UINT64_C(128) << 20)

/**
 * ext2_make() - write one at the start of a device
 * @bytes:	what it is to fill: 1 MiB to EXT2_MAX_BYTES
 *
 * Everybody may write to its folder.
 *
 * Return: 0; -EINVAL for another size; -errno.
 */
int ext2_make(int fd, uint64_t bytes);

#endif
