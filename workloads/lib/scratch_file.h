/* SPDX-License-Identifier: GPL-2.0-only */
/* A file without a name, in $TMPDIR or /var/tmp; closing it removes it. */
#ifndef WORKLOADS_LIB_SCRATCH_FILE_H
#define WORKLOADS_LIB_SCRATCH_FILE_H

#include <stddef.h>

/* Where it is made, for messages. */
const char *scratch_file_folder(void);

/* Open for reading and writing, O_CLOEXEC.  Return: the descriptor or -errno. */
int scratch_file_open(void);

/**
 * scratch_file_fill() - write so many bytes to it, and to the disk
 * @fd:		at its end
 * @bytes:	in whole blocks of 4096
 *
 * Return: 0; -ENOSPC; -errno.
 */
int scratch_file_fill(int fd, size_t bytes);

#endif
