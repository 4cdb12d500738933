// SPDX-License-Identifier: GPL-2.0-only
#include "guest_files.h"

#include "common/read_all.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

ssize_t guest_file_read(const char *path, char *buf, size_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	got = read_all(fd, buf, bytes - 1);
	close(fd);
	if (got >= 0)
		buf[got] = '\0';
	return got;
}

int guest_file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t bytes;

	if (fd < 0)
		return -errno;
	bytes = write(fd, text, strlen(text));
	close(fd);
	return bytes < 0 ? -errno : 0;
}
