/* SPDX-License-Identifier: GPL-2.0-only */
/* Jobs of a run: their times, and an agent that gets one. */
#ifndef BENCH_RUNNER_JOB_H
#define BENCH_RUNNER_JOB_H

#include "job.h"
#include "launch.h"
#include "runner.h"

/* Fills in launch_ns, batch_ns, warmup_ns, inject_ppm and limit_ns. */
void runner_job_times(const struct runner *r, size_t index, struct job *job);

struct runner_reader {
	int (*on_record)(void *ctx, json_t *record, struct error *e);
	void *ctx;
	struct launch_end *end; /* filled when the agent could be started */
};

/* Return: 0 when the agent could be started; see launch_agent(). */
int runner_job(const struct runner *r, const struct job *job,
	       const struct runner_reader *reader, struct error *e);

#endif
