// SPDX-License-Identifier: GPL-2.0-only
#include "cache.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void vm_cache_folder(const char *name, char *buf, size_t bytes)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg && *xdg)
		snprintf(buf, bytes, "%s/faultline/%s", xdg, name);
	else
		snprintf(buf, bytes, "%s/.cache/faultline/%s",
			 home && *home ? home : "/tmp", name);
}

int vm_cache_store(const char *path, int (*fill)(void *ctx, FILE *out),
		   void *ctx)
{
	char part[PATH_MAX];
	FILE *out;
	int fd, err;

	if (snprintf(part, sizeof(part), "%s.XXXXXX", path) >=
	    (int)sizeof(part))
		return -ENAMETOOLONG;
	fd = mkstemp(part);
	if (fd < 0)
		return -errno;
	fchmod(fd, 0644);
	out = fdopen(fd, "w");
	err = out ? fill(ctx, out) : -EIO;
	if (out ? fclose(out) : close(fd))
		err = -EIO;
	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	return err;
}
