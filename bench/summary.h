/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run found, in at most 72 columns; `faultline report` says more. */
#ifndef BENCH_SUMMARY_H
#define BENCH_SUMMARY_H

#include "runner.h"

#include <stdio.h>

void summary_print(const struct runner *r, FILE *out);

#endif
