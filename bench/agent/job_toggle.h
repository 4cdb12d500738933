/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of a job that say what is toggled. */
#ifndef AGENT_JOB_TOGGLE_H
#define AGENT_JOB_TOGGLE_H

#include "job_lines.h"

/* All four of them or none.  Return: 0, -EINVAL, -ERANGE or -ENOMEM. */
int job_toggle_parse(struct job_lines *l, struct job_toggle *ret_toggle,
		     struct error *e);
void job_toggle_finish(struct job_toggle *t);

#endif
