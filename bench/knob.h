/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A knob: something of the system that has a path and a value, can be read and
 * be set, and so be journalled and put back.  Paths are given without the root.
 */
#ifndef BENCH_KNOB_H
#define BENCH_KNOB_H

#include "common/error.h"
#include "common/knob_value.h"

#include <stdbool.h>

enum {
	KNOB_PATH_BYTES = 512
};

/**
 * struct knob_kind - what all knobs of a kind have in common
 * @is:		whether a path is that of such a knob
 * @comes_of:	whether it says @now because somebody set it to @value, wholly
 *		or, if they were stopped, in part
 * @outlives_boot: something of it stays when the system is booted again
 *
 * The others are what the functions below do for it.
 */
struct knob_kind {
	bool (*is)(const char *path);
	int (*check)(const char *path, struct error *e);
	int (*read)(const char *root, const char *path,
		    char value[KNOB_VALUE_BYTES], struct error *e);
	int (*write)(const char *root, const char *path, const char *value,
		     struct error *e);
	bool (*comes_of)(const char *now, const char *value);
	bool outlives_boot;
};

/* Of the kind that a path belongs to; a path of no kind fails its check. */
const struct knob_kind *knob_kind_of(const char *path);

/* Whether there may be a knob at @path: 0, or -EINVAL with what is wrong. */
int knob_check(const char *path, struct error *e);

/**
 * knob_read() - the value as it must be written back
 *
 * Return: 0; -EINVAL if it is more than one line or no text; -errno.
 */
int knob_read(const char *root, const char *path, char value[KNOB_VALUE_BYTES],
	      struct error *e);

/* Whether the knob took the value, knob_read() says. */
int knob_write(const char *root, const char *path, const char *value,
	       struct error *e);

/* A plain path: absolute, short, printable, no `..`, `.` or empty component. */
bool knob_path_is_plain(const char *path);

#endif
