// SPDX-License-Identifier: GPL-2.0-only
#include "jobs.h"

#include "bench/record_stream.h"

#include "common/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vm_jobs_finish(struct vm_jobs *jobs)
{
	for (size_t i = 0; i < jobs->nr; i++) {
		free(jobs->of[i].text);
		free(jobs->of[i].state);
		free(jobs->of[i].records);
		free(jobs->of[i].why);
		json_decref(jobs->of[i].end);
	}
	free(jobs->of);
	*jobs = (struct vm_jobs){ 0 };
}

int vm_jobs_add(struct vm_jobs *jobs, const char *text, char *state)
{
	struct vm_job job = { .text = strdup(text), .state = state };

	if (jobs->nr == jobs->capacity) {
		size_t capacity = jobs->capacity ? 2 * jobs->capacity : 64;
		struct vm_job *of = realloc(jobs->of, capacity * sizeof(*of));

		if (of) {
			jobs->of = of;
			jobs->capacity = capacity;
		}
	}
	if (!job.text || jobs->nr == jobs->capacity) {
		free(job.text);
		free(state);
		return -ENOMEM;
	}
	jobs->of[jobs->nr++] = job;
	return 0;
}

struct vm_job *vm_jobs_find(struct vm_jobs *jobs, const char *text)
{
	for (size_t i = 0; i < jobs->nr; i++)
		if (!strcmp(jobs->of[i].text, text))
			return &jobs->of[i];

	return NULL;
}

size_t vm_jobs_open(const struct vm_jobs *jobs)
{
	size_t open = 0;

	for (size_t i = 0; i < jobs->nr; i++)
		open += !jobs->of[i].end && !jobs->of[i].why &&
			!jobs->of[i].optional;
	return open;
}

static bool is_same_state(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

void vm_jobs_take_answers(struct vm_jobs *to, struct vm_jobs *from)
{
	for (size_t i = 0; i < to->nr; i++) {
		struct vm_job *job = &to->of[i];
		struct vm_job *same = vm_jobs_find(from, job->text);
		struct vm_job moved;

		if (job->end || job->why || job->optional || !same ||
		    !same->end || !is_same_state(job->state, same->state))
			continue;
		moved = *same;
		*same = *job;
		*job = moved;
		job->optional = false;
	}
}

int vm_job_record(struct vm_job *job, const char *line, size_t bytes)
{
	if (job->bytes + bytes > job->capacity) {
		size_t capacity = 2 * (job->bytes + bytes);
		char *records = realloc(job->records, capacity);

		if (!records)
			return -ENOMEM;
		job->records = records;
		job->capacity = capacity;
	}
	memcpy(job->records + job->bytes, line, bytes);
	job->bytes += bytes;
	return 0;
}

static int signed_of(const json_t *end, const char *key, int otherwise)
{
	const json_t *value = json_object_get(end, key);
	json_int_t number = json_integer_value(value);

	return json_is_integer(value) && number >= 0 && number < 256
		       ? (int)number
		       : otherwise;
}

static void take_output(const json_t *guest, struct launch_end *end)
{
	const char *text = record_text_or(guest, "output", "");

	snprintf(end->stderr_tail, sizeof(end->stderr_tail), "%s", text);
	for (char *c = end->stderr_tail; *c; c++)
		if ((*c < ' ' && *c != '\n' && *c != '\t') || *c > '~')
			*c = '?';
}

static void fail(struct launch_end *end, enum launch_status status,
		 const char *why)
{
	end->status = status;
	end->why.text[0] = '\0';
	error_set(&end->why, 0, "%s", why);
}

static void judge_end(const json_t *guest, struct launch_end *end)
{
	const char *why = record_text_or(guest, "why", NULL);

	end->exit_status = signed_of(guest, "exit", -1);
	end->signal = signed_of(guest, "signal", 0);
	if (json_is_integer(json_object_get(guest, "wall_ns")))
		end->wall_ns = (uint64_t)json_integer_value(
			json_object_get(guest, "wall_ns"));
	take_output(guest, end);

	if (why)
		fail(end, LAUNCH_FAILED, why);
	else if (json_is_true(json_object_get(guest, "hung")))
		fail(end, LAUNCH_HUNG,
		     "the agent ran past its limit in the "
		     "guest: killed");
	else if (end->signal)
		fail(end, LAUNCH_SIGNALED,
		     "the agent was killed by a signal in the guest");
	else if (end->exit_status)
		fail(end, LAUNCH_FAILED,
		     *end->stderr_tail ? end->stderr_tail
				       : "the agent failed in the guest");
}

static int read_records(const struct vm_job *job,
			const struct runner_reader *reader, struct error *e)
{
	struct record_stream stream;
	int err;

	record_stream_init(&stream);
	stream.on_record = reader->on_record;
	stream.ctx = reader->ctx;
	err = record_stream_add(&stream, job->records ? job->records : "",
				job->bytes, e);
	if (!err)
		err = record_stream_end(&stream, e);
	record_stream_finish(&stream);
	return err;
}

void vm_job_replay(const struct vm_job *job, const struct runner_reader *reader)
{
	struct launch_end end = { .exit_status = -1 };
	struct error why = { 0 };
	int err;

	if (!job->end) {
		fail(&end, LAUNCH_FAILED,
		     job->why ? job->why : "the guest did not come to it");
		*reader->end = end;
		return;
	}
	err = read_records(job, reader, &why);
	judge_end(job->end, &end);
	if (err && end.status == LAUNCH_OK)
		fail(&end, LAUNCH_FAILED, why.text);
	*reader->end = end;
}
