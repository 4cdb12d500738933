// SPDX-License-Identifier: GPL-2.0-only
#include "bench/knob_file.h"

#include "bench/environment_read.h"

#include "common/read_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && path[len] && path[len] != '/';
}

int knob_file_check(const char *path, struct error *e)
{
	if (strlen(path) >= KNOB_PATH_BYTES)
		return error_set(e, -EINVAL, "a path of more than %d bytes",
				 KNOB_PATH_BYTES - 1);
	if (!is_below(path, "/proc/sys/") && !is_below(path, "/sys/"))
		return error_set(e, -EINVAL,
				 "`%s` is not below /proc/sys or /sys", path);
	if (!knob_path_is_plain(path))
		return error_set(e, -EINVAL, "`%s` is no plain path of a file",
				 path);
	return 0;
}

static int refuse_open(const char *path, int err, struct error *e)
{
	if (err == -ENOENT || err == -ENOTDIR)
		return error_set(e, err, "%s: this kernel has no such file",
				 path);
	if (err == -EISDIR || err == -ELOOP)
		return error_set(e, err, "%s: is no regular file", path);
	if (err == -EACCES || err == -EPERM || err == -EROFS)
		return error_set(e, err,
				 "%s: may not be changed (%s): that needs "
				 "root, no lockdown, and a /proc and /sys that "
				 "can be written",
				 path, strerror(-err));
	return error_set(e, err, "%s: cannot be opened: %s", path,
			 strerror(-err));
}

int knob_file_open(const char *root, const char *path, int flags, int *ret_fd,
		   struct error *e)
{
	char full[ENVIRONMENT_PATH_BYTES];
	struct stat st;
	int fd, err;

	err = knob_file_check(path, e);
	if (err)
		return err;
	if (snprintf(full, sizeof(full), "%s%s", root, path) >=
	    (int)sizeof(full))
		return error_set(e, -ENAMETOOLONG, "the path is too long");

	fd = open(full, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return refuse_open(path, -errno, e);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return error_set(e, -EINVAL, "%s: is no regular file", path);
	}
	*ret_fd = fd;
	return 0;
}

static int to_value(const char *path, char *text, size_t bytes,
		    char value[KNOB_VALUE_BYTES], struct error *e)
{
	const char *found;
	int err;

	text[bytes] = '\0';
	if (strlen(text) != bytes)
		return error_set(e, -EINVAL, "%s: holds no text", path);

	found = knob_value_of(text);
	err = knob_value_check(found, e);
	if (err) {
		error_prefix(e, "%s", path);
		return err;
	}
	snprintf(value, KNOB_VALUE_BYTES, "%s", found);
	return 0;
}

static int read_value(const char *root, const char *path,
		      char value[KNOB_VALUE_BYTES], struct error *e)
{
	char text[KNOB_VALUE_BYTES];
	ssize_t bytes;
	int fd = -1, err;

	err = knob_file_open(root, path, O_RDONLY, &fd, e);
	if (err)
		return err;

	bytes = read_all(fd, text, sizeof(text));
	close(fd);
	if (bytes < 0)
		return error_set(e, (int)bytes, "%s: cannot be read: %s", path,
				 strerror((int)-bytes));
	if (bytes == sizeof(text))
		return error_set(e, -E2BIG, "%s: holds more than a value",
				 path);
	return to_value(path, text, (size_t)bytes, value, e);
}

static int write_value(const char *root, const char *path, const char *value,
		       struct error *e)
{
	char line[KNOB_VALUE_BYTES + 1];
	int fd = -1, bytes, err;
	ssize_t done;

	err = knob_file_open(root, path, O_WRONLY, &fd, e);
	if (err)
		return err;

	bytes = snprintf(line, sizeof(line), "%s\n", value);
	do {
		done = write(fd, line, (size_t)bytes);
	} while (done < 0 && errno == EINTR);
	err = done < 0 ? -errno : done == bytes ? 0 : -EIO;
	/* The kernel's files hold what was written last; others hold more. */
	if (!err && *root && ftruncate(fd, bytes))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (err)
		return error_set(e, err, "%s: the kernel refuses `%.64s`: %s",
				 path, value, strerror(-err));
	return 0;
}

static bool is_file(const char *path)
{
	return !strncmp(path, "/proc/", 6) || !strncmp(path, "/sys/", 5);
}

const struct knob_kind knob_file = {
	.is = is_file,
	.check = knob_file_check,
	.read = read_value,
	.write = write_value,
	.comes_of = knob_same,
};
