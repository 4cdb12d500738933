/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A knob: one file below /proc/sys or /sys that holds one value, read and
 * written as a shell would.  Paths are given without the root.
 */
#ifndef BENCH_KNOB_H
#define BENCH_KNOB_H

#include "common/error.h"
#include "common/knob_value.h"

enum {
	KNOB_PATH_BYTES = 512
};

/**
 * knob_path_check() - whether a path may be that of a knob
 * @path:	absolute, below /proc/sys or /sys, printable, no `..`
 *
 * Return: 0, or -EINVAL with what is wrong.
 */
int knob_path_check(const char *path, struct error *e);

/**
 * knob_open() - the file of a knob
 * @root:	"" for this machine
 * @flags:	O_RDONLY, O_WRONLY or O_RDWR
 * @ret_fd:	a regular file, not reached through a symbolic link at its end
 *
 * Return: 0, or -errno with what to change.
 */
int knob_open(const char *root, const char *path, int flags, int *ret_fd,
	      struct error *e);

/**
 * knob_read() - the value as it must be written back
 *
 * Of "always [madvise] never" it is "madvise".
 *
 * Return: 0; -EINVAL if it is more than one line or no text; -errno.
 */
int knob_read(const char *root, const char *path, char value[KNOB_VALUE_BYTES],
	      struct error *e);

/* One write(2).  Whether the kernel took the value, knob_read() says. */
int knob_write(const char *root, const char *path, const char *value,
	       struct error *e);

#endif
