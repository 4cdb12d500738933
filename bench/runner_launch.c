// SPDX-License-Identifier: GPL-2.0-only
/* One launch: its job, its records as they come, its own line at the end. */
#include "runner_steps.h"

#include "environment.h"
#include "job.h"
#include "launch.h"
#include "runner_job.h"

#include "common/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_BAD_IN_ROW = 3,
	FULL_EVERY = 10
};

/* What comes of a launch while it runs. */
struct receiver {
	struct runner *r;
	const struct plan_point *point;
	uint64_t number;
	uint64_t seed;
	uint64_t started_ns;
	struct estimate_launch launch;
	json_t *result;
	struct environment_sample before, after;
	bool sampled; /* both of them */
	struct launch_end end;
	const char *status;
	char why[ERROR_TEXT_BYTES];
};

static int receive(void *ctx, json_t *record, struct error *e)
{
	struct receiver *rx = ctx;
	const char *type = record_text_or(record, "type", "");
	int err = estimate_launch_add(&rx->launch, rx->point->workload, record,
				      e);

	if (err)
		return err;

	if (!strcmp(type, "result")) {
		json_decref(rx->result);
		rx->result = json_incref(record);
		return 0;
	}

	if (runner_set_text(record, "run", rx->r->run_id) ||
	    runner_set_label(rx->r, record) ||
	    json_object_set_new(record, "launch",
				json_integer((json_int_t)rx->number)))
		return error_set(e, -ENOMEM, "out of memory");

	return result_writer_add(&rx->r->writer, record, e);
}

static void set_status(struct receiver *rx, const char *status, const char *why)
{
	rx->status = status;
	snprintf(rx->why, sizeof(rx->why), "%s", why ? why : "");
}

static void judge(struct receiver *rx)
{
	static const struct {
		const char *said, *status;
	} words[] = {
		{ "ok", "ok" },
		{ "skip", "skipped" },
		{ "fail", "failed" },
		{ "invalid", "invalid" },
	};
	const char *said = record_text_or(rx->result, "status", "");

	if (rx->end.status != LAUNCH_OK) {
		set_status(rx, "failed", rx->end.why.text);
		return;
	}

	set_status(rx, "failed", "the agent gave no result");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(said, words[i].said))
			set_status(rx, words[i].status,
				   record_text_or(rx->result, "why", ""));
}

/* A launch that is all right may still hold nothing that can be used. */
static int score(struct receiver *rx, struct runner_point *p, struct error *e)
{
	struct error why = { 0 };
	int err;

	if (strcmp(rx->status, "ok") != 0)
		return 0;

	err = estimate_add(&p->estimate, &rx->launch, rx->point->workload,
			   rx->r->config->m, &why);
	if (err == -ENOMEM)
		return error_set(e, err, "out of memory");
	if (err)
		set_status(rx, err == -ERANGE ? "invalid" : "failed", why.text);
	return 0;
}

static void set_u64(json_t *record, const char *key, uint64_t value)
{
	json_object_set_new(record, key, json_integer((json_int_t)value));
}

static void set_from_result(json_t *record, const struct receiver *rx)
{
	json_t *blocks = json_object_get(rx->result, "blocks");
	json_t *long_ops = json_object_get(rx->result, "long_ops");

	if (json_is_integer(blocks))
		json_object_set(record, "blocks", blocks);
	if (json_is_boolean(long_ops))
		json_object_set(record, "long_ops", long_ops);
}

static void set_how_it_ended(json_t *record, const struct receiver *rx)
{
	if (rx->why[0])
		runner_set_text(record, "why", rx->why);
	if (rx->end.signal)
		set_u64(record, "signal", (uint64_t)rx->end.signal);
	if (rx->end.exit_status > 0)
		set_u64(record, "exit", (uint64_t)rx->end.exit_status);
	if (rx->end.stderr_tail[0])
		runner_set_text(record, "stderr", rx->end.stderr_tail);
}

static json_t *launch_record(const struct receiver *rx)
{
	const struct runner *r = rx->r;
	json_t *record = runner_record(r, "launch");

	if (!record)
		return NULL;

	set_u64(record, "launch", rx->number);
	runner_set_text(record, "point", rx->point->id);
	runner_set_text(record, "boot", r->boot_id);
	set_u64(record, "epoch", rx->point->epoch + 1);
	set_u64(record, "round", r->round);
	set_u64(record, "seed", rx->seed);
	runner_set_text(record, "status", rx->status);
	set_how_it_ended(record, rx);
	set_from_result(record, rx);
	json_object_set_new(
		record, "start_s",
		json_real((double)(rx->started_ns - r->start_ns) / 1e9));
	set_u64(record, "wall_ns", rx->end.wall_ns);
	if (rx->sampled) {
		json_object_set_new(record, "load1",
				    json_real(rx->before.load1));
		set_u64(record, "steal_ticks",
			rx->after.steal_ticks - rx->before.steal_ticks);
		set_u64(record, "irq_ticks",
			rx->after.irq_ticks - rx->before.irq_ticks);
	}
	return record;
}

static int close_failing(struct receiver *rx, struct runner_point *p,
			 struct error *e)
{
	struct runner *r = rx->r;
	json_t *record = runner_record(r, "error");
	char why[ERROR_TEXT_BYTES + 64];

	snprintf(why, sizeof(why), "%d launches in a row were %s: %s",
		 MAX_BAD_IN_ROW, rx->status, rx->why);
	p->state = RUNNER_FAILED;
	p->why = strdup(why);
	runner_set_text(record, "point", rx->point->id);
	runner_set_text(record, "why", why);
	return runner_write(r, record, e);
}

static int count(struct receiver *rx, size_t index, struct error *e)
{
	struct runner *r = rx->r;
	struct runner_point *p = &r->points[index];

	if (!strcmp(rx->status, "ok")) {
		r->nr_ok++;
		p->bad_in_row = 0;
		return 0;
	}
	if (!strcmp(rx->status, "skipped"))
		return runner_skip(r, index, rx->why, e);

	if (!strcmp(rx->status, "invalid"))
		r->nr_invalid++;
	else
		r->nr_failed++;
	if (++p->bad_in_row < MAX_BAD_IN_ROW)
		return 0;

	return close_failing(rx, p, e);
}

static int commit(struct receiver *rx, size_t index, struct error *e)
{
	struct runner *r = rx->r;
	int err;

	judge(rx);
	err = score(rx, &r->points[index], e);
	if (!err)
		err = runner_write(r, launch_record(rx), e);
	if (!err)
		err = result_writer_sync(&r->writer, e);
	if (!err)
		err = count(rx, index, e);
	return err;
}

static int run_agent(struct receiver *rx, const struct job *job,
		     struct error *e)
{
	struct runner *r = rx->r;
	const struct runner_reader reader = { receive, rx, &rx->end };
	bool before = !r->request.via && !environment_sample("", &rx->before);
	int err = runner_job(r, job, &reader, e);

	rx->sampled = before && !environment_sample("", &rx->after);
	if (err)
		return err;

	r->used_ns += rx->end.wall_ns;
	if (r->writer.broken)
		return error_set(e, r->writer.broken, "%s", rx->end.why.text);
	return 0;
}

/*
 * The kernel takes some 50 ms to let go of a tracepoint, more than a launch
 * needs: the first launch of a point counts them, and one in FULL_EVERY.
 */
static enum fl_job_counters counters_of(const struct runner *r, size_t index)
{
	const struct runner_via *via = r->request.via;

	if (!r->config->counters || (via && via->uncounted))
		return FL_JOB_COUNTERS_NONE;
	if (!via && r->points[index].estimate.nr % FULL_EVERY)
		return FL_JOB_COUNTERS_SOFTWARE;
	return FL_JOB_COUNTERS_ALL;
}

int runner_launch(struct runner *r, size_t index, struct error *e)
{
	struct receiver rx = { .r = r, .point = &r->plan->points[index] };
	struct job job = { .kind = FL_JOB_LAUNCH, .point = rx.point };
	int err;

	rx.number = r->next_launch++;
	/*
	 * What a kernel lacks shifts the numbers of its launches, but not what
	 * two kernels are compared by.  JSON integers are signed.
	 */
	rx.seed = job_seed(r->config->seed, rx.point->id,
			   r->request.via ? r->round + 1 : rx.number) >>
		  1;
	rx.started_ns = runner_now_ns();
	job.seed = rx.seed;
	job.batch_ops = r->points[index].batch_ops;
	job.counters = counters_of(r, index);
	runner_job_times(r, index, &job);
	runner_toggle_job(r, &job);

	err = run_agent(&rx, &job, e);
	if (!err && rx.end.status != LAUNCH_INTERRUPTED)
		err = commit(&rx, index, e);

	estimate_launch_finish(&rx.launch);
	json_decref(rx.result);
	return err;
}
