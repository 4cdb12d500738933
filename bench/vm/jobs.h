/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs that run in a guest together, and what became of each: collected first,
 * run in as few boots as it takes, and asked for then.  They are files of the
 * archive that is booted, which we write anyway: the kernel's command line is
 * short, and what is on it changes what the kernel counts.
 */
#ifndef BENCH_VM_JOBS_H
#define BENCH_VM_JOBS_H

#include "bench/runner_job.h"

#include "common/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct vm_job {
	char *text;  /* of job_print() */
	char *state; /* PATH=VALUE lines; NULL: as the guest is found */
	char *records;
	size_t bytes, capacity;
	json_t *end; /* the guest's line about it; NULL: it did not end */
	bool begun;
	char *why;     /* what kept it from its end */
	bool optional; /* runs where others do, and is no reason to boot */
};

struct vm_jobs {
	struct vm_job *of;
	size_t nr, capacity;
	size_t most; /* a boot runs only so many of them; 0: all */
};

void vm_jobs_finish(struct vm_jobs *jobs);

/* Takes @state.  Return: 0 or -ENOMEM. */
int vm_jobs_add(struct vm_jobs *jobs, const char *text, char *state);

/* NULL if no such job was collected. */
struct vm_job *vm_jobs_find(struct vm_jobs *jobs, const char *text);

/* Jobs that have neither come to their end nor been kept from it. */
size_t vm_jobs_open(const struct vm_jobs *jobs);

/* Moves to the open jobs of @to what the same jobs of @from have come to. */
void vm_jobs_take_answers(struct vm_jobs *to, struct vm_jobs *from);

/* What came of it is added to.  Return: 0 or -ENOMEM. */
int vm_job_record(struct vm_job *job, const char *line, size_t bytes);

/* Hands its records and its end to the reader, as launch_agent() would. */
void vm_job_replay(const struct vm_job *job,
		   const struct runner_reader *reader);

#endif
