/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What making swap asks of the kernel and cannot be had below another root: in
 * a file of its own, so that tests can put theirs in its place.
 */
#ifndef BENCH_SWAP_CALL_H
#define BENCH_SWAP_CALL_H

#include <stdbool.h>
#include <stdint.h>

/* swapon(2), to be filled before all other swap.  Return: 0 or -errno. */
int swap_call_on(const char *path);

/* swapoff(2), as often as a signal stops it. */
int swap_call_off(const char *path);

/* Whether this process has CAP_SYS_ADMIN. */
bool swap_call_permitted(void);

struct swap_call_place {
	const char *unfit; /* a file system that cannot hold swap, or NULL */
	uint64_t free_bytes;
};

/* What a folder is on.  Return: 0 or -errno. */
int swap_call_place(const char *folder, struct swap_call_place *ret_place);

#endif
