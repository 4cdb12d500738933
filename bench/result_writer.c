// SPDX-License-Identifier: GPL-2.0-only
#include "result_writer.h"

#include "common/folder.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TAIL_CHUNK_BYTES = 4096
};

static int file_path(const char *dir, char *ret_path, struct error *e)
{
	if (snprintf(ret_path, PATH_MAX, "%s/" RESULT_FILE, dir) >= PATH_MAX)
		return error_set(e, -ENAMETOOLONG, "the path is too long");

	return 0;
}

static int lock(struct result_writer *w, const char *path, struct error *e)
{
	int err;

	if (!flock(w->fd, LOCK_EX | LOCK_NB))
		return 0;

	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (err == -EBUSY)
		return error_set(e, err, "%s: another run is writing to it",
				 path);
	return error_set(e, err, "%s: cannot be locked: %s", path,
			 strerror(-err));
}

/* The names are on the disk too. */
static void sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int result_writer_create(struct result_writer *w, const char *dir,
			 struct error *e)
{
	char path[PATH_MAX];
	int err = folder_make(dir);

	*w = (struct result_writer){ .fd = -1 };
	if (err)
		return error_set(e, err, "%s: cannot be made: %s", dir,
				 strerror(-err));
	if (file_path(dir, path, e))
		return -ENAMETOOLONG;

	w->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC,
		     0666);
	if (w->fd < 0 && errno == EEXIST)
		return error_set(
			e, -EEXIST,
			"%s is there already; go on with it by "
			"`faultline run --resume %s`, or choose another "
			"folder with -o",
			path, dir);
	if (w->fd < 0)
		return error_set(e, -errno, "%s: cannot be written: %s", path,
				 strerror(errno));

	err = lock(w, path, e);
	if (err)
		result_writer_finish(w);
	else
		sync_folder(dir);
	return err;
}

/* Where the last whole line ends. */
static int find_good_end(int fd, off_t size, off_t *ret_end)
{
	char chunk[TAIL_CHUNK_BYTES];

	while (size > 0) {
		size_t want = size < TAIL_CHUNK_BYTES ? (size_t)size
						      : TAIL_CHUNK_BYTES;
		ssize_t got = pread(fd, chunk, want, size - (off_t)want);
		const char *newline;

		if (got != (ssize_t)want)
			return got < 0 ? -errno : -EIO;

		newline = memrchr(chunk, '\n', want);
		size -= (off_t)want;
		if (newline) {
			*ret_end = size + (newline - chunk) + 1;
			return 0;
		}
	}
	*ret_end = 0;
	return 0;
}

static int find_torn_line(struct result_writer *w, off_t *ret_torn)
{
	struct stat st;
	off_t end = 0;
	int err;

	if (fstat(w->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;

	err = find_good_end(w->fd, st.st_size, &end);
	if (err)
		return err;

	w->good_bytes = end;
	*ret_torn = st.st_size - end;
	return 0;
}

int result_writer_reopen(struct result_writer *w, const char *dir,
			 off_t *ret_torn, struct error *e)
{
	char path[PATH_MAX];
	int err;

	*w = (struct result_writer){ .fd = -1 };
	if (file_path(dir, path, e))
		return -ENAMETOOLONG;

	w->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK);
	if (w->fd < 0)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));

	err = lock(w, path, e);
	if (!err) {
		err = find_torn_line(w, ret_torn);
		if (err)
			error_set(e, err, "%s: %s", path, strerror(-err));
	}
	if (err)
		result_writer_finish(w);
	return err;
}

int result_writer_cut(struct result_writer *w, struct error *e)
{
	if (ftruncate(w->fd, w->good_bytes))
		return error_set(e, -errno, "the torn last line: %s",
				 strerror(errno));
	return 0;
}

static int break_off(struct result_writer *w, int err, struct error *e)
{
	w->broken = err;
	if (ftruncate(w->fd, w->good_bytes))
		return error_set(e, err,
				 "the results cannot be written (%s), and the "
				 "torn line stays",
				 strerror(-err));

	return error_set(e, err, "the results cannot be written: %s",
			 strerror(-err));
}

static int write_line(struct result_writer *w, const char *line, size_t bytes,
		      struct error *e)
{
	ssize_t done;

	do {
		done = write(w->fd, line, bytes);
	} while (done < 0 && errno == EINTR);

	if (done == (ssize_t)bytes) {
		w->good_bytes += done;
		return 0;
	}

	/* The reason of a short write shows when the rest is tried. */
	if (done >= 0) {
		done = write(w->fd, line + done, bytes - (size_t)done);
		if (done >= 0)
			errno = ENOSPC;
	}
	return break_off(w, -errno, e);
}

int result_writer_add(struct result_writer *w, const json_t *record,
		      struct error *e)
{
	size_t bytes;
	char *line;
	int err;

	if (w->broken)
		return error_set(e, w->broken, "the results cannot be written");

	line = json_dumps(record, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!line)
		return error_set(e, -ENOMEM, "out of memory");

	bytes = strlen(line);
	if (bytes >= FL_RECORD_MAX_BYTES) {
		free(line);
		return error_set(e, -E2BIG,
				 "a record of %zu bytes, which no reader takes "
				 "(at most %d): a shorter config, please",
				 bytes, FL_RECORD_MAX_BYTES);
	}
	line[bytes++] = '\n'; /* in place of the NUL */
	err = write_line(w, line, bytes, e);
	free(line);
	return err;
}

int result_writer_sync(struct result_writer *w, struct error *e)
{
	if (w->broken)
		return error_set(e, w->broken, "the results cannot be written");

	if (!fdatasync(w->fd) || errno == EINVAL || errno == EROFS)
		return 0;

	w->broken = -errno;
	return error_set(e, w->broken, "the results cannot be written: %s",
			 strerror(-w->broken));
}

void result_writer_finish(struct result_writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}
