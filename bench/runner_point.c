// SPDX-License-Identifier: GPL-2.0-only
/* What is done for a point before its first launch. */
#include "runner_steps.h"

#include "environment.h"
#include "job.h"
#include "launch.h"
#include "runner_job.h"

#include "common/condition.h"
#include "common/feature.h"
#include "common/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	CALIBRATIONS = 2,
	WHY_BYTES = 768,
	MIB = 1 << 20
};

static const uint64_t max_batch_ops = UINT64_C(1) << 30;

int runner_skip(struct runner *r, size_t index, const char *why,
		struct error *e)
{
	const struct plan_point *point = &r->plan->points[index];
	struct runner_point *p = &r->points[index];
	json_t *record = runner_record(r, "skip");

	free(p->why);
	p->why = strdup(why);
	p->state = RUNNER_SKIPPED;

	runner_set_text(record, "point", point->id);
	runner_set_text(record, "workload", point->workload->name);
	json_object_set_new(record, "params", runner_record_params(point));
	runner_set_text(record, "why", why);
	return runner_write(r, record, e);
}

static enum fl_feature missing_feature(const struct runner *r,
				       const struct plan_point *p)
{
	const struct fl_need *need = p->workload->needs;

	for (; need && need->feature; need++) {
		const struct job_feature *f = &r->features[need->feature];

		if (f->state == FL_FEATURE_YES ||
		    f->state == FL_FEATURE_UNKNOWN)
			continue;
		if (condition_when(p->workload, need->when, &r->units,
				   p->params))
			return need->feature;
	}
	return FL_FEATURE_NONE;
}

static const char *print_mib(uint64_t bytes, char buf[32])
{
	snprintf(buf, 32, "%.1f MiB", (double)bytes / 1048576);
	return buf;
}

static const char *how_to_get_memory(const struct runner *r, uint64_t available)
{
	if (r->request.via)
		return "give the guest more (--memory)";
	return available < environment_memory_of_machine("")
		       ? "raise the memory limit of this control group"
		       : "end what uses memory";
}

int runner_check_needs(struct runner *r, size_t index, struct error *e)
{
	const struct plan_point *point = &r->plan->points[index];
	enum fl_feature missing = missing_feature(r, point);
	uint64_t available = environment_memory_available(r->sysroot);
	char why[WHY_BYTES], need[32], have[32];

	if (point->skip)
		return runner_skip(r, index, point->skip, e);

	if (missing) {
		snprintf(why, sizeof(why), "%s: %s", feature_words(missing),
			 r->features[missing].why);
		return runner_skip(r, index, why, e);
	}
	if (available && point->memory_bytes > available) {
		snprintf(why, sizeof(why),
			 "needs %s of memory, %s are available: take less "
			 "of it, or %s",
			 print_mib(point->memory_bytes, need),
			 print_mib(available, have),
			 how_to_get_memory(r, available));
		return runner_skip(r, index, why, e);
	}
	return 0;
}

/* The two records of a calibration that are of interest. */
struct calibration {
	json_t *calibration, *result;
	struct launch_end end;
	struct error *e; /* of the run, not of the calibration */
};

static int receive(void *ctx, json_t *record, struct error *e)
{
	struct calibration *c = ctx;
	const char *type = record_text_or(record, "type", "");
	json_t **keep = !strcmp(type, "calibration") ? &c->calibration
			: !strcmp(type, "result")    ? &c->result
						     : NULL;

	(void)e;
	if (keep) {
		json_decref(*keep);
		*keep = json_incref(record);
	}
	return 0;
}

static void drop(struct calibration *c)
{
	json_decref(c->calibration);
	json_decref(c->result);
}

/* Why it cannot be used, or an empty text. */
static void judge(const struct calibration *c, struct runner_point *p,
		  struct error *ret_why)
{
	const char *status = record_text_or(c->result, "status", "");
	uint64_t batch_ops;
	double batch_ns;

	if (c->end.status != LAUNCH_OK) {
		*ret_why = c->end.why;
		return;
	}
	if (strcmp(status, "ok") != 0) {
		error_set(ret_why, -EINVAL, "%s",
			  record_text_or(c->result, "why",
					 "the agent gave no result"));
		return;
	}
	if (!c->calibration ||
	    record_u64(c->calibration, "batch_ops", &batch_ops, ret_why) ||
	    record_real(c->calibration, "batch_ns", &batch_ns, ret_why)) {
		error_set(ret_why, -EINVAL, "the agent calibrated nothing");
		return;
	}
	if (!batch_ops || batch_ops > max_batch_ops || !(batch_ns >= 0)) {
		error_set(ret_why, -EINVAL, "a batch of %" PRIu64 " ops",
			  batch_ops);
		return;
	}
	p->batch_ops = batch_ops;
	p->batch_ns = batch_ns;
	p->calibrated = true;
}

static int fail(struct runner *r, size_t index, const struct calibration *c,
		const char *why)
{
	json_t *record = runner_record(r, "error");
	char text[ERROR_TEXT_BYTES + 64];

	snprintf(text, sizeof(text), "the calibration failed%s: %s",
		 r->request.via ? "" : " twice", why);
	r->points[index].state = RUNNER_FAILED;
	r->points[index].why = strdup(text);
	r->nr_failed++;

	runner_set_text(record, "point", r->plan->points[index].id);
	runner_set_text(record, "why", text);
	if (c->end.signal)
		json_object_set_new(record, "signal",
				    json_integer(c->end.signal));
	if (c->end.stderr_tail[0])
		runner_set_text(record, "stderr", c->end.stderr_tail);
	return runner_write(r, record, c->e);
}

static bool is_skip(const struct calibration *c)
{
	return c->end.status == LAUNCH_OK &&
	       !strcmp(record_text_or(c->result, "status", ""), "skip");
}

static int calibrate_once(struct runner *r, size_t index, unsigned attempt,
			  struct calibration *c)
{
	const struct runner_reader reader = { receive, c, &c->end };
	struct job job = { .kind = FL_JOB_CALIBRATE,
			   .point = &r->plan->points[index] };
	int err;

	/* Launches count from 1: these seeds are of nobody else. */
	job.seed = job_seed(r->config->seed, job.point->id,
			    UINT64_MAX - attempt) >>
		   1;
	runner_job_times(r, index, &job);
	err = runner_job(r, &job, &reader, c->e);
	if (!err)
		r->used_ns += c->end.wall_ns;
	return err;
}

static int conclude(struct runner *r, size_t index, const struct calibration *c,
		    bool last)
{
	struct runner_point *p = &r->points[index];
	struct error why = { 0 };

	if (c->end.status == LAUNCH_INTERRUPTED)
		return 0;
	if (is_skip(c))
		return runner_skip(r, index,
				   record_text_or(c->result, "why", "skipped"),
				   c->e);
	judge(c, p, &why);
	if (p->calibrated)
		return runner_write(
			r, runner_record_point(r, index, c->calibration), c->e);

	return last ? fail(r, index, c, why.text) : 0;
}

/* Windows and trials have no batches whose size could be found. */
static int take_uncalibrated(struct runner *r, size_t index, struct error *e)
{
	r->points[index].batch_ops = 1;
	r->points[index].calibrated = true;
	return runner_write(r, runner_record_point(r, index, NULL), e);
}

/* Elsewhere there is no second try: what is asked goes there at once. */
static unsigned tries(const struct runner *r)
{
	return r->request.via ? 1 : CALIBRATIONS;
}

int runner_calibrate(struct runner *r, size_t index, struct error *e)
{
	struct runner_point *p = &r->points[index];
	int err = 0;

	if (r->plan->points[index].workload->mode != FL_MODE_BATCH)
		return take_uncalibrated(r, index, e);

	for (unsigned i = 0;
	     i < tries(r) && !err && !p->calibrated &&
	     p->state == RUNNER_OPEN && !runner_is_interrupted(r);
	     i++) {
		struct calibration c = { .e = e };

		err = calibrate_once(r, index, i, &c);
		if (!err)
			err = conclude(r, index, &c, i + 1 == tries(r));
		drop(&c);
	}
	return err;
}
