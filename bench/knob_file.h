/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The knobs that are one file below /proc/sys or /sys with one value, read and
 * written as a shell would.
 */
#ifndef BENCH_KNOB_FILE_H
#define BENCH_KNOB_FILE_H

#include "bench/knob.h"

/**
 * knob_file_check() - whether a path may be that of such a file
 * @path:	absolute, below /proc/sys or /sys, printable, no `..`
 *
 * Return: 0, or -EINVAL with what is wrong.
 */
int knob_file_check(const char *path, struct error *e);

/**
 * knob_file_open() - the file
 * @root:	"" for this machine
 * @flags:	O_RDONLY, O_WRONLY or O_RDWR
 * @ret_fd:	a regular file, not reached through a symbolic link at its end
 *
 * Return: 0, or -errno with what to change.
 */
int knob_file_open(const char *root, const char *path, int flags, int *ret_fd,
		   struct error *e);

/* Of "always [madvise] never" the value is "madvise". */
extern const struct knob_kind knob_file;

#endif
