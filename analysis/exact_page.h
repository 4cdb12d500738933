/* SPDX-License-Identifier: GPL-2.0-only */
/* What a comparison shows beside its tables. */
#ifndef ANALYSIS_EXACT_PAGE_H
#define ANALYSIS_EXACT_PAGE_H

#include "exact.h"
#include "group.h"
#include "picture.h"

#include <stdio.h>

enum {
	LETTERS_BYTES = EXACT_MAX_SIDES + 1
};

/*
 * A picture a kernel that differs in something, of what differs most.
 * Return: 0 or -ENOMEM.
 */
int picture_exact(const struct exact *x, const char *const *names,
		  struct groups *g, struct pictures *p);

/**
 * exact_letters() - which kernels have the same number in a row
 * @ret:	one text a kernel; "" where it has no number
 *
 * Kernels that share a letter cannot be told apart there.  A kernel whose
 * interval reaches over the numbers of several has the letters of all.
 */
void exact_letters(const struct exact *x, const struct exact_row *row,
		   char ret[EXACT_MAX_SIDES][LETTERS_BYTES]);

/* Rows in which kernels differ, a letter a kernel.  Return: 0 or -ENOMEM. */
int out_letters(const struct exact *x, struct groups *g, FILE *out);

#endif
