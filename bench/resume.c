// SPDX-License-Identifier: GPL-2.0-only
#include "resume.h"

#include "resume_lines.h"
#include "runner_steps.h"

#include "common/record.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t max_batch_ops = UINT64_C(1) << 30;

static int check_head(const json_t *record, const char *dir, struct error *e)
{
	uint64_t schema;

	if (!record || strcmp(record_text_or(record, "type", ""), "run") != 0)
		return error_set(e, -EINVAL,
				 "%s/" RESULT_FILE " does not begin with a "
				 "run: there is nothing to go on with",
				 dir);
	if (record_u64(record, "schema", &schema, e)) {
		error_prefix(e, "%s/" RESULT_FILE ":1", dir);
		return -EINVAL;
	}
	if (schema > FL_SCHEMA_VERSION)
		return error_set(e, -ENOTSUP,
				 "%s/" RESULT_FILE " has schema %" PRIu64
				 ", this faultline knows up to %d: use a newer "
				 "one",
				 dir, schema, FL_SCHEMA_VERSION);
	return 0;
}

static int take_head(const json_t *record, const char *dir,
		     struct resume_head *ret_head, struct error *e)
{
	const char *id, *config;
	int err = check_head(record, dir, e);

	if (err)
		return err;
	if (record_text(record, "run", &id, e) ||
	    record_text(record, "config", &config, e)) {
		error_prefix(e, "%s/" RESULT_FILE ":1", dir);
		return -EINVAL;
	}
	if (strlen(id) != HASH_TEXT_BYTES - 1)
		return error_set(e, -EINVAL,
				 "%s/" RESULT_FILE ":1: `%s` is "
				 "no id of a run",
				 dir, id);

	memcpy(ret_head->run_id, id, HASH_TEXT_BYTES);
	snprintf(ret_head->build, sizeof(ret_head->build), "%s",
		 record_text_or(record, "build", "unknown"));
	ret_head->config = strdup(config);
	return ret_head->config ? 0 : error_set(e, -ENOMEM, "out of memory");
}

int resume_read_head(const struct result_writer *w, const char *dir,
		     struct resume_head *ret_head, struct error *e)
{
	struct resume_lines lines;
	json_t *record = NULL;
	int err = resume_lines_init(&lines, w->fd);

	if (!err && resume_lines_next(&lines, &record) < 0)
		err = -EIO;
	if (err)
		error_set(e, err, "%s/" RESULT_FILE ": %s", dir,
			  strerror(-err));
	else
		err = take_head(record, dir, ret_head, e);

	json_decref(record);
	resume_lines_finish(&lines);
	return err;
}

void resume_head_finish(struct resume_head *head)
{
	free(head->config);
	head->config = NULL;
}

/* The launch whose records are just coming by. */
struct reading {
	struct runner *r;
	uint64_t number; /* 0: none */
	bool damaged;
	struct estimate_launch launch;
	json_t *windows; /* their meaning depends on the workload */
	struct error *e;
};

static void forget_launch(struct reading *rd)
{
	rd->number = 0;
	rd->damaged = false;
	estimate_launch_finish(&rd->launch);
	json_decref(rd->windows);
	rd->windows = NULL;
}

static int compare_ids(const void *a, const void *b, void *points)
{
	const struct plan_point *p = points;

	return strcmp(p[*(const size_t *)a].id, p[*(const size_t *)b].id);
}

/* Borrows the array of the rounds, which have not begun. */
static void sort_points(struct runner *r)
{
	for (size_t i = 0; i < r->plan->nr_points; i++)
		r->order[i] = i;
	qsort_r(r->order, r->plan->nr_points, sizeof(*r->order), compare_ids,
		r->plan->points);
}

/* Which point of the plan, or nr_points. */
static size_t find_point(const struct runner *r, const json_t *record)
{
	const char *id = record_text_or(record, "point", "");
	size_t from = 0, to = r->plan->nr_points;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		size_t index = r->order[middle];
		int side = strcmp(id, r->plan->points[index].id);

		if (!side)
			return index;
		if (side < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return r->plan->nr_points;
}

static int take_boot(struct reading *rd, const json_t *record)
{
	const char *boot = record_text_or(record, "boot", "");

	rd->r->has_boot = !strcmp(boot, rd->r->boot_id);
	return 0;
}

static int take_point(struct reading *rd, const json_t *record)
{
	size_t index = find_point(rd->r, record);
	const json_t *calibration = json_object_get(record, "calibration");
	struct runner_point *p = &rd->r->points[index];
	uint64_t batch_ops;

	if (index == rd->r->plan->nr_points ||
	    record_u64(record, "batch_ops", &batch_ops, NULL) || !batch_ops ||
	    batch_ops > max_batch_ops)
		return 0;

	p->batch_ns = record_real_or(calibration, "batch_ns", 0);
	if (!(p->batch_ns >= 0))
		return 0;
	p->calibrated = true;
	p->batch_ops = batch_ops;
	return 0;
}

/* A point that was given up stays given up. */
static int close_point(struct reading *rd, const json_t *record,
		       enum runner_state state)
{
	size_t index = find_point(rd->r, record);
	struct runner_point *p = &rd->r->points[index];

	if (index == rd->r->plan->nr_points)
		return 0;

	p->state = state;
	free(p->why);
	p->why = strdup(record_text_or(record, "why", "no reason given"));
	return p->why ? 0 : -ENOMEM;
}

static int take_skip(struct reading *rd, const json_t *record)
{
	return close_point(rd, record, RUNNER_SKIPPED);
}

static int take_error(struct reading *rd, const json_t *record)
{
	return close_point(rd, record, RUNNER_FAILED);
}

static int take_end(struct reading *rd, const json_t *record)
{
	const char *why = record_text_or(record, "why", "");

	rd->r->finished = !strcmp(why, "done") || !strcmp(why, "budget");
	return 0;
}

static int take_run(struct reading *rd, const json_t *record)
{
	if (!strcmp(record_text_or(record, "run", ""), rd->r->run_id))
		return 0;

	return error_set(rd->e, -EINVAL,
			 "%s/" RESULT_FILE " holds more than one run: a merged "
			 "file cannot be gone on with",
			 rd->r->dir);
}

static int replay_windows(struct reading *rd, const struct fl_workload *w)
{
	struct error ignored = { 0 };
	size_t nr = json_array_size(rd->windows);

	for (size_t i = 0; i < nr; i++) {
		const json_t *record = json_array_get(rd->windows, i);
		int err = estimate_launch_add(&rd->launch, w, record, &ignored);

		if (err)
			return err;
	}
	return 0;
}

static int count_ok(struct reading *rd, size_t index)
{
	struct runner *r = rd->r;
	const struct fl_workload *w = r->plan->points[index].workload;
	struct error ignored = { 0 };
	int err = replay_windows(rd, w);

	if (!err)
		err = estimate_add(&r->points[index].estimate, &rd->launch, w,
				   r->config->m, &ignored);
	if (err == -ENOMEM)
		return err;
	if (err)
		r->nr_damaged++;
	else
		r->nr_ok++;
	return 0;
}

static int commit(struct reading *rd, const json_t *record)
{
	struct runner *r = rd->r;
	const char *status = record_text_or(record, "status", "");
	size_t index = find_point(r, record);
	double wall_ns = record_real_or(record, "wall_ns", 0);
	double round = record_real_or(record, "round", 0);

	if (wall_ns > 0 && wall_ns < 1e15)
		r->used_ns += (uint64_t)wall_ns;
	if (round >= r->round && round < 1e9)
		r->round = (unsigned)round + 1;

	rd->launch.long_ops = json_is_true(json_object_get(record, "long_ops"));
	if (!strcmp(status, "invalid"))
		r->nr_invalid++;
	else if (!strcmp(status, "failed"))
		r->nr_failed++;
	else if (!strcmp(status, "ok") && index < r->plan->nr_points)
		return count_ok(rd, index);
	return 0;
}

/* Moves on to the launch of this record, if it is another one. */
static void follow_launch(struct reading *rd, const json_t *record)
{
	uint64_t number;

	if (record_u64(record, "launch", &number, NULL) ||
	    number == rd->number || number > INT64_MAX)
		return;

	/* Damage before a launch's first record may be damage to it. */
	if (rd->number)
		forget_launch(rd);
	rd->number = number;
	if (number >= rd->r->next_launch)
		rd->r->next_launch = number + 1;
}

static int take_launch_part(struct reading *rd, json_t *record)
{
	const char *type = record_text_or(record, "type", "");
	struct error ignored = { 0 };
	int err = 0;

	follow_launch(rd, record);
	if (!strcmp(type, "launch")) {
		if (!rd->damaged)
			err = commit(rd, record);
		forget_launch(rd);
		return err;
	}
	if (!strcmp(type, "window")) {
		if (!rd->windows)
			rd->windows = json_array();
		return json_array_append(rd->windows, record) ? -ENOMEM : 0;
	}

	err = estimate_launch_add(&rd->launch, NULL, record, &ignored);
	if (err == -EINVAL) {
		rd->damaged = true;
		rd->r->nr_damaged++;
		err = 0;
	}
	return err;
}

static int take_record(struct reading *rd, json_t *record)
{
	static const struct {
		const char *type;
		int (*take)(struct reading *rd, const json_t *record);
	} rows[] = {
		{ "run", take_run },	 { "boot", take_boot },
		{ "point", take_point }, { "skip", take_skip },
		{ "error", take_error }, { "end", take_end },
	};
	const char *type = record_text_or(record, "type", "");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(type, rows[i].type))
			return rows[i].take(rd, record);

	if (!json_object_get(record, "launch"))
		return 0;
	return take_launch_part(rd, record);
}

static int read_all(struct reading *rd, struct resume_lines *lines)
{
	json_t *record;
	int more;
	int err = 0;

	while (!err && (more = resume_lines_next(lines, &record)) != 0) {
		if (more < 0)
			return more;
		if (record) {
			err = take_record(rd, record);
		} else {
			rd->damaged = true;
			rd->r->nr_damaged++;
		}
		json_decref(record);
	}
	return err;
}

int resume_read_points(struct runner *r, struct error *e)
{
	struct reading rd = { .r = r, .e = e };
	struct resume_lines lines;
	int err = resume_lines_init(&lines, r->writer.fd);

	sort_points(r);
	if (!err)
		err = read_all(&rd, &lines);
	forget_launch(&rd);
	resume_lines_finish(&lines);
	if (err)
		return error_set(e, err, "%s/" RESULT_FILE ": %s", r->dir,
				 strerror(-err));

	runner_settle(r);
	return 0;
}
