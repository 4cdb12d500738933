/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of a result file, however long somebody made them. */
#ifndef BENCH_RESUME_LINES_H
#define BENCH_RESUME_LINES_H

#include "common/error.h"

#include <jansson.h>
#include <stdio.h>

struct resume_lines {
	FILE *file;
	char *line;
};

/* A second look at @fd from its start.  Return: 0 or -errno. */
int resume_lines_init(struct resume_lines *l, int fd);
void resume_lines_finish(struct resume_lines *l);

/**
 * resume_lines_next() - the next record
 * @ret_record:	a new reference; NULL for a line that is damaged
 *
 * Return: 1, or 0 at the end, or -EIO.
 */
int resume_lines_next(struct resume_lines *l, json_t **ret_record);

#endif
