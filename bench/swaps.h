/* SPDX-License-Identifier: GPL-2.0-only */
/* The swap that is active: /proc/swaps, its columns found by their names. */
#ifndef BENCH_SWAPS_H
#define BENCH_SWAPS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SWAPS_MAX = 32, /* the kernel has fewer */
	SWAPS_NAME_BYTES = 256,
	SWAPS_TYPE_BYTES = 16
};

struct swap_area {
	char name[SWAPS_NAME_BYTES]; /* a path, its escapes undone */
	char type[SWAPS_TYPE_BYTES]; /* "file", "partition" */
	uint64_t size_bytes, used_bytes;
	int priority; /* the highest is filled first */
};

/**
 * swaps_read() - all areas that are active
 * @root:	"" for this machine
 * @ret_areas:	room for SWAPS_MAX
 *
 * Return: how many; -ENOENT if the kernel has no swap; -EINVAL if a column is
 * not there or a row is not whole.
 */
int swaps_read(const char *root, struct swap_area *ret_areas);

/*
 * Whether its pages live in memory (zram, a RAM disk): they are read back at
 * once, past the swap cache.
 */
bool swaps_in_memory(const struct swap_area *area);

/*
 * Bytes that are free on disks and that pages would go to: an area does not
 * count while one in memory is filled before it.
 */
uint64_t swaps_free_on_disk(const struct swap_area *areas, int nr);

#endif
