/* SPDX-License-Identifier: GPL-2.0-only */
/* Counted instructions of several kernels as text of 72 columns. */
#ifndef ANALYSIS_OUT_EXACT_H
#define ANALYSIS_OUT_EXACT_H

#include "exact.h"
#include "format.h"
#include "group.h"

#include <stdio.h>

/**
 * out_exact() - all of it
 * @names:	of the kernels, as the user gave them
 * @g:		groups of the first result
 *
 * Where the first was not the same again there are numbers and no verdict.
 *
 * Return: 0 or -ENOMEM.
 */
int out_exact(const struct exact *x, const char *const *names, struct groups *g,
	      FILE *out);

/* "uffd_wp what=protect range=4K, protect", what its group has in common left
 * out; for lines that stand alone. */
void exact_where(const struct groups *g, const struct result_point *p,
		 const char *arm, char *buf, size_t size);

/* "+1.00", with as many decimals as an instruction needs. */
const char *exact_number(double more, char buf[FORMAT_BYTES]);

/* A share as "+0.02 %"; "" for NaN. */
const char *exact_percent(double share, char buf[FORMAT_BYTES]);

/* A line: where, how many instructions more, and per cent. */
void exact_print_row(const struct exact *x, const struct exact_row *row,
		     size_t side, const struct groups *g, FILE *out);

/* Whether the first kernel did the same twice. */
void exact_print_proof(const struct exact *x, FILE *out);

/* What counts of instructions do not show. */
void exact_print_caveat(FILE *out);

/* Which kernel each letter is, a line each; "A = 6.1: Linux 6.1.0, ..." */
void exact_print_sides(const struct result *const *sides, size_t nr,
		       const char *letters, const char *const *names,
		       FILE *out);

#endif
