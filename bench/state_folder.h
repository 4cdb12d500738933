/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder of what must outlive a process: /var/lib/faultline, or
 * $FAULTLINE_STATE_DIR.  What is found there is acted upon as root, so nobody
 * but root and this user may write to it.
 */
#ifndef BENCH_STATE_FOLDER_H
#define BENCH_STATE_FOLDER_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Below @root, "" for this machine.  Return: 0 or -ENAMETOOLONG. */
int state_folder_path(const char *root, char *buf, size_t bytes);

/**
 * state_folder_open() - the folder, if it can be trusted
 * @dir:	absolute or not
 * @make:	with its parents if it is not there; it is 0700
 * @ret_fd:	of the folder; of -1 if it is not there
 *
 * Return: 0; -EPERM if others could write there; -ELOOP for a symbolic link;
 * -errno.
 */
int state_folder_open(const char *dir, bool make, int *ret_fd, struct error *e);

/* -EPERM if others own or may write to what has this @st; @path is for words. */
int state_folder_owner(const char *path, const struct stat *st,
		       struct error *e);

#endif
