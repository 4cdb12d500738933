// SPDX-License-Identifier: GPL-2.0-only
/* Records that belong to no launch: run, boot, point, skip, error, end. */
#include "array.h"
#include "loader.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static double ratio_or(const json_t *record, const char *key, double otherwise)
{
	double value = record_real_or(record, key, otherwise);

	return isfinite(value) && value >= 0 && value < 10 ? value : otherwise;
}

static int run_texts(const json_t *record, struct result_run *run)
{
	const struct {
		const char *key;
		char **text;
	} rows[] = {
		{ "run", &run->id },	  { "version", &run->version },
		{ "build", &run->build }, { "started", &run->started },
		{ "host", &run->host },	  { "vm", &run->vm },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (loader_text(record, rows[i].key, rows[i].text))
			return -ENOMEM;
	return 0;
}

/* All or nothing.  Return: 0 or -ENOMEM. */
static int run_toggle(const json_t *record, struct result_run *run)
{
	const char *file, *first, *second;

	if (json_unpack(json_object_get(record, "toggle"), "{s:s,s:[s,s]}",
			"file", &file, "values", &first, &second))
		return 0;

	run->toggle_file = result_text(file);
	run->toggle_first = result_text(first);
	run->toggle_second = result_text(second);
	return run->toggle_file && run->toggle_first && run->toggle_second
		       ? 0
		       : -ENOMEM;
}

static bool same_toggle(const struct result_run *a, const struct result_run *b)
{
	return result_same_text(a->toggle_file, b->toggle_file) &&
	       result_same_text(a->toggle_first, b->toggle_first) &&
	       result_same_text(a->toggle_second, b->toggle_second);
}

/* Else arms of one name would be of two kernels' making. */
static int check_toggle(struct loader *l)
{
	const struct result *r = l->result;
	const struct result_run *last = &r->runs[r->nr_runs - 1];

	for (const struct result_run *run = r->runs; run < last; run++)
		if (last->toggle_file && run->toggle_file &&
		    !same_toggle(run, last))
			return error_set(l->e, -ENOTSUP,
					 "%s:%llu: run %s toggles %s, run %s "
					 "something else: they cannot be read "
					 "together",
					 r->path, (unsigned long long)l->line,
					 run->id, run->toggle_file, last->id);
	return 0;
}

int loader_run(struct loader *l, const json_t *record)
{
	struct result *r = l->result;
	const char *id = loader_id(record, "run");
	struct result_run *more;
	uint64_t schema;
	int err;

	if (!id || record_u64(record, "schema", &schema, NULL))
		return loader_warn(l, "a run without id or schema, ignored");
	if (schema > FL_SCHEMA_VERSION)
		return error_set(l->e, -ENOTSUP,
				 "%s:%llu: written by a newer faultline "
				 "(schema %llu, this one reads up to %d); "
				 "update faultline",
				 r->path, (unsigned long long)l->line,
				 (unsigned long long)schema, FL_SCHEMA_VERSION);
	if (result_find_run(r, id) != RESULT_NONE)
		return loader_warn(l, "run %s comes twice", id);

	err = loader_drop_pending(l);
	if (err)
		return err;

	more = array_more(r->runs, r->nr_runs, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->runs = more;
	more += r->nr_runs++;
	*more = (struct result_run){
		.m = fmax(ratio_or(record, "m", 0.01), 1e-6),
		.inject = ratio_or(record, "inject", 0),
		.comparable = !json_is_false(
			json_object_get(record, "comparable")),
	};
	err = run_texts(record, more);
	if (!err)
		err = loader_guest(record, &more->guest);
	if (!err)
		err = run_toggle(record, more);
	return err ? err : check_toggle(l);
}

static uint64_t u64_or_0(const json_t *record, const char *key)
{
	uint64_t value = 0;

	return record_u64(record, key, &value, NULL) ? 0 : value;
}

static int boot_fields(const json_t *record, struct result_boot *boot)
{
	const struct {
		const char *key;
		char **text;
	} rows[] = {
		{ "boot", &boot->id },
		{ "kernel", &boot->kernel },
		{ "cpu_model", &boot->cpu },
		{ "thp_enabled", &boot->thp },
	};

	boot->nr_cpus = u64_or_0(record, "cpus_online");
	boot->page_bytes = u64_or_0(record, "page_bytes");
	boot->hpage_bytes = u64_or_0(record, "hpage_bytes");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (loader_text(record, rows[i].key, rows[i].text))
			return -ENOMEM;
	return 0;
}

int loader_boot(struct loader *l, const json_t *record)
{
	struct result *r = l->result;
	const char *id = loader_id(record, "boot");
	struct result_boot *more;

	if (!id)
		return loader_warn(l, "a boot without id, ignored");
	if (result_find_boot(r, id) != RESULT_NONE)
		return 0;
	if (r->nr_boots == RESULT_MAX_BOOTS)
		return loader_warn(l, "more than %d boots, ignored",
				   RESULT_MAX_BOOTS);

	more = array_more(r->boots, r->nr_boots, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->boots = more;
	more += r->nr_boots++;
	*more = (struct result_boot){ 0 };
	return boot_fields(record, more);
}

/* 0, -EINVAL if they are no object of strings, or -ENOMEM. */
static int take_params(const json_t *record, struct result_param **ret_params,
		       size_t *ret_nr)
{
	const json_t *object = json_object_get(record, "params");
	struct result_param *params;
	const char *name;
	json_t *value;
	size_t nr = 0;

	if (!json_is_object(object) ||
	    json_object_size(object) > RESULT_MAX_PARAMS)
		return -EINVAL;
	json_object_foreach ((json_t *)object, name, value)
		if (!json_is_string(value))
			return -EINVAL;

	params = calloc(json_object_size(object) + 1, sizeof(*params));
	if (!params)
		return -ENOMEM;
	*ret_params = params;
	json_object_foreach ((json_t *)object, name, value) {
		params[nr].name = result_text(name);
		params[nr].value = result_text(json_string_value(value));
		*ret_nr = ++nr;
		if (!params[nr - 1].name || !params[nr - 1].value)
			return -ENOMEM;
	}
	return 0;
}

static int take_metrics(const json_t *record, struct result_point *p)
{
	const json_t *list = json_object_get(record, "metrics");
	const json_t *row;
	size_t i;

	json_array_foreach (list, i, row) {
		struct result_metric *more = array_more(
			p->metrics, p->nr_metrics, sizeof(*more));

		if (!more)
			return -ENOMEM;
		p->metrics = more;
		if (!record_text_or(row, "name", NULL) || i == FL_MAX_SLOTS)
			return -EINVAL;
		more += p->nr_metrics++;
		*more = (struct result_metric){
			.higher_is_better = !strcmp(
				record_text_or(row, "better", ""), "higher"),
		};
		if (loader_text(row, "name", &more->name) ||
		    loader_text(row, "unit", &more->unit) ||
		    loader_text(row, "kind", &more->kind))
			return -ENOMEM;
	}
	return p->nr_metrics ? 0 : -EINVAL;
}

static int fill_point(const json_t *record, struct result_point *p)
{
	int err = take_params(record, &p->params, &p->nr_params);

	if (!err)
		err = take_metrics(record, p);
	if (!err)
		err = loader_text(record, "workload", &p->workload);
	if (!err)
		err = loader_text(record, "mode", &p->mode);
	if (!err)
		err = loader_text(record, "placement", &p->placement);
	if (!err)
		err = loader_text(record, "kernel_path", &p->kernel_path);
	if (!err)
		err = loader_text(record, "source", &p->source);
	if (!err && (!p->workload || !p->mode))
		err = -EINVAL;
	p->clock_step_ns = u64_or_0(json_object_get(record, "calibration"),
				    "clock_step_ns");
	return err;
}

/* A point that is refused keeps its place, but no launch can name it. */
static void spoil(struct result_point *p)
{
	free(p->workload);
	p->workload = NULL;
}

int loader_point(struct loader *l, const json_t *record)
{
	const char *id = loader_id(record, "point");
	uint64_t batch_ops = u64_or_0(record, "batch_ops");
	struct result_point *p;
	long at;
	int err;

	if (!id)
		return loader_warn(l, "a point without id, ignored");

	at = result_find_point(l->result, id);
	if (at >= 0) {
		l->result->points[at].batch_ops = batch_ops;
		return 0;
	}
	at = result_add_point(l->result, id);
	if (at < 0)
		return (int)at;

	p = &l->result->points[at];
	p->batch_ops = batch_ops;
	err = fill_point(record, p);
	if (!err)
		err = loader_terms(l, record, p);
	if (!err)
		err = loader_outcomes(l, record, p);
	if (err != -EINVAL)
		return err;

	spoil(p);
	return loader_warn(l,
			   "point %s lacks a field or has a wrong one, "
			   "ignored",
			   id);
}

/* What a knob said before, and what it was made to say. */
static void print_change(const json_t *knob, char *buf, size_t size)
{
	size_t len = strlen(buf);

	if (record_text_or(knob, "set", NULL) && len < size)
		snprintf(buf + len, size - len, "; %.100s from %.40s to %.40s",
			 record_text_or(knob, "file", "?"),
			 record_text_or(knob, "found", "?"),
			 record_text_or(knob, "set", "?"));
}

int loader_system(struct loader *l, const json_t *record)
{
	const json_t *knobs = json_object_get(record, "knobs"), *knob;
	char text[RESULT_TEXT_MAX];
	size_t i;

	snprintf(text, sizeof(text), "%.100s",
		 record_text_or(record, "state", "?"));
	json_array_foreach (knobs, i, knob) {
		print_change(knob, text, sizeof(text));
	}
	return result_note(&l->result->states, NULL, text);
}

int loader_skip(struct loader *l, const json_t *record)
{
	struct result *r = l->result;
	struct result_skip *more;
	int err;

	if (r->nr_skips == RESULT_MAX_POINTS)
		return loader_warn(l, "too many skipped points, the rest is "
				      "ignored");
	more = array_more(r->skips, r->nr_skips, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->skips = more;
	more += r->nr_skips++;
	*more = (struct result_skip){ 0 };
	if (loader_text(record, "point", &more->id) ||
	    loader_text(record, "workload", &more->workload) ||
	    loader_text(record, "why", &more->why))
		return -ENOMEM;

	err = take_params(record, &more->params, &more->nr_params);
	return err == -EINVAL ? 0 : err;
}

int loader_error(struct loader *l, const json_t *record)
{
	return result_note(&l->result->errors, NULL,
			   record_text_or(record, "why", "no reason given"));
}

int loader_end(struct loader *l, const json_t *record)
{
	const char *id = loader_id(record, "run");
	long run = id ? result_find_run(l->result, id) : RESULT_NONE;

	if (run < 0)
		return loader_warn(l, "an end of no known run, ignored");

	free(l->result->runs[run].end);
	l->result->runs[run].end = result_text(
		record_text_or(record, "why", "done"));
	return l->result->runs[run].end ? 0 : -ENOMEM;
}
