// SPDX-License-Identifier: GPL-2.0-only
/* A config's bytes: a regular file of a sane size and nothing else. */
#include "config_draft.h"

#include "common/read_all.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_MAX_BYTES = 1024 * 1024
};

static int check_kind(const char *path, const struct stat *st, struct error *e)
{
	if (S_ISDIR(st->st_mode))
		return error_set(e, -EISDIR,
				 "%s: a directory; a config is a file", path);
	if (!S_ISREG(st->st_mode))
		return error_set(e, -EINVAL, "%s: not a regular file", path);
	if (st->st_size > FILE_MAX_BYTES)
		return error_set(e, -EFBIG,
				 "%s: %" PRIu64 " bytes; a config has at most "
				 "%d",
				 path, (uint64_t)st->st_size, FILE_MAX_BYTES);
	return 0;
}

/* Devices are not even opened: some of them act on it. */
static int open_regular(const char *path, int *ret_fd, struct error *e)
{
	struct stat st;
	int err, fd;

	if (stat(path, &st))
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	err = check_kind(path, &st, e);
	if (err)
		return err;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st))
		err = error_set(e, -errno, "%s: %s", path, strerror(errno));
	else
		err = check_kind(path, &st, e);
	if (err) {
		close(fd);
		return err;
	}

	*ret_fd = fd;
	return 0;
}

int config_read_file(const char *path, char **ret_text, size_t *ret_bytes,
		     struct error *e)
{
	char *text;
	ssize_t n;
	int fd = -1, err = open_regular(path, &fd, e);

	if (err)
		return err;

	text = malloc(FILE_MAX_BYTES + 1);
	n = text ? read_all(fd, text, FILE_MAX_BYTES + 1) : -ENOMEM;
	close(fd);
	if (n < 0)
		err = error_set(e, (int)n, "%s: %s", path, strerror((int)-n));
	else if (n > FILE_MAX_BYTES)
		err = error_set(e, -EFBIG,
				"%s: more than the %d bytes that a config has "
				"at most",
				path, FILE_MAX_BYTES);
	if (err) {
		free(text);
		return err;
	}

	*ret_text = text;
	*ret_bytes = (size_t)n;
	return 0;
}
