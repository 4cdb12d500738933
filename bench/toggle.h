/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel file that is toggled between two values while a launch runs: a
 * sysctl, a sysfs file, or a static key behind either.
 */
#ifndef BENCH_TOGGLE_H
#define BENCH_TOGGLE_H

#include "common/error.h"

#include <faultline/protocol.h>

struct journal;

struct toggle_spec {
	char file[FL_TOGGLE_MAX_BYTES + 1];
	char values[2][FL_TOGGLE_MAX_BYTES + 1];
};

/**
 * toggle_parse() - "/proc/sys/vm/x=0,1"
 * @text:	the values hold no comma; both are one line of printable text
 *
 * Return: 0, or -EINVAL with what is wrong.
 */
int toggle_parse(const char *text, struct toggle_spec *ret_spec,
		 struct error *e);

/**
 * toggle_open() - see that the file takes both values, and leave the first
 * @j:		gets what the file said before
 * @ret_fd:	open for reading and writing
 *
 * Return: 0; -errno with what the kernel says and what to change.
 */
int toggle_open(const struct toggle_spec *spec, struct journal *j, int *ret_fd,
		struct error *e);

#endif
