/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a job, as docs/result-format.md has it. */
#ifndef BENCH_JOB_H
#define BENCH_JOB_H

#include "plan.h"
#include "toggle.h"

#include "common/error.h"

#include <faultline/protocol.h>

#include <stdbool.h>
#include <stdint.h>

/* What the probe launch of a run found. */
struct job_feature {
	enum fl_feature_state state;
	char why[256];
};

struct job {
	enum fl_job_kind kind;
	const struct plan_point *point; /* NULL for a probe */
	uint64_t seed;
	uint64_t batch_ops; /* 0 in a calibration */
	uint64_t batch_ns;
	uint64_t launch_ns;
	uint64_t trials; /* an arm; 0: as many as launch_ns holds */
	uint64_t blocks; /* 0: as many as launch_ns holds */
	enum fl_job_unit unit;
	bool elsewhere; /* this process is not the agent's parent */
	uint64_t warmup_ns;
	uint64_t inject_ppm;
	uint64_t limit_ns;
	enum fl_job_counters counters;
	const struct toggle_spec *toggle; /* NULL: nothing is toggled */
	uint64_t toggle_settle_ns;
	/* FL_FEATURE_NR of them; NULL: nothing is known. */
	const struct job_feature *features;
};

/**
 * job_print() - a job as text
 * @ret_text:	to free()
 *
 * Return: 0; -E2BIG over FL_JOB_MAX_BYTES; -ENOMEM.
 */
int job_print(const struct job *job, char **ret_text, struct error *e);

/* A launch's seed: another for each point and launch, the same when repeated. */
uint64_t job_seed(uint64_t config_seed, const char *point_id, uint64_t launch);

#endif
