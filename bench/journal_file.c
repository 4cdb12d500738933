// SPDX-License-Identifier: GPL-2.0-only
#include "bench/journal_file.h"

#include "bench/knob.h"
#include "bench/state_folder.h"

#include "common/read_all.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE JOURNAL_FILE ".new"

enum {
	MAX_BYTES = 1 << 20,
	MAX_LINES = 4096
};

static int fail(const char *dir, int err, const char *what, struct error *e)
{
	return error_set(e, err, "%s/" JOURNAL_FILE ": %s: %s", dir, what,
			 strerror(-err));
}

static int open_file(const char *dir, int folder, int *ret_fd, struct error *e)
{
	char path[PATH_MAX];
	struct stat st;
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/" JOURNAL_FILE, dir);
	fd = openat(folder, JOURNAL_FILE,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		*ret_fd = -1;
		return 0;
	}
	if (fd < 0 && errno == ELOOP)
		return error_set(e, -ELOOP,
				 "%s: is a symbolic link: not trusted", path);
	if (fd < 0)
		return fail(dir, -errno, "cannot be read", e);

	if (fstat(fd, &st))
		err = fail(dir, -errno, "cannot be read", e);
	else if (!S_ISREG(st.st_mode))
		err = error_set(e, -EINVAL, "%s: is no regular file", path);
	else
		err = state_folder_owner(path, &st, e);
	if (err) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

static int read_file(const char *dir, int fd, char **ret_text,
		     size_t *ret_bytes, struct error *e)
{
	char *text = malloc(MAX_BYTES + 1);
	ssize_t n = text ? read_all(fd, text, MAX_BYTES + 1) : -ENOMEM;
	int err = 0;

	if (n < 0)
		err = fail(dir, (int)n, "cannot be read", e);
	else if (n > MAX_BYTES)
		err = error_set(e, -EFBIG,
				"%s/" JOURNAL_FILE
				": is larger than %d bytes: not one of ours",
				dir, MAX_BYTES);
	if (err) {
		free(text);
		return err;
	}
	*ret_text = text;
	*ret_bytes = (size_t)n;
	return 0;
}

static int read_entry(struct journal_line *l, struct error *e)
{
	json_error_t json_e;
	json_int_t pid, start;
	int err;

	l->record = json_loadb(l->raw, l->bytes, JSON_REJECT_DUPLICATES,
			       &json_e);
	if (!l->record)
		return error_set(e, -EINVAL, "%s", json_e.text);
	if (json_unpack_ex(l->record, &json_e, JSON_STRICT,
			   "{s:s,s:I,s:I,s:s,s:s,s:s}", "boot", &l->boot, "pid",
			   &pid, "start", &start, "path", &l->path, "old",
			   &l->old, "new", &l->value))
		return error_set(e, -EINVAL, "%s", json_e.text);
	if (pid <= 0 || pid > INT_MAX || start < 0)
		return error_set(e, -EINVAL, "no such process");

	l->pid = (uint64_t)pid;
	l->start = (uint64_t)start;
	err = knob_check(l->path, e);
	if (!err)
		err = knob_value_check(l->old, e);
	return err ? err : knob_value_check(l->value, e);
}

static void drop_entry(struct journal_line *l)
{
	json_decref(l->record);
	l->record = NULL;
	l->boot = l->path = l->old = l->value = NULL;
}

static int add_line(struct journal_lines *lines, const char *raw, size_t bytes)
{
	struct error e = { 0 };
	struct journal_line *l;

	if (lines->nr == lines->capacity) {
		size_t capacity = 2 * lines->capacity + 16;
		void *of = reallocarray(lines->of, capacity, sizeof(*l));

		if (!of)
			return -ENOMEM;
		lines->of = of;
		lines->capacity = capacity;
	}

	l = &lines->of[lines->nr];
	*l = (struct journal_line){ .number = (unsigned)lines->nr + 1,
				    .bytes = bytes };
	l->raw = malloc(bytes ? bytes : 1);
	if (!l->raw)
		return -ENOMEM;
	memcpy(l->raw, raw, bytes);
	lines->nr++;

	l->torn = raw[bytes - 1] != '\n';
	if (l->torn)
		error_set(&e, -EINVAL, "was cut off");
	else if (!read_entry(l, &e))
		return 0;
	drop_entry(l);
	l->why = strdup(e.text);
	return l->why ? 0 : -ENOMEM;
}

static int split(const char *dir, const char *text, size_t bytes,
		 struct journal_lines *lines, struct error *e)
{
	const char *end = text + bytes;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *next = newline ? newline + 1 : end;

		if (lines->nr == MAX_LINES)
			return error_set(e, -EFBIG,
					 "%s/" JOURNAL_FILE
					 ": has more than %d lines: not one of "
					 "ours",
					 dir, MAX_LINES);
		if (add_line(lines, text, (size_t)(next - text)))
			return error_set(e, -ENOMEM, "out of memory");
		text = next;
	}
	return 0;
}

int journal_load(const char *dir, int folder, struct journal_lines *ret_lines,
		 struct error *e)
{
	struct journal_lines lines = { 0 };
	char *text = NULL;
	size_t bytes = 0;
	int fd = -1, err;

	err = open_file(dir, folder, &fd, e);
	if (err)
		return err;

	if (fd >= 0) {
		err = read_file(dir, fd, &text, &bytes, e);
		close(fd);
	}
	if (text)
		err = split(dir, text, bytes, &lines, e);
	free(text);
	if (err) {
		journal_lines_finish(&lines);
		return err;
	}
	*ret_lines = lines;
	return 0;
}

void journal_lines_finish(struct journal_lines *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		json_decref(l->of[i].record);
		free(l->of[i].raw);
		free(l->of[i].why);
	}
	free(l->of);
	*l = (struct journal_lines){ 0 };
}

static int write_all(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t n = write(fd, text, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		bytes -= (size_t)n;
	}
	return 0;
}

/* A line that is not whole is taken back. */
static int append_text(int folder, const char *text, size_t bytes)
{
	int fd = openat(folder, JOURNAL_FILE,
			O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
			0600);
	off_t end;
	int err;

	if (fd < 0)
		return -errno;

	end = lseek(fd, 0, SEEK_END);
	err = end < 0 ? -errno : write_all(fd, text, bytes);
	if (!err && fsync(fd))
		err = -errno;
	if (!err && !end && fsync(folder))
		err = -errno;
	if (err && end >= 0 && ftruncate(fd, end))
		err = -errno;
	close(fd);
	return err;
}

int journal_append(const char *dir, int folder, struct journal_lines *lines,
		   json_t *record, struct error *e)
{
	char *text = json_dumps(record, JSON_COMPACT);
	size_t bytes;
	int err;

	if (!text)
		return error_set(e, -ENOMEM, "out of memory");

	bytes = strlen(text);
	text[bytes++] = '\n';
	err = append_text(folder, text, bytes);
	if (err)
		err = fail(dir, err, "cannot be written", e);
	else if (add_line(lines, text, bytes))
		err = error_set(e, -ENOMEM, "out of memory");
	free(text);
	return err;
}

static int write_lines(int fd, const struct journal_lines *lines)
{
	int err = 0;

	for (size_t i = 0; i < lines->nr && !err; i++)
		if (!lines->of[i].gone)
			err = write_all(fd, lines->of[i].raw,
					lines->of[i].bytes);
	if (!err && fsync(fd))
		err = -errno;
	return err;
}

static int replace(int folder, const struct journal_lines *lines)
{
	int fd = openat(folder, NEW_FILE,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int err;

	if (fd < 0)
		return -errno;

	err = write_lines(fd, lines);
	close(fd);
	if (!err && renameat(folder, NEW_FILE, folder, JOURNAL_FILE))
		err = -errno;
	if (err)
		unlinkat(folder, NEW_FILE, 0);
	return err;
}

static bool is_empty(const struct journal_lines *lines)
{
	for (size_t i = 0; i < lines->nr; i++)
		if (!lines->of[i].gone)
			return false;

	return true;
}

int journal_rewrite(const char *dir, int folder,
		    const struct journal_lines *lines, struct error *e)
{
	int err = 0;

	if (!is_empty(lines))
		err = replace(folder, lines);
	else if (unlinkat(folder, JOURNAL_FILE, 0) && errno != ENOENT)
		err = -errno;
	if (!err && fsync(folder))
		err = -errno;
	return err ? fail(dir, err, "cannot be written", e) : 0;
}
