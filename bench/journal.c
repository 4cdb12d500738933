// SPDX-License-Identifier: GPL-2.0-only
#include "bench/journal.h"

#include "bench/environment.h"
#include "bench/journal_file.h"
#include "bench/journal_internal.h"
#include "bench/knob.h"
#include "bench/state_folder.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int journal_open(const char *root, struct journal **ret_journal,
		 struct error *e)
{
	struct journal *j = calloc(1, sizeof(*j));
	int err;

	if (!j)
		return error_set(e, -ENOMEM, "out of memory");

	j->folder = -1;
	err = state_folder_path(root, j->dir, sizeof(j->dir));
	snprintf(j->path, sizeof(j->path), "%s/" JOURNAL_FILE, j->dir);
	j->root = strdup(root);
	if (!err && !j->root)
		err = -ENOMEM;
	if (err) {
		journal_free(j);
		return error_set(e, err, "the journal: %s", strerror(-err));
	}
	*ret_journal = j;
	return 0;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;

	journal_lines_finish(&j->lines);
	if (j->folder >= 0)
		close(j->folder);
	free(j->root);
	free(j);
}

const char *journal_path(const struct journal *j)
{
	return j->path;
}

bool journal_is_held(const struct journal *j)
{
	return j->folder >= 0;
}

int journal_lock(struct journal *j, bool make, struct error *e)
{
	int fd, err;

	if (j->folder >= 0)
		return 0;

	err = state_folder_open(j->dir, make, &fd, e);
	if (err || fd < 0)
		return err;

	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
		close(fd);
		return error_set(e, err,
				 "%s: another process changes knobs, or puts "
				 "them back, at this moment",
				 j->path);
	}
	err = journal_load(j->dir, fd, &j->lines, e);
	if (err) {
		close(fd);
		return err;
	}
	environment_boot_id(j->root, j->boot);
	j->folder = fd;
	return 0;
}

/* When a process began; a process id alone comes back. */
static uint64_t process_start(pid_t pid)
{
	enum {
		FIELD = 22, /* starttime of proc(5); the name is the second */
	};
	char path[48], text[1024];
	char *p;
	size_t len;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';

	p = strrchr(text, ')');
	for (int i = 2; p && i < FIELD; i++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p, NULL, 10) : 0;
}

bool journal_is_ours(const struct journal *j, const char *path,
		     const char *value)
{
	for (size_t i = 0; i < j->lines.nr; i++) {
		const struct journal_line *l = &j->lines.of[i];

		if (journal_is_about(j, l, path) &&
		    knob_kind_of(path)->comes_of(value, l->value))
			return true;
	}
	return false;
}

bool journal_is_in_force(const struct journal *j, const struct journal_line *l)
{
	return !strcmp(l->boot, j->boot) ||
	       knob_kind_of(l->path)->outlives_boot;
}

bool journal_is_about(const struct journal *j, const struct journal_line *l,
		      const char *path)
{
	return l->record && !l->gone && !strcmp(l->path, path) &&
	       journal_is_in_force(j, l);
}

const struct journal_line *journal_newest(const struct journal *j,
					  const char *path)
{
	for (size_t i = j->lines.nr; i-- > 0;)
		if (journal_is_about(j, &j->lines.of[i], path))
			return &j->lines.of[i];

	return NULL;
}

/* What is to be written back one day, when the knob says @now. */
static const char *old_value(const struct journal *j, const char *path,
			     const char *now)
{
	const struct journal_line *newest = journal_newest(j, path);

	if (newest &&
	    (knob_same(newest->old, now) || journal_is_ours(j, path, now)))
		return newest->old;
	return now;
}

/* A line that was cut off is no reason to stop; another that is none is. */
static int check_lines(struct journal *j, struct error *e)
{
	bool torn = false;

	for (size_t i = 0; i < j->lines.nr; i++) {
		struct journal_line *l = &j->lines.of[i];
		const struct place where = { .file = j->path,
					     .line = l->number };

		if (l->torn)
			torn = l->gone = true;
		else if (!l->record)
			return error_at(e, -EINVAL, &where,
					"is no entry of a journal (%s); no "
					"knob is changed before it is seen to",
					l->why);
	}
	return torn ? journal_rewrite(j->dir, j->folder, &j->lines, e) : 0;
}

static int prepare(struct journal *j, struct error *e)
{
	int err = journal_lock(j, true, e);

	if (!err)
		err = check_lines(j, e);
	if (!err && !strcmp(j->boot, "unknown"))
		err = error_set(e, -ENOENT,
				"the kernel's boot id cannot be read: without "
				"it no knob is changed");
	return err;
}

static int append(struct journal *j, const char *path, const char *old,
		  const char *value, struct error *e)
{
	const pid_t pid = getpid();
	json_t *record = json_pack("{s:s,s:I,s:I,s:s,s:s,s:s}", "boot", j->boot,
				   "pid", (json_int_t)pid, "start",
				   (json_int_t)process_start(pid), "path", path,
				   "old", old, "new", value);
	int err;

	if (!record)
		return error_set(e, -ENOMEM, "out of memory");

	err = journal_append(j->dir, j->folder, &j->lines, record, e);
	json_decref(record);
	return err;
}

/* What it says instead is undone, so that the knob is as it was. */
static int read_back(struct journal *j, const char *path, const char *value,
		     const char *before, struct error *e)
{
	struct error ignored = { 0 };
	char now[KNOB_VALUE_BYTES];
	int err = knob_read(j->root, path, now, e);

	if (err || knob_same(now, value))
		return err;

	knob_write(j->root, path, before, &ignored);
	return error_set(e, -EIO,
			 "%s: was set to `%.200s`, but then said `%.200s`; it "
			 "is put back to `%.200s`",
			 path, value, now, before);
}

/* Return: 1 if it says so already. */
static int write_down(struct journal *j, const char *path, const char *value,
		      char now[KNOB_VALUE_BYTES], struct error *e)
{
	int err = knob_check(path, e);

	if (!err)
		err = knob_value_check(value, e);
	if (!err)
		err = knob_read(j->root, path, now, e);
	if (err)
		return err;
	if (knob_same(now, value))
		return 1;

	err = prepare(j, e);
	return err ? err : append(j, path, old_value(j, path, now), value, e);
}

int journal_set(struct journal *j, const char *path, const char *value,
		struct error *e)
{
	char before[KNOB_VALUE_BYTES];
	int err = write_down(j, path, value, before, e);

	if (err)
		return err > 0 ? 0 : err;

	err = knob_write(j->root, path, value, e);
	return err ? err : read_back(j, path, value, before, e);
}

static bool is_alive(const struct journal *j, const struct journal_line *l)
{
	return !strcmp(l->boot, j->boot) &&
	       process_start((pid_t)l->pid) == l->start;
}

int journal_look_for_leftover(struct journal *j,
			      struct journal_leftover *ret_leftover,
			      struct error *e)
{
	struct journal_leftover leftover = { 0 };
	struct journal seen = { .folder = -1, .root = j->root };
	int folder, err;

	err = state_folder_open(j->dir, false, &folder, e);
	if (err || folder < 0) {
		*ret_leftover = leftover;
		return err;
	}
	err = journal_load(j->dir, folder, &seen.lines, e);
	close(folder);
	environment_boot_id(j->root, seen.boot);

	for (size_t i = 0; i < seen.lines.nr; i++) {
		const struct journal_line *l = &seen.lines.of[i];

		if (!l->record || !journal_is_in_force(&seen, l) ||
		    is_alive(&seen, l) || journal_newest(&seen, l->path) != l)
			continue;
		leftover.nr_knobs++;
		leftover.pid = (int)l->pid;
	}
	journal_lines_finish(&seen.lines);
	*ret_leftover = leftover;
	return err;
}
