// SPDX-License-Identifier: GPL-2.0-only
#include "tracefs.h"

#include "common/units.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* "group:event" or "group:event/variant" to "group/event/@file". */
static int print_path(const char *event, const char *file, char *path,
		      size_t bytes)
{
	const char *colon = strchr(event, ':');
	int group, name;

	if (!colon)
		return -EINVAL;

	group = (int)(colon - event);
	name = (int)strcspn(colon + 1, "/");
	snprintf(path, bytes, "%.*s/%.*s/%s", group, event, name, colon + 1,
		 file);
	return 0;
}

static int read_text(int dir, const char *event, const char *file, char *text,
		     size_t bytes)
{
	char path[128];
	ssize_t n = 1;
	size_t len = 0;
	int fd, err = print_path(event, file, path, sizeof(path));

	if (err)
		return err;
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EPERM ? -EACCES : -errno;

	while (n > 0 && len + 1 < bytes) {
		n = read(fd, text + len, bytes - len - 1);
		len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	text[len] = '\0';
	return n < 0 || !len ? -EINVAL : 0;
}

int tracefs_id(int fd, const char *event, uint64_t *ret_id)
{
	char text[32];
	int err = read_text(fd, event, "id", text, sizeof(text));

	if (err)
		return err;

	text[strcspn(text, "\n")] = '\0';
	return units_parse_u64(text, ret_id) ? -EINVAL : 0;
}

/* Finds `{ 4, "remote IPI send" }` in the print format. */
static int find_symbol(const char *format, const char *words, size_t len,
		       uint64_t *ret_value)
{
	const char *at = strchr(format, '{');

	for (; at; at = strchr(at + 1, '{')) {
		char *end;
		uint64_t value = strtoull(at + 1, &end, 0);

		end += strspn(end, ", ");
		if (*end == '"' && !strncasecmp(end + 1, words, len) &&
		    end[1 + len] == '"') {
			*ret_value = value;
			return 0;
		}
	}
	return -ENOENT;
}

int tracefs_print_filter(const char *format, const char *filter, char *ret_text,
			 size_t bytes)
{
	size_t len = 0;

	for (const char *at = filter; *at; at++) {
		size_t words = strcspn(at + 1, "}");
		uint64_t value;
		int n;

		if (*at == '{') {
			int err = find_symbol(format, at + 1, words, &value);

			if (err)
				return err;
			n = snprintf(ret_text + len, bytes - len, "%" PRIu64,
				     value);
			at += words + 1;
		} else {
			n = snprintf(ret_text + len, bytes - len, "%c", *at);
		}
		if (n < 0 || (size_t)n >= bytes - len)
			return -E2BIG;
		len += (size_t)n;
	}
	return 0;
}

int tracefs_filter(int fd, const char *event, const char *filter,
		   char *ret_text, size_t bytes)
{
	char format[8192];
	int err = read_text(fd, event, "format", format, sizeof(format));

	return err ? err
		   : tracefs_print_filter(format, filter, ret_text, bytes);
}
