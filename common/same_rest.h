/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_SAME_REST_H
#define COMMON_SAME_REST_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Whether two files are the same from where they are on.  Closes both; one that
 * is NULL, since it could not be opened, is not the same as any.
 */
bool same_rest(FILE *a, FILE *b);

#endif
