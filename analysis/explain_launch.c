// SPDX-License-Identifier: GPL-2.0-only
#include "explain_launch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct explain_launch *launch;
	uint64_t batch_ops;
	size_t nr_ok;
	char *why; /* what kept a launch from being ok */
	struct error *e;
};

void explain_launch_finish(struct explain_launch *l)
{
	free(l->kernel);
	free(l->workload);
	for (size_t i = 0; i < FL_MAX_SLOTS; i++)
		free(l->slots[i].name);
	record_batches_finish(&l->batches);
	memset(l, 0, sizeof(*l));
}

static int keep(char **to, const json_t *record, const char *key)
{
	const char *text = record_text_or(record, key, NULL);

	if (!text)
		return 0;
	free(*to);
	*to = result_text(text);
	return *to ? 0 : -ENOMEM;
}

static int take_boot(struct reading *r, const json_t *record)
{
	return keep(&r->launch->kernel, record, "kernel");
}

static int take_point(struct reading *r, const json_t *record)
{
	int err = record_u64(record, "batch_ops", &r->batch_ops, r->e);

	return err ? err : keep(&r->launch->workload, record, "workload");
}

static int take_arm(struct reading *r, const json_t *record)
{
	struct explain_slot *s;
	uint64_t slot;

	if (!json_object_get(record, "slot"))
		return 0;
	if (record_u64(record, "slot", &slot, r->e))
		return -EINVAL;
	if (slot >= FL_MAX_SLOTS)
		return 0;

	s = &r->launch->slots[slot];
	if (record_u64(record, "ops", &s->ops, NULL) || !s->ops)
		s->ops = r->batch_ops;
	s->reference = !strcmp(record_text_or(record, "kind", ""), "reference");
	return keep(&s->name, record, "name");
}

static int take_samples(struct reading *r, const json_t *record)
{
	return record_batches_add(&r->launch->batches, record, FL_MAX_SLOTS,
				  r->e);
}

static int take_launch(struct reading *r, const json_t *record)
{
	if (!strcmp(record_text_or(record, "status", ""), "ok")) {
		r->nr_ok++;
		return 0;
	}
	return keep(&r->why, record, "why");
}

static int take_why(struct reading *r, const json_t *record)
{
	return keep(&r->why, record, "why");
}

static int take_line(struct reading *r, const char *line, size_t bytes)
{
	static const struct {
		const char *type;
		int (*take)(struct reading *r, const json_t *record);
	} rows[] = {
		{ "boot", take_boot },	   { "point", take_point },
		{ "arm", take_arm },	   { "samples", take_samples },
		{ "launch", take_launch }, { "skip", take_why },
		{ "error", take_why },
	};
	json_t *record = record_parse(line, bytes, r->e);
	const char *type = record_text_or(record, "type", "");
	int err = record ? 0 : -EINVAL;

	for (size_t i = 0; !err && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(type, rows[i].type))
			err = rows[i].take(r, record);
	json_decref(record);
	return err;
}

static int read_lines(struct reading *r, const char *path, FILE *in)
{
	struct place where = { .file = path };
	char *line = NULL;
	size_t capacity = 0;
	ssize_t bytes;
	int err = 0;

	while (!err && (bytes = getline(&line, &capacity, in)) > 0) {
		where.line++;
		err = take_line(r, line,
				(size_t)bytes - (line[bytes - 1] == '\n'));
	}
	free(line);
	if (err == -EINVAL)
		return error_at(r->e, err, &where, "a record is damaged");
	return err;
}

static int check(const struct reading *r, const char *dir)
{
	if (r->nr_ok > 1)
		return error_set(r->e, -ENODATA,
				 "%s: of %zu launches none is the one", dir,
				 r->nr_ok);
	if (r->nr_ok && r->launch->batches.nr)
		return 0;
	return error_set(r->e, -ENODATA, "%s: nothing was measured: %s", dir,
			 r->why ? r->why : "there is no launch that is ok");
}

int explain_launch_read(const char *dir, struct explain_launch *ret,
			struct error *e)
{
	struct reading r = { .launch = ret, .e = e };
	char path[PATH_MAX];
	FILE *in;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (snprintf(path, sizeof(path), "%s/run.jsonl", dir) >=
	    (int)sizeof(path))
		return error_set(e, -ENAMETOOLONG, "%s: the path is too long",
				 dir);
	in = fopen(path, "re");
	if (!in)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));

	err = read_lines(&r, path, in);
	fclose(in);
	if (!err)
		err = check(&r, dir);
	free(r.why);
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}

int explain_launch_slot(const struct explain_launch *l, const char *arm)
{
	for (int i = 0; i < FL_MAX_SLOTS; i++) {
		const struct explain_slot *s = &l->slots[i];

		if (s->name && (arm ? !strcmp(s->name, arm) : s->reference))
			return i;
	}
	return -1;
}
