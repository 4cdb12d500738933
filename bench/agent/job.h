/* SPDX-License-Identifier: GPL-2.0-only */
/* The job, as docs/result-format.md defines it; read strictly. */
#ifndef AGENT_JOB_H
#define AGENT_JOB_H

#include "common/error.h"

#include <faultline/protocol.h>
#include <faultline/workload.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	JOB_MAX_CPUS = 1024,
	JOB_MAX_LINES = 256,
	JOB_WHY_BYTES = 256
};

struct job {
	enum fl_job_kind kind;
	const struct fl_workload *workload; /* NULL for a probe */
	void *params;			    /* freed by job_finish() */
	unsigned cpus[JOB_MAX_CPUS];
	unsigned nr_cpus;
	uint64_t seed;
	uint64_t batch_ops, batch_ns;
	uint64_t launch_ns, warmup_ns, limit_ns;
	uint64_t trials; /* an arm; 0: as many as launch_ns holds */
	uint64_t blocks; /* 0: as many as launch_ns holds */
	uint64_t unit;	 /* enum fl_job_unit */
	uint64_t inject_ppm;
	uint64_t counters; /* enum fl_job_counters */
	struct job_feature {
		enum fl_feature_state state; /* unknown: to be tried */
		char why[JOB_WHY_BYTES];
	} features[FL_FEATURE_NR]; /* what the driver found before */
	uint64_t parent;	   /* process id of the driver, 0: not known */
	/* A kernel file, open on FL_TOGGLE_FD, and what is written to it. */
	struct job_toggle {
		char *file; /* its name, NULL: nothing is toggled */
		char *values[2];
		uint64_t settle_ns;
	} toggle;
};

/**
 * job_read() - the text of a job up to its line `end`
 * @fd:		read until that line or the end of the file
 * @ret_text:	to free()
 * @ret_bytes:	how long it is
 *
 * Return: 0; -E2BIG above FL_JOB_MAX_BYTES; -EPROTO without `end` or with
 * text behind it; what read(2) gave.
 */
int job_read(int fd, char **ret_text, size_t *ret_bytes, struct error *e);

/**
 * job_parse() - text to job
 * @text:	as job_read() gives it
 *
 * Return: 0; -EINVAL, -ERANGE or -EPROTO with @e set; -ENOMEM.
 */
int job_parse(const char *text, size_t bytes, struct job *ret_job,
	      struct error *e);

void job_finish(struct job *job);

#endif
