// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks of 4 KiB: the superblock, the group's descriptor, a bitmap of blocks
 * and one of inodes, the inodes, and the root folder's one block.
 * fs/ext4/ext4.h (6.12) has the fields.
 */
#include "ext2.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BLOCK = 4096,
	BITS = 8 * BLOCK, /* of a bitmap: the blocks of a group */
	LEAST_BLOCKS = 256,

	AT_GROUP = 1,
	AT_BLOCK_BITMAP,
	AT_INODE_BITMAP,
	AT_INODES,
	NR_INODES = 256,
	INODE_BYTES = 256,
	AT_ROOT = AT_INODES + NR_INODES * INODE_BYTES / BLOCK,
	NR_USED, /* of the blocks */

	SUPER_AT = 1024, /* bytes into block 0 */
	ROOT_INODE = 2,
	FIRST_INODE = 11, /* those before it are taken */
	MAGIC = 0xef53,
	STATE_CLEAN = 1,
	ON_ERROR_CONTINUE = 1,
	REV_DYNAMIC = 1,
	INCOMPAT_FILETYPE = 2,
	LOG_BLOCK = 2, /* 1024 << that */
	SECTOR = 512,
	TYPE_FOLDER = 2
};

struct super {
	uint32_t nr_inodes, nr_blocks, nr_reserved, nr_free_blocks;
	uint32_t nr_free_inodes, first_block, log_block, log_fragment;
	uint32_t group_blocks, group_fragments, group_inodes;
	uint32_t mount_time, write_time;
	uint16_t nr_mounts, most_mounts, magic, state, on_error, minor;
	uint32_t check_time, check_every, creator, revision;
	uint16_t reserved_uid, reserved_gid;
	uint32_t first_inode;
	uint16_t inode_bytes, group;
	uint32_t compat, incompat, ro_compat;
};

struct group {
	uint32_t block_bitmap, inode_bitmap, inodes;
	uint16_t nr_free_blocks, nr_free_inodes, nr_folders;
};

struct inode {
	uint16_t mode, uid;
	uint32_t bytes, times[4];
	uint16_t gid, links;
	uint32_t sectors, flags, version, block[15];
};

struct entry {
	uint32_t inode;
	uint16_t bytes;
	uint8_t name_bytes, type;
	char name[4];
};

static char *block_at(char *image, unsigned nr)
{
	return image + (size_t)nr * BLOCK;
}

static void fill_super(char *image, uint32_t nr_blocks)
{
	const struct super s = {
		.nr_inodes = NR_INODES,
		.nr_blocks = nr_blocks,
		.nr_free_blocks = nr_blocks - NR_USED,
		.nr_free_inodes = NR_INODES - (FIRST_INODE - 1),
		.log_block = LOG_BLOCK,
		.log_fragment = LOG_BLOCK,
		.group_blocks = BITS,
		.group_fragments = BITS,
		.group_inodes = NR_INODES,
		.most_mounts = UINT16_MAX,
		.magic = MAGIC,
		.state = STATE_CLEAN,
		.on_error = ON_ERROR_CONTINUE,
		.revision = REV_DYNAMIC,
		.first_inode = FIRST_INODE,
		.inode_bytes = INODE_BYTES,
		.incompat = INCOMPAT_FILETYPE,
	};
	const struct group g = {
		.block_bitmap = AT_BLOCK_BITMAP,
		.inode_bitmap = AT_INODE_BITMAP,
		.inodes = AT_INODES,
		.nr_free_blocks = (uint16_t)s.nr_free_blocks,
		.nr_free_inodes = (uint16_t)s.nr_free_inodes,
		.nr_folders = 1,
	};

	memcpy(image + SUPER_AT, &s, sizeof(s));
	memcpy(block_at(image, AT_GROUP), &g, sizeof(g));
}

/* The first are in use, and what is behind the last is not there. */
static void fill_bitmap(char *map, unsigned nr_used, unsigned nr)
{
	for (unsigned i = 0; i < BITS; i++)
		if (i < nr_used || i >= nr)
			map[i / 8] = (char)(map[i / 8] | 1 << i % 8);
}

static void fill_root(char *image)
{
	const struct inode root = {
		.mode = S_IFDIR | S_ISVTX | 0777,
		.bytes = BLOCK,
		.links = 2,
		.sectors = BLOCK / SECTOR,
		.block = { AT_ROOT },
	};
	const struct entry self = { ROOT_INODE, sizeof(self), 1, TYPE_FOLDER,
				    "." };
	const struct entry above = { ROOT_INODE, BLOCK - sizeof(self), 2,
				     TYPE_FOLDER, ".." };
	char *entries = block_at(image, AT_ROOT);

	memcpy(block_at(image, AT_INODES) +
		       (size_t)(ROOT_INODE - 1) * INODE_BYTES,
	       &root, sizeof(root));
	memcpy(entries, &self, sizeof(self));
	memcpy(entries + sizeof(self), &above, sizeof(above));
}

int ext2_make(int fd, uint64_t bytes)
{
	const size_t used = (size_t)NR_USED * BLOCK;
	uint64_t nr_blocks = bytes / BLOCK;
	ssize_t done;
	char *image;

	if (nr_blocks < LEAST_BLOCKS || bytes > EXT2_MAX_BYTES)
		return -EINVAL;
	image = calloc(NR_USED, BLOCK);
	if (!image)
		return -ENOMEM;

	fill_super(image, (uint32_t)nr_blocks);
	fill_bitmap(block_at(image, AT_BLOCK_BITMAP), NR_USED,
		    (unsigned)nr_blocks);
	fill_bitmap(block_at(image, AT_INODE_BITMAP), FIRST_INODE - 1,
		    NR_INODES);
	fill_root(image);
	done = pwrite(fd, image, used, 0);
	free(image);
	return done == (ssize_t)used ? 0 : done < 0 ? -errno : -EIO;
}
