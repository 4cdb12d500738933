// SPDX-License-Identifier: GPL-2.0-only
#include "bench/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_DIR "/var/lib/faultline"

int state_folder_path(const char *root, char *buf, size_t bytes)
{
	const char *dir = getenv("FAULTLINE_STATE_DIR");
	int len;

	if (dir && *dir)
		len = snprintf(buf, bytes, "%s", dir);
	else
		len = snprintf(buf, bytes, "%s" STATE_DIR, root);
	return len < (int)bytes ? 0 : -ENAMETOOLONG;
}

int state_folder_owner(const char *path, const struct stat *st, struct error *e)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return error_set(e, -EPERM,
				 "%s: belongs to user %u: not trusted", path,
				 (unsigned)st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return error_set(e, -EPERM,
				 "%s: others may write to it: not trusted",
				 path);
	return 0;
}

static int sync_parent(const char *dir)
{
	char parent[PATH_MAX];
	char *slash;
	int fd, err = 0;

	snprintf(parent, sizeof(parent), "%s", dir);
	slash = strrchr(parent, '/');
	if (!slash)
		strcpy(parent, ".");
	else
		slash[slash == parent] = '\0';

	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

static int make_folder(const char *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s", dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;

	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	if (mkdir(path, 0700))
		return errno == EEXIST ? 0 : -errno;
	return sync_parent(path);
}

int state_folder_open(const char *dir, bool make, int *ret_fd, struct error *e)
{
	struct stat st;
	int err = make ? make_folder(dir) : 0;
	int fd;

	if (err)
		return error_set(e, err,
				 "%s: the folder of the journal cannot be "
				 "made: %s",
				 dir, strerror(-err));

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && !make) {
		*ret_fd = -1;
		return 0;
	}
	if (fd < 0)
		return error_set(e, -errno, "%s: cannot be opened: %s", dir,
				 strerror(errno));

	err = fstat(fd, &st) ? -errno : state_folder_owner(dir, &st, e);
	if (err) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}
