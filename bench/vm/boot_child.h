/* SPDX-License-Identifier: GPL-2.0-only */
/* The emulator's process.  Between the files of a boot. */
#ifndef BENCH_VM_BOOT_CHILD_H
#define BENCH_VM_BOOT_CHILD_H

#include "common/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct vm_child {
	pid_t pid;
	int console, result, said; /* read ends, not blocking; -1: closed */
	int exit_status, signal;
};

/**
 * vm_child_start() - in a group of its own, dying with this process
 * @words:	the path of the program first, NULL behind the last
 * @disk:	what VM_DISK_FD is to be, or -1; it stays the caller's
 *
 * Descriptors VM_CONSOLE_FD and VM_RESULT_FD are pipes to here; what it says
 * itself comes over a third.
 *
 * Return: 0 or -errno.
 */
int vm_child_start(struct vm_child *c, char *const *words, int disk,
		   struct error *e);

bool vm_child_has_ended(const struct vm_child *c);

/* Kills the group, after a moment to end by itself if it is @done; reaps. */
void vm_child_end(struct vm_child *c, bool done);

/* The first line that a program prints within some seconds, or "". */
void vm_child_first_line(char *const *words, char *buf, size_t bytes);

void vm_child_close(struct vm_child *c);

#endif
