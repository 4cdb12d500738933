// SPDX-License-Identifier: GPL-2.0-only
#include "common/read_all.h"

#include <errno.h>
#include <unistd.h>

ssize_t read_all(int fd, char *buf, size_t bytes)
{
	size_t done = 0;

	while (done < bytes) {
		ssize_t n = read(fd, buf + done, bytes - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}
