/* SPDX-License-Identifier: GPL-2.0-only */
/* A verdict on a kernel as text of 72 columns. */
#ifndef ANALYSIS_OUT_GATE_H
#define ANALYSIS_OUT_GATE_H

#include "gate.h"
#include "group.h"

#include <stdio.h>

/**
 * out_gate() - the verdict, and the rows that it comes from
 * @x:		two kernels, the good one first
 * @names:	of the kernels, as the user gave them
 * @groups:	groups of the good one
 */
void out_gate(const struct exact *x, const char *const *names,
	      const struct groups *groups, const struct gate *gate, FILE *out);

#endif
