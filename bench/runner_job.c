// SPDX-License-Identifier: GPL-2.0-only
#include "runner_job.h"

#include <errno.h>
#include <stdlib.h>

/*
 * How long an agent may take is not a guess about speed but the point from
 * which it must be taken for dead, also under a sanitizer on a loaded machine.
 */
static const uint64_t base_limit_ns = UINT64_C(10000000000);
static const uint64_t grace_ns = UINT64_C(2000000000);
static const uint64_t most_limit_ns = UINT64_C(3600000000000);

enum {
	TIMES_LAUNCH = 20,
	NS_PER_BYTE = 20, /* of the region: it is filled more than once */
	LEAST_BATCHES = 10 * 2 * FL_MAX_SLOTS,
};

static uint64_t least_samples_ns(const struct runner_point *p)
{
	double ns = p->batch_ns * LEAST_BATCHES;

	return ns < (double)most_limit_ns ? (uint64_t)ns : most_limit_ns;
}

void runner_job_times(const struct runner *r, size_t index, struct job *job)
{
	const struct config *c = r->config;
	const struct plan_point *point = &r->plan->points[index];
	const struct runner_point *p = &r->points[index];
	const struct runner_via *via = r->request.via;

	/* Elsewhere, who starts the agent knows better. */
	job->features = via ? NULL : r->features;
	job->launch_ns = c->launch_ns;
	job->trials = c->trials;
	if (via) {
		job->trials = c->trials ? c->trials : via->trials;
		job->blocks = via->blocks;
		job->unit = via->unit;
		job->elsewhere = true;
	}
	job->batch_ns = c->batch_ns;
	job->inject_ppm = (uint64_t)(c->inject * 1e6 + 0.5);
	job->warmup_ns = plan_warmup_ns(c);

	/*
	 * Elsewhere the text of a job must not depend on how its batches were
	 * found: a guest whose instructions are counted would differ.
	 */
	job->limit_ns = base_limit_ns + TIMES_LAUNCH * c->launch_ns +
			(via ? 0 : 2 * least_samples_ns(p));
	if (point->memory_bytes < most_limit_ns / NS_PER_BYTE)
		job->limit_ns += NS_PER_BYTE * point->memory_bytes;
	if (via)
		job->limit_ns *= via->patience;
	if (job->limit_ns > most_limit_ns)
		job->limit_ns = most_limit_ns;
}

int runner_job(const struct runner *r, const struct job *job,
	       const struct runner_reader *reader, struct error *e)
{
	struct launch_request request = {
		.agent = r->agent,
		.limit_ns = job->limit_ns + grace_ns,
		.cpu = job->point ? job->point->cpus : NULL,
		.toggle_fd = job->toggle ? &r->toggle_fd : NULL,
		.on_record = reader->on_record,
		.ctx = reader->ctx,
		.interrupted = r->request.interrupted,
	};
	const struct runner_via *via = r->request.via;
	char *text;
	int err = job_print(job, &text, e);

	if (err)
		return err;

	request.job = text;
	if (via)
		err = via->run(via->ctx, job, text, reader, e);
	else
		err = launch_agent(&request, reader->end, e);
	free(text);
	return err;
}
