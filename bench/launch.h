/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One agent process: started in a group of its own, given a job, read until
 * it is done or its time is over, and never left behind.
 */
#ifndef BENCH_LAUNCH_H
#define BENCH_LAUNCH_H

#include "common/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	LAUNCH_STDERR_BYTES = 4096
};

struct launch_request {
	const char *agent; /* path of faultline-agent */
	const char *job;   /* the text of the job */
	uint64_t limit_ns; /* then the whole group is killed */
	bool as_nobody;	   /* drop to uid and gid 65534 first (needs root) */
	/*
	 * Where the agent begins, NULL: anywhere.  An address space that was
	 * on another CPU before keeps that CPU in its mask, and its flushes
	 * go there too (mm_cpumask(), read in 6.12).
	 */
	const unsigned *cpu;
	const int *toggle_fd; /* to be FL_TOGGLE_FD there; NULL: none */
	/* Called for each record but hello and done, in order. */
	int (*on_record)(void *ctx, json_t *record, struct error *e);
	void *ctx;
	const volatile int *interrupted; /* not 0: kill and come back */
};

enum launch_status {
	LAUNCH_OK,	 /* hello first, all parsed, done agrees */
	LAUNCH_FAILED,	 /* exit status, protocol or garbage: see why */
	LAUNCH_SIGNALED, /* crashed or was killed by somebody else */
	LAUNCH_HUNG,	 /* killed by us past its limit */
	LAUNCH_INTERRUPTED,
};

struct launch_end {
	enum launch_status status;
	int exit_status; /* -1 unless it exited */
	int signal;	 /* 0 unless it was killed */
	uint64_t wall_ns;
	char stderr_tail[LAUNCH_STDERR_BYTES];
	struct error why;
};

/**
 * launch_agent() - run one job to its end
 *
 * Return: 0 when the agent could be started (how it ended is in @ret_end), or
 * -errno when it could not.
 */
int launch_agent(const struct launch_request *request,
		 struct launch_end *ret_end, struct error *e);

/**
 * launch_find_agent() - where faultline-agent is
 *
 * $FAULTLINE_AGENT, else beside the running program, else in libexec.
 *
 * Return: a path to free(), or NULL with @e set.
 */
char *launch_find_agent(struct error *e);

/**
 * launch_find_agent_for() - the agent of guests of another architecture
 * @machine:	as uname(2) has it, "aarch64": faultline-agent-aarch64, or
 *		$FAULTLINE_AGENT_AARCH64
 *
 * Return: a path to free(), or NULL with @e set.
 */
char *launch_find_agent_for(const char *machine, struct error *e);

#endif
