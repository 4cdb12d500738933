/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_READ_ALL_H
#define COMMON_READ_ALL_H

#include <stddef.h>
#include <sys/types.h>

/* Up to the end of the file, at most @bytes.  Return: how many, or -errno. */
ssize_t read_all(int fd, char *buf, size_t bytes);

#endif
