// SPDX-License-Identifier: GPL-2.0-only
#include "job.h"

#include "job_lines.h"
#include "job_toggle.h"

#include "common/feature.h"
#include "common/nearest.h"
#include "common/param.h"
#include "common/units.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARAM_PREFIX   "param."
#define FEATURE_PREFIX "feature."

enum {
	MAX_SECONDS = 3600,
	NS = 1000000000,
	MAX_CPU = 8191
};

/* Keys with a number, and the kinds that cannot do without. */
static const struct job_number {
	const char *key;
	size_t offset;
	uint64_t min, max;
	unsigned required; /* bit of each kind */
} job_numbers[] = {
	{ "seed", offsetof(struct job, seed), 0, UINT64_MAX,
	  1 << FL_JOB_LAUNCH | 1 << FL_JOB_CALIBRATE },
	{ "batch_ops", offsetof(struct job, batch_ops), 0, 1 << 30,
	  1 << FL_JOB_LAUNCH },
	{ "batch_ns", offsetof(struct job, batch_ns), 0, UINT64_C(10) * NS,
	  1 << FL_JOB_CALIBRATE },
	{ "launch_ns", offsetof(struct job, launch_ns), 0,
	  (uint64_t)MAX_SECONDS *NS, 1 << FL_JOB_LAUNCH },
	{ "blocks", offsetof(struct job, blocks), 0, 1 << 20, 0 },
	{ "unit", offsetof(struct job, unit), 0, FL_JOB_INSTRUCTIONS, 0 },
	{ "trials", offsetof(struct job, trials), 0, 1 << 30, 0 },
	{ "warmup_ns", offsetof(struct job, warmup_ns), 0,
	  (uint64_t)MAX_SECONDS *NS, 0 },
	{ "inject_ppm", offsetof(struct job, inject_ppm), 0, 1000000, 0 },
	{ "counters", offsetof(struct job, counters), 0, FL_JOB_COUNTERS_ALL,
	  0 },
	{ "limit_ns", offsetof(struct job, limit_ns), 1000000,
	  (uint64_t)MAX_SECONDS * 24 * NS,
	  1 << FL_JOB_LAUNCH | 1 << FL_JOB_CALIBRATE },
	{ "parent", offsetof(struct job, parent), 0, INT32_MAX, 0 },
};

enum {
	NR_NUMBERS = sizeof(job_numbers) / sizeof(job_numbers[0])
};

static const char *const job_words[] = {
	"protocol",  "kind",	  "workload",	      "cpus",	"seed",
	"batch_ops", "batch_ns",  "launch_ns",	      "trials", "warmup_ns",
	"limit_ns",  "counters",  "inject_ppm",	      "parent", "toggle",
	"toggle_v0", "toggle_v1", "toggle_settle_ns", "blocks", "unit"
};

static int parse_kind(struct job_lines *l, struct job *job, struct error *e)
{
	static const char *const words[] = { NULL, "launch", "calibrate",
					     "probe" };
	const char *kind = job_lines_take(l, "kind");

	for (unsigned i = FL_JOB_LAUNCH; kind && i <= FL_JOB_PROBE; i++)
		if (!strcmp(kind, words[i]))
			job->kind = (enum fl_job_kind)i;

	if (!job->kind)
		return error_set(
			e, -EINVAL,
			"job: kind must be launch, calibrate or probe");
	return 0;
}

static int parse_head(struct job_lines *l, struct job *job, struct error *e)
{
	const char *version = job_lines_take(l, "protocol");
	const char *name;
	uint64_t number;
	int err;

	if (!version || l->line[0].value != version)
		return error_set(e, -EPROTO,
				 "job: the first line must be protocol=%d",
				 FL_PROTOCOL_VERSION);
	if (units_parse_u64(version, &number) || number != FL_PROTOCOL_VERSION)
		return error_set(e, -EPROTO,
				 "job: protocol `%s`, this agent speaks %d",
				 version, FL_PROTOCOL_VERSION);
	err = parse_kind(l, job, e);
	if (err)
		return err;

	name = job_lines_take(l, "workload");
	if (!name)
		return job->kind == FL_JOB_PROBE
			       ? 0
			       : error_set(e, -EINVAL, "job: no workload");
	job->workload = registry_find(name);
	if (!job->workload)
		return error_set(e, -EINVAL, "job: no workload `%s`", name);
	return 0;
}

static int parse_number(const struct job_number *n, const char *text,
			struct job *job, struct error *e)
{
	uint64_t value;

	if (units_parse_u64(text, &value))
		return error_set(e, -EINVAL, "job: %s: `%s` is no number",
				 n->key, text);
	if (value < n->min || value > n->max)
		return error_set(e, -ERANGE,
				 "job: %s: %" PRIu64 " is not between %" PRIu64
				 " and %" PRIu64,
				 n->key, value, n->min, n->max);
	memcpy((char *)job + n->offset, &value, sizeof(value));
	return 0;
}

static int parse_numbers(struct job_lines *l, struct job *job, struct error *e)
{
	for (size_t i = 0; i < NR_NUMBERS; i++) {
		const struct job_number *n = &job_numbers[i];
		const char *text = job_lines_take(l, n->key);
		int err = 0;

		if (text)
			err = parse_number(n, text, job, e);
		else if (n->required & 1U << job->kind)
			err = error_set(e, -EINVAL, "job: no %s", n->key);
		if (err)
			return err;
	}
	return 0;
}

static int parse_cpu(struct job *job, const char *text, struct error *e)
{
	uint64_t cpu;

	if (units_parse_u64(text, &cpu) || cpu > MAX_CPU)
		return error_set(e, -EINVAL, "job: cpus: `%s` is no CPU", text);
	if (job->nr_cpus == JOB_MAX_CPUS)
		return error_set(e, -E2BIG, "job: cpus: more than %d",
				 JOB_MAX_CPUS);
	job->cpus[job->nr_cpus++] = (unsigned)cpu;
	return 0;
}

static int parse_cpus(struct job_lines *l, struct job *job, struct error *e)
{
	struct job_line *line = job_lines_find(l, "cpus");
	char *next = line ? line->value : NULL;
	char *text;
	int err = 0;

	if (!line)
		return job->kind == FL_JOB_PROBE
			       ? 0
			       : error_set(e, -EINVAL, "job: no cpus");
	line->used = true;
	while (!err && (text = strsep(&next, ",")))
		err = parse_cpu(job, text, e);
	return err;
}

static bool param_in_range(const struct fl_param *p, uint64_t value)
{
	uint64_t nr = 0;

	switch (p->type) {
	case FL_TYPE_BOOL:
		return value <= 1;
	case FL_TYPE_ENUM:
		while (p->choices[nr])
			nr++;
		return value < nr;
	default:
		return value >= p->min && value <= p->max;
	}
}

static int parse_param(struct job_lines *l, const struct fl_param *p,
		       struct job *job, struct error *e)
{
	char key[128];
	const char *text;
	uint64_t value;

	snprintf(key, sizeof(key), PARAM_PREFIX "%s", p->name);
	text = job_lines_take(l, key);
	if (!text)
		return error_set(e, -EINVAL, "job: no %s", key);
	if (units_parse_u64(text, &value))
		return error_set(e, -EINVAL, "job: %s: `%s` is no number", key,
				 text);
	if (!param_in_range(p, value))
		return error_set(e, -ERANGE,
				 "job: %s: %" PRIu64 " is out of range", key,
				 value);
	param_set(p, job->params, value);
	return 0;
}

static int parse_params(struct job_lines *l, struct job *job, struct error *e)
{
	const struct fl_workload *w = job->workload;

	if (!w)
		return 0;

	job->params = calloc(1, w->params_size ? w->params_size : 1);
	if (!job->params)
		return error_set(e, -ENOMEM, "job: no memory");

	for (const struct fl_param *p = w->params; p && p->name; p++) {
		int err = parse_param(l, p, job, e);

		if (err)
			return err;
	}
	return 0;
}

/* feature.NAME=STATE, and behind a colon why. */
static int parse_feature(struct job_lines *l, enum fl_feature feature,
			 struct job *job, struct error *e)
{
	struct job_feature *f = &job->features[feature];
	char key[64], state[16];
	const char *text, *colon;

	snprintf(key, sizeof(key), FEATURE_PREFIX "%s", feature_name(feature));
	text = job_lines_take(l, key);
	if (!text)
		return 0;

	colon = strchrnul(text, ':');
	snprintf(state, sizeof(state), "%.*s", (int)(colon - text), text);
	f->state = feature_state_find(state);
	if (!f->state)
		return error_set(
			e, -EINVAL,
			"job: %s: `%s` is not yes, no, denied or failed", key,
			state);
	snprintf(f->why, sizeof(f->why), "%s", *colon ? colon + 1 : "");
	return 0;
}

static int parse_features(struct job_lines *l, struct job *job, struct error *e)
{
	int err = 0;

	for (unsigned i = FL_FEATURE_NONE + 1; i < FL_FEATURE_NR && !err; i++)
		err = parse_feature(l, (enum fl_feature)i, job, e);
	return err;
}

static int check_unknown(const struct job_lines *l, struct error *e)
{
	for (unsigned i = 0; i < l->nr; i++) {
		const char *key = l->line[i].key, *near;

		if (l->line[i].used)
			continue;
		near = nearest_word(key, job_words,
				    sizeof(job_words) / sizeof(job_words[0]));
		return error_set(e, -EINVAL, "job: `%s` is no key here%s%s%s",
				 key, near ? ", near `" : "", near ? near : "",
				 near ? "`" : "");
	}
	return 0;
}

static int check_whole(const struct job *job, struct error *e)
{
	if (job->kind == FL_JOB_LAUNCH &&
	    job->workload->mode == FL_MODE_BATCH && !job->batch_ops)
		return error_set(e, -ERANGE,
				 "job: batch_ops: 0, a launch needs 1 or more");
	if (job->batch_ops && job->workload && job->workload->max_ops &&
	    job->batch_ops > job->workload->max_ops(job->params))
		return error_set(e, -ERANGE,
				 "job: batch_ops: more than %s can do",
				 job->workload->name);
	return 0;
}

static int parse_lines(struct job_lines *l, struct job *job, struct error *e)
{
	int err = job_lines_split(l, e);

	if (!err && !l->nr)
		err = error_set(e, -EPROTO, "the job is empty");
	if (!err)
		err = parse_head(l, job, e);
	if (!err)
		err = parse_numbers(l, job, e);
	if (!err)
		err = parse_cpus(l, job, e);
	if (!err)
		err = parse_params(l, job, e);
	if (!err)
		err = parse_features(l, job, e);
	if (!err)
		err = job_toggle_parse(l, &job->toggle, e);
	if (!err)
		err = check_unknown(l, e);
	if (!err)
		err = check_whole(job, e);
	return err;
}

int job_parse(const char *text, size_t bytes, struct job *ret_job,
	      struct error *e)
{
	struct job_lines lines = { 0 };
	struct job job = { 0 };
	int err = job_check_end(text, bytes, e);

	if (err)
		return err;
	if (memchr(text, '\0', bytes))
		return error_set(e, -EPROTO, "job: a zero byte");

	lines.text = strndup(text, bytes);
	if (!lines.text)
		return error_set(e, -ENOMEM, "job: no memory");

	err = parse_lines(&lines, &job, e);
	free(lines.text);
	if (err) {
		job_finish(&job);
		return err;
	}
	*ret_job = job;
	return 0;
}

void job_finish(struct job *job)
{
	free(job->params);
	job->params = NULL;
	job_toggle_finish(&job->toggle);
}
