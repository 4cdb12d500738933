/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From run.jsonl to a model: one pass, line by line.  The batches of a launch
 * are scored when its own line commits it, and dropped.
 *
 * A file is not trusted.  What is wrong with it ends in result.warnings, with
 * the line's number; it costs the launch or the record that it is in, and no
 * more.
 */
#ifndef ANALYSIS_LOAD_H
#define ANALYSIS_LOAD_H

#include "result.h"

#include "common/error.h"

/**
 * load_dir() - a result directory
 * @dir:	holds run.jsonl, which may hold several runs
 * @ret_result:	freed by result_free()
 * @e:		says why it is none, and what to do
 *
 * Return: 0; -ENOENT, -ENOTDIR, -EACCES or what else opening it gave;
 * -EINVAL if there is no run in it; -ENOTSUP if its schema is newer than
 * FL_SCHEMA_VERSION; -E2BIG beyond RESULT_MAX_POINTS; -ENOMEM.
 */
int load_dir(const char *dir, struct result **ret_result, struct error *e);

/* The same from an open file, named @name in errors. */
int load_fd(int fd, const char *name, struct result **ret_result,
	    struct error *e);

#endif
