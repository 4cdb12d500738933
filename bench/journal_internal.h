/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the journal; all others use journal.h. */
#ifndef BENCH_JOURNAL_INTERNAL_H
#define BENCH_JOURNAL_INTERNAL_H

#include "bench/journal_file.h"

#include <limits.h>

struct journal {
	char *root;
	char dir[PATH_MAX];
	char path[PATH_MAX + 16];
	char boot[48];
	int folder; /* -1: not locked and not read */
	struct journal_lines lines;
};

/* Locks and reads once; without @make the folder may stay closed. */
int journal_lock(struct journal *j, bool make, struct error *e);

/* Whether what this entry did may still be so: other boots undo most of it. */
bool journal_is_in_force(const struct journal *j, const struct journal_line *l);

/* An entry in force, and of this knob. */
bool journal_is_about(const struct journal *j, const struct journal_line *l,
		      const char *path);

/* NULL if there is none. */
const struct journal_line *journal_newest(const struct journal *j,
					  const char *path);

/* Whether the knob says @value because one of these entries set it. */
bool journal_is_ours(const struct journal *j, const char *path,
		     const char *value);

#endif
