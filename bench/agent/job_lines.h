/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a job cut into its lines; between the files that read a job. */
#ifndef AGENT_JOB_LINES_H
#define AGENT_JOB_LINES_H

#include "job.h"

/* All keys are different. */
struct job_lines {
	char *text; /* cut in place */
	struct job_line {
		char *key, *value;
		bool used;
	} line[JOB_MAX_LINES];
	unsigned nr;
};

/* Whether it ends as it should.  Return: 0, -E2BIG or -EPROTO. */
int job_check_end(const char *buf, size_t len, struct error *e);

/* From l->text.  Return: 0, -EPROTO or -E2BIG. */
int job_lines_split(struct job_lines *l, struct error *e);

/* NULL if there is no such key. */
struct job_line *job_lines_find(struct job_lines *l, const char *key);

/* The value of a key, which is used up by that; NULL if it is not there. */
const char *job_lines_take(struct job_lines *l, const char *key);

#endif
