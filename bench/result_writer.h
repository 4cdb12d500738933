/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.jsonl, appended to by one process at a time (flock), one write(2) a
 * record.  A record that did not fit on the disk is cut back, and from then on
 * nothing more is written: the file stays one that loads.
 */
#ifndef BENCH_RESULT_WRITER_H
#define BENCH_RESULT_WRITER_H

#include "common/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct result_writer {
	int fd; /* open and locked; O_RDWR, to be read by a resume */
	off_t good_bytes;
	int broken; /* -errno of the first write that failed */
};

/* The name of the file in a result directory. */
#define RESULT_FILE "run.jsonl"

/**
 * result_writer_create() - a new result directory with an empty file
 * @dir:	made with its parents where it is not there
 * @e:		says what is there already, or cannot be made
 *
 * Return: 0; -EEXIST if there is a run.jsonl; -EBUSY if somebody writes to
 * it; -errno.
 */
int result_writer_create(struct result_writer *w, const char *dir,
			 struct error *e);

/**
 * result_writer_reopen() - go on with a file
 * @ret_torn:	bytes of a torn last line
 *
 * Nothing is changed yet: the file may turn out to be no result.
 *
 * Return: 0, -EBUSY or -errno.
 */
int result_writer_reopen(struct result_writer *w, const char *dir,
			 off_t *ret_torn, struct error *e);

/* Cuts off the torn last line.  Return: 0 or -errno. */
int result_writer_cut(struct result_writer *w, struct error *e);

/* Return: 0, -E2BIG, or -errno of this or an earlier write. */
int result_writer_add(struct result_writer *w, const json_t *record,
		      struct error *e);

/* What was added is on the disk.  Return: as result_writer_add(). */
int result_writer_sync(struct result_writer *w, struct error *e);

void result_writer_finish(struct result_writer *w);

#endif
