/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of a journal on the disk.  Between the files of the journal; all
 * others use journal.h.
 */
#ifndef BENCH_JOURNAL_FILE_H
#define BENCH_JOURNAL_FILE_H

#include "common/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_FILE "journal"

/* One line; its texts are those of @record, or NULL if it is no entry. */
struct journal_line {
	char *raw; /* with its newline, if it has one */
	size_t bytes;
	unsigned number;
	json_t *record;
	const char *boot, *path, *old, *value;
	uint64_t pid, start;
	bool torn; /* the last one, without its end: its knob was not set */
	bool gone; /* to be left out of the file */
	char *why; /* what is wrong with it */
};

struct journal_lines {
	struct journal_line *of;
	size_t nr, capacity;
};

/**
 * journal_load() - read all lines
 * @dir:	of the folder, for errors
 * @fd:		of the folder
 * @ret_lines:	journal_lines_finish() them; none if there is no file
 *
 * A line that is no entry is kept, with what is wrong with it.
 *
 * Return: 0; -EPERM, -ELOOP or -EINVAL for a file that cannot be trusted;
 * -EFBIG; -errno.
 */
int journal_load(const char *dir, int fd, struct journal_lines *ret_lines,
		 struct error *e);
void journal_lines_finish(struct journal_lines *l);

/* Adds an entry to the file, on the disk when this returns, and to @lines. */
int journal_append(const char *dir, int fd, struct journal_lines *lines,
		   json_t *record, struct error *e);

/* The file again without what is gone; removed if nothing is left. */
int journal_rewrite(const char *dir, int fd, const struct journal_lines *lines,
		    struct error *e);

#endif
