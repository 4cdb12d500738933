/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the guest that are of interest to a boot record and to system
 * state.  The guest shows them; below a folder they are a sysroot, which
 * environment.h and system_state.h read as they read this machine.
 */
#ifndef BENCH_VM_GUEST_FILES_H
#define BENCH_VM_GUEST_FILES_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	GUEST_PATH_BYTES = 160
};

/* By index; NULL behind the last. */
const char *guest_file_at(size_t i, char buf[GUEST_PATH_BYTES]);

/* Whether it was asked for: all else that a guest shows is refused. */
bool guest_file_is_wanted(const char *path);

/* Puts a wanted file, or more of it, below a folder.  Return: 0, -EINVAL or -errno. */
int guest_file_store(const char *folder, const char *path, const char *text,
		     struct error *e);

#endif
