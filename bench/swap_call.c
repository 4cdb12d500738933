// SPDX-License-Identifier: GPL-2.0-only
#include "bench/swap_call.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stddef.h>
#include <sys/statfs.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Those that refuse, that need what they swap, or whose disk is a network. */
static const struct {
	long magic;
	const char *name;
} unfit[] = {
	{ TMPFS_MAGIC, "tmpfs" },
	{ RAMFS_MAGIC, "ramfs" },
	{ OVERLAYFS_SUPER_MAGIC, "overlayfs" },
	{ SQUASHFS_MAGIC, "squashfs" },
	{ NFS_SUPER_MAGIC, "NFS" },
	{ V9FS_MAGIC, "9p" },
	{ 0x65735546, "FUSE" },
	{ 0x2fc12fc1, "ZFS" },
	{ ECRYPTFS_SUPER_MAGIC, "eCryptfs" },
};

int swap_call_on(const char *path)
{
	return swapon(path, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK) ? -errno
								    : 0;
}

int swap_call_off(const char *path)
{
	int err;

	do {
		err = swapoff(path) ? -errno : 0;
	} while (err == -EINTR);
	return err;
}

bool swap_call_permitted(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &header, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &
		       CAP_TO_MASK(CAP_SYS_ADMIN);
}

int swap_call_place(const char *folder, struct swap_call_place *ret_place)
{
	struct statfs fs;

	if (statfs(folder, &fs))
		return -errno;

	*ret_place = (struct swap_call_place){
		.free_bytes = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize
	};
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++)
		if ((long)fs.f_type == unfit[i].magic)
			ret_place->unfit = unfit[i].name;
	return 0;
}
