/* SPDX-License-Identifier: GPL-2.0-only */
/* A job's process in a guest.  Between the files of /init. */
#ifndef AGENT_GUEST_CHILD_H
#define AGENT_GUEST_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct guest_child {
	int job, records, output; /* files in memory */
	pid_t pid;
	int cpu;
	int limit_ms;
	bool hung; /* killed past its limit */
	int status;
};

/**
 * guest_child_start() - an agent for one job, as the driver starts it
 * @text:	of the job
 * @features:	lines that are added to it
 *
 * Return: 0 or -errno; guest_child_close() it in both cases.
 */
int guest_child_start(struct guest_child *c, const char *text,
		      const char *features);

/**
 * guest_child_follow() - until it has ended or its time is over
 * @alive_ms:	@alive is called so often; 0: never
 *
 * All that it left behind is killed.
 */
void guest_child_follow(struct guest_child *c, int alive_ms,
			void (*alive)(void *ctx), void *ctx);

void guest_child_close(struct guest_child *c);

#endif
