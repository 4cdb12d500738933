// SPDX-License-Identifier: GPL-2.0-only
#include "job_lines.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the line `end` is closed, or NULL. */
static const char *find_end(const char *text, size_t bytes)
{
	static const char mark[] = "\nend\n";
	const char *hit = memmem(text, bytes, mark, sizeof(mark) - 1);

	return hit ? hit + sizeof(mark) - 1 : NULL;
}

static int read_all(int fd, char *buf, size_t *ret_bytes, struct error *e)
{
	size_t len = 0;

	while (len <= FL_JOB_MAX_BYTES && !find_end(buf, len)) {
		ssize_t n = read(fd, buf + len, FL_JOB_MAX_BYTES + 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(e, -errno, "the job: %s",
					 strerror(errno));
		if (!n)
			break;
		len += (size_t)n;
	}
	*ret_bytes = len;
	return 0;
}

int job_check_end(const char *buf, size_t len, struct error *e)
{
	const char *end = find_end(buf, len);

	if (len > FL_JOB_MAX_BYTES)
		return error_set(e, -E2BIG, "the job is longer than %d bytes",
				 FL_JOB_MAX_BYTES);
	if (!end)
		return error_set(e, -EPROTO, "the job has no line `end`");
	if (end != buf + len)
		return error_set(e, -EPROTO,
				 "the job goes on behind its line `end`");
	return 0;
}

int job_read(int fd, char **ret_text, size_t *ret_bytes, struct error *e)
{
	char *buf = calloc(1, FL_JOB_MAX_BYTES + 2);
	size_t len = 0;
	int err;

	if (!buf)
		return error_set(e, -ENOMEM, "the job: no memory");

	err = read_all(fd, buf, &len, e);
	if (!err)
		err = job_check_end(buf, len, e);
	if (err) {
		free(buf);
		return err;
	}
	*ret_text = buf;
	*ret_bytes = len;
	return 0;
}

struct job_line *job_lines_find(struct job_lines *l, const char *key)
{
	for (unsigned i = 0; i < l->nr; i++)
		if (!strcmp(l->line[i].key, key))
			return &l->line[i];

	return NULL;
}

static int add_line(struct job_lines *l, char *text, struct error *e)
{
	char *value = strchr(text, '=');

	if (!value || value == text)
		return error_set(e, -EPROTO, "job: `%s` is not key=value",
				 text);
	if (l->nr == JOB_MAX_LINES)
		return error_set(e, -E2BIG, "job: more than %d lines",
				 JOB_MAX_LINES);
	*value++ = '\0';
	if (job_lines_find(l, text))
		return error_set(e, -EPROTO, "job: `%s` is there twice", text);

	l->line[l->nr++] = (struct job_line){ .key = text, .value = value };
	return 0;
}

int job_lines_split(struct job_lines *l, struct error *e)
{
	char *text = l->text, *next;
	int err = 0;

	while (!err && strcmp(text, "end\n") != 0) {
		next = strchr(text, '\n');
		if (!next)
			return error_set(e, -EPROTO,
					 "the job has no line `end`");
		*next = '\0';
		err = add_line(l, text, e);
		text = next + 1;
	}
	return err;
}

const char *job_lines_take(struct job_lines *l, const char *key)
{
	struct job_line *line = job_lines_find(l, key);

	if (!line)
		return NULL;

	line->used = true;
	return line->value;
}
