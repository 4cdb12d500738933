/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system state that a workload's `system` rows may name: one row a knob,
 * with its file and the words that a person reads.  By name, never by kernel
 * version: a knob that is not there says what the kernel lacks.
 */
#ifndef BENCH_SYSTEM_KNOBS_H
#define BENCH_SYSTEM_KNOBS_H

#include "common/units.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	SYSTEM_PATH_BYTES = 128,
	SYSTEM_WORDS_BYTES = 96
};

struct system_kind; /* system_kind.h */

/**
 * struct system_knob - one file of the kernel, or what files of it tell
 * @name:	in a workload's table; "mthp-" is followed by a size: "mthp-64K"
 * @path:	* stands for that size as the kernel writes it ("64kB"), or for
 *		the size of a huge page where the name has none
 * @words:	what it is; * as in @path
 * @absent:	why the file may not be there
 * @kind:	how it is looked at and set
 */
struct system_knob {
	const char *name;
	const char *path;
	const char *words;
	const char *absent;
	const struct system_kind *kind;
};

/* NULL beyond the last. */
const struct system_knob *system_knob_at(size_t i);

/* By the name in a workload's table; NULL if there is none. */
const struct system_knob *system_knob_named(const char *name);

/* A knob with its size filled in. */
struct system_knob_found {
	const struct system_knob *knob;
	char path[SYSTEM_PATH_BYTES]; /* without a root in front */
	char words[SYSTEM_WORDS_BYTES];
};

/* Return: whether there is a knob of that name. */
bool system_knob_find(const char *name, const struct units *units,
		      struct system_knob_found *ret_found);

#endif
