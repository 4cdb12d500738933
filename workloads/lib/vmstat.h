/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of /proc/vmstat: what the whole machine did so far. */
#ifndef WORKLOADS_LIB_VMSTAT_H
#define WORKLOADS_LIB_VMSTAT_H

#include <stdint.h>

/* Return: 0; -ENOENT if there is no such row; another -errno. */
int vmstat_read(const char *name, uint64_t *ret_value);

#endif
