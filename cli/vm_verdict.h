/* SPDX-License-Identifier: GPL-2.0-only */
/* From the runs of several kernels to a report. */
#ifndef CLI_VM_VERDICT_H
#define CLI_VM_VERDICT_H

#include "bench/vm/sides.h"

/*
 * Prints it, and writes it to report.txt in the folder of the runs.  Kernels
 * without a run are left out, and it says why.
 *
 * Return: an exit status.
 */
int vm_verdict(const struct vm_sides_request *q, const struct vm_side *sides,
	       const char *const *names);

#endif
