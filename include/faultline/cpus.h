/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many CPUs the machine has that parameters are read for: what "all CPUs"
 * means there.
 */
#ifndef FAULTLINE_CPUS_H
#define FAULTLINE_CPUS_H

/* Those that are online here, or what was said instead. */
unsigned fl_cpus(void);

/* For plans of other machines, a guest's say.  0: this machine's. */
void fl_cpus_set(unsigned nr);

#endif
