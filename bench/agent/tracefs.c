// SPDX-License-Identifier: GPL-2.0-only
#include "tracefs.h"

#include "common/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The mount calls, which libc does not declare everywhere. */
enum {
	OPEN_CLOEXEC = 1, /* FSOPEN_CLOEXEC and FSMOUNT_CLOEXEC */
	CONFIG_CREATE = 6,
};

static int open_detached(void)
{
	int fs = (int)syscall(SYS_fsopen, "tracefs", OPEN_CLOEXEC);
	int mount = -1, fd = -1, err;

	if (fs < 0)
		return -errno;

	if (!syscall(SYS_fsconfig, fs, CONFIG_CREATE, NULL, NULL, 0))
		mount = (int)syscall(SYS_fsmount, fs, OPEN_CLOEXEC, 0);
	if (mount >= 0)
		fd = openat(mount, "events", O_RDONLY | O_CLOEXEC);
	err = errno;
	if (mount >= 0)
		close(mount);
	close(fs);
	return fd >= 0 ? fd : -err;
}

int tracefs_open(void)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing/events",
		"/sys/kernel/debug/tracing/events",
	};
	bool denied = false;
	int fd;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		fd = open(paths[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		denied |= errno == EACCES || errno == EPERM;
	}

	fd = open_detached();
	if (fd == -EPERM || (fd < 0 && denied))
		return -EACCES;

	return fd == -ENODEV ? -ENOENT : fd;
}

static int read_id(int dir, const char *path, uint64_t *ret_id)
{
	char text[32];
	ssize_t n;
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == EPERM ? -EACCES : -errno;

	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -EINVAL;

	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return units_parse_u64(text, ret_id) ? -EINVAL : 0;
}

int tracefs_id(int fd, const char *event, uint64_t *ret_id)
{
	char path[128];
	char *colon;

	snprintf(path, sizeof(path), "%s/id", event);
	colon = strchr(path, ':');
	if (!colon)
		return -EINVAL;

	*colon = '/';
	return read_id(fd, path, ret_id);
}
