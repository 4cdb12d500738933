/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_PLAN_INTERNAL_H
#define BENCH_PLAN_INTERNAL_H

#include "plan.h"

/* CPUs for every point, or the reason why it is skipped. */
int plan_place(struct plan *p, const struct topology *t,
	       const struct units *units, struct error *e);

/* Groups the points by the system state that they want. */
int plan_group(struct plan *p, const struct units *units, struct error *e);

/* Which state each epoch wants, and what of it is there. */
void plan_print_epochs(const struct plan *p, const struct units *units,
		       const char *sysroot, FILE *out);

#endif
