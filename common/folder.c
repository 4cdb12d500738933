// SPDX-License-Identifier: GPL-2.0-only
#include "folder.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static int make(const char *path)
{
	return mkdir(path, 0777) && errno != EEXIST ? -errno : 0;
}

int folder_make_parents(const char *path)
{
	size_t bytes = strlen(path);
	char part[PATH_MAX];
	int err = 0;

	if (!bytes || bytes >= sizeof(part))
		return bytes ? -ENAMETOOLONG : -ENOENT;

	memcpy(part, path, bytes + 1);
	for (char *at = part + 1; !err && (at = strchr(at, '/')); at++) {
		*at = '\0';
		err = make(part);
		*at = '/';
	}
	return err;
}

int folder_make(const char *path)
{
	int err = folder_make_parents(path);

	return err ? err : make(path);
}
