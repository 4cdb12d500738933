// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a disk are told to the kernel (BLKPG), so that it needs to know
 * no format of partition tables.
 */
#include "guest_disk.h"

#include "ext2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define DISK  "/dev/nvme0n1"
#define FILES "/var/tmp"

enum {
	ALIGNED = 1 << 20,
	LOOP_SHARE = 4 /* of the memory at most: one part in that */
};

/* The first page of an area, union swap_header, include/linux/swap.h (6.12). */
static int make_swap(const char *device, uint64_t bytes)
{
	static const char magic[] = "SWAPSPACE2";
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), len = strlen(magic);
	const uint32_t head[] = { 1, (uint32_t)(bytes / page - 1) };
	char *text = calloc(1, page);
	int fd = open(device, O_WRONLY | O_CLOEXEC);
	ssize_t done = -1;

	if (text && fd >= 0) {
		memcpy(text + 1024, head, sizeof(head));
		/* No zero ends it there: it is the end of the page. */
		for (size_t i = 0; i < len; i++)
			text[page - len + i] = magic[i];
		done = pwrite(fd, text, page, 0);
	}
	free(text);
	if (fd >= 0)
		close(fd);
	return done == (ssize_t)page ? 0 : -EIO;
}

static int add_part(int disk, int number, uint64_t start, uint64_t bytes)
{
	struct blkpg_partition part = { .start = (long long)start,
					.length = (long long)bytes,
					.pno = number };
	struct blkpg_ioctl_arg arg = { .op = BLKPG_ADD_PARTITION,
				       .datalen = sizeof(part),
				       .data = &part };

	return ioctl(disk, BLKPG, &arg) ? -errno : 0;
}

static void mount_files(const char *device)
{
	static const char *const types[] = { "ext4", "ext2" };
	int fd = open(device, O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return;
	err = ext2_make(fd, EXT2_MAX_BYTES);
	if (!err && fsync(fd))
		err = -errno;
	close(fd);
	for (size_t i = 0; !err && i < sizeof(types) / sizeof(types[0]); i++)
		if (!mount(device, FILES, types[i], 0, NULL))
			return;
}

/* Return: whether there is one that holds both parts. */
static bool split_disk(struct guest_disk *d)
{
	const uint64_t swap_at = ALIGNED + EXT2_MAX_BYTES;
	int fd = open(DISK, O_RDWR | O_CLOEXEC);
	uint64_t bytes = 0;
	bool split = false;

	if (fd < 0)
		return false;
	if (!ioctl(fd, BLKGETSIZE64, &bytes) && bytes >= swap_at + ALIGNED)
		split = !add_part(fd, 1, ALIGNED, EXT2_MAX_BYTES) &&
			!add_part(fd, 2, swap_at, bytes - swap_at);
	close(fd);
	if (split) {
		snprintf(d->device, sizeof(d->device), DISK "p2");
		d->swap_bytes = bytes - swap_at;
	}
	return split;
}

static uint64_t loop_bytes(void)
{
	struct sysinfo info;

	if (access("/dev/loop-control", R_OK | W_OK) || sysinfo(&info))
		return 0;
	return info.totalram * (uint64_t)info.mem_unit / LOOP_SHARE / ALIGNED *
	       ALIGNED;
}

void guest_disk_open(struct guest_disk *d)
{
	*d = (struct guest_disk){ 0 };
	if (split_disk(d))
		mount_files(DISK "p1");
	else
		d->swap_bytes = loop_bytes();
	if (access("/proc/swaps", R_OK))
		d->swap_bytes = 0;
}

/* A file in memory behind a loop device, whose number is found. */
static int open_loop(struct guest_disk *d)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	int err = 0;

	snprintf(d->active, sizeof(d->active), "/dev/loop%d", number);
	d->loop = number < 0 ? -1 : open(d->active, O_RDWR | O_CLOEXEC);
	if (file < 0 || d->loop < 0 || ftruncate(file, (off_t)d->swap_bytes) ||
	    ioctl(d->loop, LOOP_SET_FD, file))
		err = -errno;
	if (control >= 0)
		close(control);
	if (file >= 0)
		close(file);
	return err;
}

static void close_loop(struct guest_disk *d)
{
	if (d->loop > 0) {
		ioctl(d->loop, LOOP_CLR_FD, 0);
		close(d->loop);
	}
	d->loop = 0;
}

int guest_disk_swap_on(struct guest_disk *d, uint64_t bytes)
{
	int err = 0;

	if (bytes > d->swap_bytes)
		return -ENOSPC;
	if (d->active[0])
		return 0;
	if (d->device[0])
		memcpy(d->active, d->device, sizeof(d->active));
	else
		err = open_loop(d);
	if (!err)
		err = make_swap(d->active, d->swap_bytes);
	if (!err && swapon(d->active, 0))
		err = -errno;
	if (err) {
		close_loop(d);
		d->active[0] = '\0';
	}
	return err;
}

void guest_disk_swap_off(struct guest_disk *d)
{
	if (!d->active[0])
		return;
	swapoff(d->active);
	close_loop(d);
	d->active[0] = '\0';
}
