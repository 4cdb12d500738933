/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's disk: a file without a name and of no length on this one's, that
 * goes with the last process that has it open, however that ends.
 */
#ifndef BENCH_VM_DISK_H
#define BENCH_VM_DISK_H

#include "common/error.h"

/**
 * vm_disk_open() - a new one, empty
 * @folder:	on whose file system it takes what the guest writes
 *
 * Return: a descriptor, or -errno.
 */
int vm_disk_open(const char *folder, struct error *e);

#endif
