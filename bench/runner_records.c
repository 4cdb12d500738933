// SPDX-License-Identifier: GPL-2.0-only
/* The records that the driver makes itself, as docs/result-format.md has them. */
#include "runner_steps.h"

#include "common/condition.h"
#include "common/param.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	HOST_BYTES = 256,
	MAX_ARGV = 256
};

static json_t *any_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy;

	if (value)
		return value;

	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *c = copy; *c; c++)
		if (*c > '~' || *c < ' ')
			*c = '?';
	value = json_string(copy);
	free(copy);
	return value;
}

int runner_set_text(json_t *record, const char *key, const char *text)
{
	return json_object_set_new(record, key, any_text(text));
}

json_t *runner_record(const struct runner *r, const char *type)
{
	json_t *record = json_pack("{ss ss}", "type", type, "run", r->run_id);

	if (record)
		runner_set_label(r, record);
	return record;
}

int runner_set_label(const struct runner *r, json_t *record)
{
	const struct runner_via *via = r->request.via;

	return via ? json_object_set_new(record, "vm", json_string(via->label))
		   : 0;
}

int runner_write(struct runner *r, json_t *record, struct error *e)
{
	int err;

	if (!record)
		return error_set(e, -ENOMEM, "out of memory");

	err = result_writer_add(&r->writer, record, e);
	json_decref(record);
	return err;
}

static json_t *record_argv(const struct runner_request *request)
{
	json_t *list = json_array();

	for (int i = 0; i < request->argc && i < MAX_ARGV; i++)
		json_array_append_new(list, any_text(request->argv[i]));
	return list;
}

static json_t *record_config(const struct config *c)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);
	json_t *value = NULL;
	int err;

	if (!out)
		return NULL;

	err = config_print(c, out);
	if (!fclose(out) && !err)
		value = any_text(text);
	free(text);
	return value;
}

json_t *runner_record_run(const struct runner *r)
{
	const struct runner_request *request = &r->request;
	json_t *record = runner_record(r, "run");
	char host[HOST_BYTES] = "", started[32];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	gethostname(host, sizeof(host) - 1);

	if (json_object_set_new(record, "schema",
				json_integer(FL_SCHEMA_VERSION)) ||
	    runner_set_text(record, "version", request->version) ||
	    runner_set_text(record, "build", request->build) ||
	    json_object_set_new(record, "comparable",
				json_boolean(request->comparable)) ||
	    json_object_set_new(record, "argv", record_argv(request)) ||
	    json_object_set_new(record, "config", record_config(r->config)) ||
	    json_object_set_new(record, "seed",
				json_integer((json_int_t)r->config->seed)) ||
	    json_object_set_new(record, "m", json_real(r->config->m)) ||
	    json_object_set_new(record, "inject",
				json_real(r->config->inject)) ||
	    runner_set_text(record, "started", started) ||
	    runner_set_text(record, "host", host) ||
	    (request->via &&
	     json_object_set_new(record, "guest",
				 request->via->describe(request->via->ctx))) ||
	    (r->toggle_fd >= 0 &&
	     json_object_set_new(record, "toggle", runner_toggle_record(r)))) {
		json_decref(record);
		return NULL;
	}
	return record;
}

json_t *runner_record_params(const struct plan_point *point)
{
	const struct fl_param *p = point->workload->params;
	json_t *object = json_object();
	char text[PARAM_TEXT_BYTES];

	for (; p && p->name; p++) {
		uint64_t value = param_get(p, point->params);

		if (plan_param_matters(point, p))
			json_object_set_new(
				object, p->name,
				json_string(param_print(p, value, text)));
	}
	return object;
}

static const char *mode_name(enum fl_mode mode)
{
	switch (mode) {
	case FL_MODE_BATCH:
		return "batch";
	case FL_MODE_WINDOW:
		return "window";
	case FL_MODE_TRIAL:
		return "trial";
	}
	return "unknown";
}

/* The time of a batch, where instructions are counted instead. */
static const char *unit_of(const struct runner *r, const struct plan_point *p,
			   const struct fl_metric *m)
{
	const struct runner_via *via = r->request.via;

	return via && via->unit == FL_JOB_INSTRUCTIONS &&
			       p->workload->mode == FL_MODE_BATCH &&
			       m == p->workload->metrics &&
			       !strcmp(m->unit, "ns")
		       ? "instructions"
		       : m->unit;
}

static json_t *record_metrics(const struct runner *r,
			      const struct plan_point *point)
{
	static const char *const kinds[] = {
		[FL_KIND_LATENCY] = "latency",
		[FL_KIND_RATE] = "rate",
		[FL_KIND_RATIO] = "ratio",
		[FL_KIND_COUNT] = "count",
	};
	const struct fl_metric *m = point->workload->metrics;
	json_t *list = json_array();

	for (; m && m->name; m++) {
		if (!condition_when(point->workload, m->when, &r->units,
				    point->params))
			continue;
		json_array_append_new(
			list, json_pack("{ss ss ss ss}", "name", m->name,
					"unit", unit_of(r, point, m), "better",
					m->better == FL_BETTER_HIGHER ? "higher"
								      : "lower",
					"kind", kinds[m->kind]));
	}
	return list;
}

static json_t *record_terms(const struct plan_point *point)
{
	const struct fl_term *t = point->workload->terms;
	json_t *list = json_array();

	for (; t && t->name; t++)
		json_array_append_new(
			list, json_pack("{ss ss ss sb}", "name", t->name,
					"unit", t->unit, "words", t->words,
					"capped", (int)t->capped));
	return list;
}

static json_t *record_outcomes(const struct fl_workload *w)
{
	const struct fl_outcome *o = w->outcomes;
	json_t *list = json_array();

	for (; o && o->name; o++)
		json_array_append_new(list, json_pack("{ss ss}", "name",
						      o->name, "help",
						      o->help ? o->help : ""));
	return list;
}

static json_t *record_oracles(const struct fl_workload *w)
{
	const struct fl_oracle *o = w->oracles;
	json_t *list = json_array();

	for (; o && o->name; o++)
		json_array_append_new(
			list, json_pack("{ss ss}", "name", o->name, "words",
					o->words ? o->words : ""));
	return list;
}

/* Where it is in the kernel, and which discussion it is about. */
static int set_links(json_t *record, const struct fl_workload *w)
{
	int err = 0;

	if (w->kernel_path)
		err = runner_set_text(record, "kernel_path", w->kernel_path);
	if (!err && w->source)
		err = runner_set_text(record, "source", w->source);
	return err;
}

/* Only a workload of trials has them. */
static int set_outcomes(json_t *record, const struct fl_workload *w)
{
	if (w->mode != FL_MODE_TRIAL)
		return 0;
	if (w->exposure && runner_set_text(record, "exposure", w->exposure))
		return -ENOMEM;
	return json_object_set_new(record, "outcomes", record_outcomes(w)) ||
	       json_object_set_new(record, "oracles", record_oracles(w));
}

static json_t *record_cpus(const struct plan_point *point)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < point->nr_cpus; i++)
		json_array_append_new(list, json_integer(point->cpus[i]));
	return list;
}

json_t *runner_record_point(const struct runner *r, size_t index,
			    const json_t *calibration)
{
	const struct plan_point *point = &r->plan->points[index];
	const struct runner_point *p = &r->points[index];
	json_t *copy = calibration ? json_copy((json_t *)calibration)
				   : json_object();
	json_t *record = runner_record(r, "point");

	json_object_del(copy, "type");
	if (runner_set_text(record, "point", point->id) ||
	    runner_set_text(record, "workload", point->workload->name) ||
	    runner_set_text(record, "mode", mode_name(point->workload->mode)) ||
	    json_object_set_new(record, "params",
				runner_record_params(point)) ||
	    runner_set_text(record, "placement", plan_placement(r->config)) ||
	    json_object_set_new(record, "cpus", record_cpus(point)) ||
	    json_object_set_new(record, "batch_ops",
				json_integer((json_int_t)p->batch_ops)) ||
	    json_object_set_new(record, "metrics", record_metrics(r, point)) ||
	    json_object_set_new(record, "terms", record_terms(point)) ||
	    set_links(record, point->workload) ||
	    set_outcomes(record, point->workload) ||
	    json_object_set_new(record, "calibration", copy) ||
	    json_object_set_new(record, "estimates",
				json_pack("{sI}", "memory_bytes",
					  (json_int_t)point->memory_bytes))) {
		json_decref(record);
		return NULL;
	}
	return record;
}

json_t *runner_record_end(const struct runner *r)
{
	static const char *const whys[] = {
		[RUNNER_WHY_DONE] = "done",
		[RUNNER_WHY_BUDGET] = "budget",
		[RUNNER_WHY_INTERRUPTED] = "interrupted",
		[RUNNER_WHY_ERROR] = "error",
	};
	uint64_t launches = r->nr_ok + r->nr_invalid + r->nr_failed;

	json_t *record = runner_record(r, "end");

	json_object_set_new(record, "why", json_string(whys[r->why]));
	json_object_set_new(record, "launches",
			    json_integer((json_int_t)launches));
	json_object_set_new(
		record, "seconds",
		json_real((double)(runner_now_ns() - r->start_ns) / 1e9));
	return record;
}
