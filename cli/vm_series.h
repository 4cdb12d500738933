/* SPDX-License-Identifier: GPL-2.0-only */
/* faultline vm compare --tree: what each commit of a series costs. */
#ifndef CLI_VM_SERIES_H
#define CLI_VM_SERIES_H

#include "bench/vm/sides.h"

/**
 * struct vm_series_request
 * @sides:	how kernels are counted, and into which folder; without kernels
 * @build:	NULL: scripts/build-kernel.sh, wherever that lies
 */
struct vm_series_request {
	const struct vm_sides_request *sides;
	const char *tree, *range, *build;
};

/*
 * Prints a report, and writes it to report.txt in the folder, with the kernels
 * and the logs of their builds in kernels/.
 *
 * Return: an exit status.
 */
int vm_series(const struct vm_series_request *request);

#endif
