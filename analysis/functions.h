/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that a kernel executed in each of its functions, by timed batch,
 * as the emulator's plugin counted them (bench/vm/plugin).
 */
#ifndef ANALYSIS_FUNCTIONS_H
#define ANALYSIS_FUNCTIONS_H

#include "symbols.h"

#include <stdbool.h>

enum {
	FUNCTIONS_MAX_SLOTS = 16
};

/* Less an op is no change. */
#define FUNCTIONS_LEAST 0.005

struct functions;

/* What was executed in one function. */
struct functions_cell {
	size_t number; /* of the symbols; their count: user space and modules */
	double instructions;
};

/**
 * struct functions_window - a batch
 * @interrupted: the functions by which interrupts come in are among its cells
 * @cells:	by number, upwards; those that ran
 */
struct functions_window {
	unsigned slot;
	bool interrupted;
	struct functions_cell *cells;
	size_t nr;
};

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

/* In the order in which they ran. */
size_t functions_nr_windows(const struct functions *f);
const struct functions_window *functions_window(const struct functions *f,
						size_t i);

/* Of user space and modules: "(user space)". */
const char *functions_name(const struct functions *f, size_t number);

/*
 * Mean instructions an op, and the median of the differences, window by window,
 * where the sides have as many: 0 if only few of them differ.
 */
struct functions_change {
	const char *name;
	double a, b;
	double typical;
	size_t number_a, number_b; /* SIZE_MAX: not on that side */
};

/* The windows of a kernel that are looked at. */
struct functions_part {
	const struct functions *of;
	const size_t *windows;
	size_t nr;
	double ops; /* of a window */
};

/**
 * functions_compare() - what each function did on two sides
 * @a, @b:	windows of two kernels; @b may be of no window, for one alone
 * @ret:	to free(), the largest difference first, those without one last
 *
 * Functions are the same where their names are.  Those that differ in most
 * windows come before those that differ in few.
 *
 * Return: 0 or -ENOMEM.
 */
int functions_compare(const struct functions_part *a,
		      const struct functions_part *b,
		      struct functions_change **ret, size_t *ret_nr);

#endif
