/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls the agent as a driver does and takes its records apart. */
#ifndef TESTS_AGENT_CALL_H
#define TESTS_AGENT_CALL_H

#include "common/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
	AGENT_MAX_RECORDS = 4096,
	AGENT_ERRORS_BYTES = 4096
};

/* What one agent gave. */
struct agent_outcome {
	int status; /* as waitpid() has it */
	char *text;
	size_t bytes;
	char errors[AGENT_ERRORS_BYTES]; /* the beginning of its stderr */
	bool done; /* last, with the right count and hash */
	size_t nr;
	json_t *record[AGENT_MAX_RECORDS];
};

struct agent_request {
	const char *kind, *workload;
	const char *keys;   /* further lines */
	const char *params; /* "name=value name=value", else the defaults */
	unsigned nr_cpus;
};

/* The CPUs that this process may use, up to @max of them. */
unsigned agent_cpus(unsigned *ret_cpus, unsigned max);

/* Runs $FAULTLINE_AGENT to its end.  A line that is no record ends it. */
struct agent_outcome agent_run(const struct agent_request *r);
void agent_outcome_finish(struct agent_outcome *o);

/* The first record of a type, or NULL. */
json_t *agent_find(const struct agent_outcome *o, const char *type);

/* A text of it; "" if it is not there. */
const char *agent_text(const struct agent_outcome *o, const char *type,
		       const char *key);

#endif
