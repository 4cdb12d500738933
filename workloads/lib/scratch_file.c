// SPDX-License-Identifier: GPL-2.0-only
#include "scratch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *scratch_file_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp && *tmp ? tmp : "/var/tmp";
}

int scratch_file_open(void)
{
	char path[512];
	int fd, err;

	if (snprintf(path, sizeof(path), "%s/faultline.XXXXXX",
		     scratch_file_folder()) >= (int)sizeof(path))
		return -ENAMETOOLONG;

	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!unlink(path))
		return fd;

	err = -errno;
	close(fd);
	return err;
}

/* Dirty pages would be neither clean to map nor possible to evict. */
int scratch_file_fill(int fd, size_t bytes)
{
	char block[4096];

	memset(block, 1, sizeof(block));
	for (size_t at = 0; at < bytes; at += sizeof(block)) {
		ssize_t done = write(fd, block, sizeof(block));

		if (done < 0)
			return -errno;
		if (done != sizeof(block))
			return -ENOSPC;
	}
	return fdatasync(fd) ? -errno : 0;
}
