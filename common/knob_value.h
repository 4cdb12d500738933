/* SPDX-License-Identifier: GPL-2.0-only */
/* The values of kernel knobs, the files below /proc/sys and /sys, as text. */
#ifndef COMMON_KNOB_VALUE_H
#define COMMON_KNOB_VALUE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	KNOB_VALUE_BYTES = 4096 /* with its NUL: what the kernel shows of one */
};

/* One line of printable text that fits; -EINVAL says what is wrong. */
int knob_value_check(const char *value, struct error *e);

/**
 * knob_value_of() - what would have to be written to get what a file says
 * @text:	all of it, changed in place
 *
 * Without blanks around; of "always [madvise] never" it is "madvise".
 */
char *knob_value_of(char *text);

/* Of "always [madvise] never" "madvise", in place; NULL if none is selected. */
char *knob_value_selected(char *text);

/*
 * Whether two texts are one value: blanks apart, as numbers of any base, or
 * with Y and N for 1 and 0, which the kernel reads and prints for booleans.
 */
bool knob_same(const char *a, const char *b);

#endif
