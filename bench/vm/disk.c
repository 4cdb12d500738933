// SPDX-License-Identifier: GPL-2.0-only
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file system for small files, and the rest to swap to. */
#define DISK_BYTES ((off_t)2 << 30)

/* Where the file system knows no files without names. */
static int open_named(const char *folder)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/disk.XXXXXX", folder) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

int vm_disk_open(const char *folder, struct error *e)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), err = 0;

	if (fd < 0)
		fd = open_named(folder);
	if (fd < 0)
		err = fd;
	else if (ftruncate(fd, DISK_BYTES))
		err = -errno;
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return error_set(e, err, "a guest's disk in %s: %s", folder,
			 strerror(-err));
}
