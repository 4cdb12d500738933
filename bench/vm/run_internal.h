/* SPDX-License-Identifier: GPL-2.0-only */
/* A run in a guest, between the files that make it. */
#ifndef BENCH_VM_RUN_INTERNAL_H
#define BENCH_VM_RUN_INTERNAL_H

#include "run.h"

#include "jobs.h"

#include "bench/runner_job.h"

#include <limits.h>

struct vm_batches;

struct vm_run {
	struct vm_run_request request;
	struct vm_guest guest;
	struct runner_via via;
	struct runner *runner;
	struct vm_batches *like;
	struct vm_jobs jobs;	   /* of the step under way */
	struct vm_jobs remembered; /* and what came of them, in earlier runs */
	struct vm_jobs guessed;	   /* in a boot before it was asked for */
	size_t nr_counted;	   /* jobs in front of those that observe */
	bool collecting;	   /* a step's jobs are put aside */
	bool guessing;		   /* for those that the other run has, too */
	char topology[128];
};

bool vm_run_counts(const struct vm_run *run);

/*
 * Steps: each is gone through twice, the first time to collect its jobs and
 * the second time, when they are answered, to write what came of them.
 */

/* What the kernel has, and how many ops a batch takes. */
int vm_run_survey(struct vm_run *run, struct error *e);
int vm_run_launches(struct vm_run *run, struct error *e);

/* Closes the points that cannot be asked for at all. */
int vm_run_close_points(struct vm_run *run, struct error *e);

/* Points that need no calibration get their record after the survey. */
void vm_run_give_ops(struct vm_run *run);
/* Of those: what is missing for them, and their records. */
int vm_run_open_given(struct vm_run *run, const bool *given, struct error *e);

/* Closes points that want of the system what this kernel does not have. */
int vm_run_check_states(struct vm_run *run, struct error *e);

#endif
