// SPDX-License-Identifier: GPL-2.0-only
/* Reads the lines and hands each record to who knows its type. */
#include "load.h"
#include "lines.h"
#include "loader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *type;
	int (*take)(struct loader *l, const json_t *record);
	bool of_launch; /* may be the first record of a launch */
} handlers[] = {
	{ "run", loader_run },
	{ "boot", loader_boot },
	{ "point", loader_point },
	{ "system", loader_system },
	{ "skip", loader_skip },
	{ "error", loader_error },
	{ "end", loader_end },
	{ "again", loader_again },
	{ "samples", loader_samples, true },
	{ "arm", loader_hold, true },
	{ "fact", loader_hold, true },
	{ "observed", loader_hold, true },
	{ "window", loader_hold, true },
	{ "trial_count", loader_hold, true },
	{ "trials", loader_hold, true },
	{ "predicted", loader_hold, true },
	{ "counters", loader_hold, true },
	{ "expect", loader_hold, true },
	{ "launch", loader_launch, true },
};

int loader_warn(struct loader *l, const char *fmt, ...)
{
	char text[RESULT_TEXT_MAX], line[RESULT_TEXT_MAX + 32];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	snprintf(line, sizeof(line), "line %llu: %s",
		 (unsigned long long)l->line, text);
	return result_note(&l->result->warnings, NULL, line);
}

const char *loader_id(const json_t *record, const char *key)
{
	const char *id = record_text_or(record, key, NULL);
	size_t len = id ? strlen(id) : 0;

	if (!len || len >= LOADER_ID_BYTES)
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (id[i] <= ' ' || id[i] > '~')
			return NULL;
	return id;
}

int loader_text(const json_t *record, const char *key, char **ret)
{
	const char *text = record_text_or(record, key, NULL);
	char *copy;

	if (!text)
		return 0;

	copy = result_text(text);
	if (!copy)
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 0;
}

static int take_record(struct loader *l, const json_t *record)
{
	const char *type = record_text_or(record, "type", "");

	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (strcmp(type, handlers[i].type) != 0)
			continue;
		if (!handlers[i].of_launch)
			l->torn_before = false;
		return handlers[i].take(l, record);
	}
	return 0;
}

static int take_torn(struct loader *l, const char *what)
{
	if (l->pending.open)
		return loader_damage(l, what);

	l->torn_before = true;
	return loader_warn(l, "%s, ignored", what);
}

/*
 * A run that was killed ends in half a line, and `cat` glues the next run to
 * it: what stands behind must not be lost with it.
 */
static json_t *find_run(const struct line *line)
{
	static const char mark[] = "{\"type\":\"run\"";
	const char *at = memmem(line->text, line->bytes, mark,
				sizeof(mark) - 1);
	struct error ignored = { 0 };

	if (!at)
		return NULL;
	return record_parse(at, line->bytes - (size_t)(at - line->text),
			    &ignored);
}

static int take_line(struct loader *l, const struct line *line)
{
	struct error ignored = { 0 };
	json_t *record;
	int err;

	if (line->state == LINES_TOO_LONG)
		return take_torn(l, "a line of over 1 MiB");

	l->line_bytes = line->bytes;
	record = record_parse(line->text, line->bytes, &ignored);
	if (!record) {
		record = find_run(line);
		if (record &&
		    loader_warn(l, "a torn line before a run, ignored")) {
			json_decref(record);
			return -ENOMEM;
		}
	}
	if (!record && line->state == LINES_TORN)
		return loader_warn(l, "the last line is torn, ignored");
	if (!record)
		return take_torn(l, "a torn line");

	err = take_record(l, record);
	json_decref(record);
	return err;
}

static int take_lines(struct loader *l, int fd)
{
	struct lines lines = { .fd = fd };
	struct line line;
	int err;

	do {
		err = lines_next(&lines, &line);
		l->line = lines.nr;
		if (!err && line.state != LINES_END)
			err = take_line(l, &line);
	} while (!err && line.state != LINES_END);

	lines_finish(&lines);
	return err;
}

static int explain(struct loader *l, int err)
{
	const char *path = l->result->path;

	if (err == -E2BIG)
		return error_set(l->e, err, "%s:%llu: more than %d points",
				 path, (unsigned long long)l->line,
				 RESULT_MAX_POINTS);
	if (err)
		return error_set(l->e, err, "%s: %s", path, strerror(-err));
	if (!l->result->nr_runs)
		return error_set(l->e, -EINVAL,
				 "%s: there is no run in it; is it a result "
				 "of `faultline run`?",
				 path);
	return 0;
}

int load_fd(int fd, const char *name, struct result **ret_result,
	    struct error *e)
{
	struct loader l = { .e = e };
	int err;

	l.result = result_new(name);
	if (!l.result)
		return error_set(e, -ENOMEM, "%s: out of memory", name);

	err = take_lines(&l, fd);
	if (!err)
		err = loader_drop_pending(&l);
	record_batches_finish(&l.pending.batches);
	free(l.pending.counts);
	json_decref(l.pending.held);
	err = explain(&l, err);
	if (err) {
		result_free(l.result);
		return err;
	}
	*ret_result = l.result;
	return 0;
}

int load_dir(const char *dir, struct result **ret_result, struct error *e)
{
	char path[4096];
	int fd, err;

	if ((size_t)snprintf(path, sizeof(path), "%s/run.jsonl", dir) >=
	    sizeof(path))
		return error_set(e, -ENAMETOOLONG, "%s: the name is too long",
				 dir);

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(e, -errno,
				 "%s is no result directory: it has no "
				 "run.jsonl",
				 dir);
	if (fd < 0)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));

	err = load_fd(fd, path, ret_result, e);
	close(fd);
	return err;
}
