/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interrupted run.jsonl read back, line by line: what its run was, and how
 * far each point has come.  Launches without their own line do not count, and
 * neither does one with a damaged line.
 */
#ifndef BENCH_RESUME_H
#define BENCH_RESUME_H

#include "runner.h"

#include "common/error.h"
#include "common/hash.h"

struct resume_head {
	char run_id[HASH_TEXT_BYTES];
	char *config;	 /* YAML text */
	char build[160]; /* that began it */
};

/**
 * resume_read_head() - the run record, which must come first
 * @dir:	names the place in errors
 * @ret_head:	resume_head_finish() it
 *
 * Return: 0; -EINVAL if there is none; -ENOTSUP if the schema is newer.
 */
int resume_read_head(const struct result_writer *w, const char *dir,
		     struct resume_head *ret_head, struct error *e);
void resume_head_finish(struct resume_head *head);

/**
 * resume_read_points() - all the rest, into the runner
 *
 * Fills the points, the numbers of launches and rounds, what was used of the
 * budget, and whether the run is finished already.
 *
 * Return: 0; -EINVAL if the file holds another run too; -EIO; -ENOMEM.
 */
int resume_read_points(struct runner *r, struct error *e);

#endif
