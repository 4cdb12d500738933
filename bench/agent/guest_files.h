/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files of the kernel's.  Between the files of the guest. */
#ifndef BENCH_AGENT_GUEST_FILES_H
#define BENCH_AGENT_GUEST_FILES_H

#include <stddef.h>
#include <sys/types.h>

/* At most @bytes - 1 of a file, NUL added.  Return: how many, or -errno. */
ssize_t guest_file_read(const char *path, char *buf, size_t bytes);

/* Return: 0 or -errno. */
int guest_file_write(const char *path, const char *text);

#endif
