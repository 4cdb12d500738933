/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that a kernel executed in each of its functions, per timed
 * batch, as the emulator's plugin counted them (bench/vm/plugin).
 *
 * A batch is a window.  What stands for a function is its median over the
 * windows of a slot: the timer tick falls into few of them, and so do a slab
 * or a page table that had to be made.
 */
#ifndef ANALYSIS_FUNCTIONS_H
#define ANALYSIS_FUNCTIONS_H

#include "symbols.h"

enum {
	FUNCTIONS_MAX_SLOTS = 16
};

struct functions;

/**
 * functions_load() - the counts of one boot
 * @path:	what the plugin wrote
 * @symbols:	of that kernel; must outlive the counts
 *
 * Return: 0; -EINVAL where the file is not what the plugin writes, with the
 * line; -ENODATA if its end is missing; -errno.
 */
int functions_load(const char *path, const struct symbols *symbols,
		   struct functions **ret, struct error *e);
void functions_free(struct functions *f);

/* Windows of a slot; 0: it was not marked. */
size_t functions_windows(const struct functions *f, unsigned slot);

/*
 * Median instructions a window of a function, by its number in the symbols;
 * the count of the symbols itself stands for code of user space and modules.
 */
double functions_median(const struct functions *f, unsigned slot,
			size_t number);

/* A function whose count a window differs; per op, where ops are given. */
struct functions_change {
	const char *name;
	double a, b;
};

/**
 * functions_compare() - what got longer and what shorter
 * @a, @b:	counts of two kernels
 * @ops_a, @ops_b: ops a window of the slot on either side
 * @least:	changes below it are left out, instructions an op
 * @ret:	to free(), the largest change first
 *
 * Functions are the same where their names are.
 *
 * Return: 0 or -ENOMEM.
 */
int functions_compare(const struct functions *a, unsigned slot_a, double ops_a,
		      const struct functions *b, unsigned slot_b, double ops_b,
		      double least, struct functions_change **ret,
		      size_t *ret_nr);

#endif
