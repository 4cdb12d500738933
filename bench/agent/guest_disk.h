/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest has of a disk.  A kernel with a driver for the emulator's gets
 * it in two parts: a file system on /var/tmp, and room to swap to.  One that
 * has none, or that was given no disk, may have loop devices: then there is
 * room to swap to in a file in memory, which is written and read back through
 * the swap cache as a disk's is.
 */
#ifndef BENCH_AGENT_GUEST_DISK_H
#define BENCH_AGENT_GUEST_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed, there is none. */
struct guest_disk {
	uint64_t swap_bytes; /* room to swap to; 0: none */
	char device[32];     /* of that; "": to be made of a loop device */
	char active[32];     /* under way; "": none is */
	int loop;	     /* 0: none is open */
};

/* Once a boot, when /dev and /var/tmp are there. */
void guest_disk_open(struct guest_disk *d);

/* Return: 0; -ENOSPC if there is less room; -errno. */
int guest_disk_swap_on(struct guest_disk *d, uint64_t bytes);

/* Does nothing where none is active. */
void guest_disk_swap_off(struct guest_disk *d);

#endif
