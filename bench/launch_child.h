/* SPDX-License-Identifier: GPL-2.0-only */
/* Starts the agent of a launch: descriptors, process group, identity. */
#ifndef BENCH_LAUNCH_CHILD_H
#define BENCH_LAUNCH_CHILD_H

#include "launch.h"

#include <sys/types.h>

struct launch_child {
	pid_t pid;   /* and process group */
	int pidfd;   /* -1 where the kernel gives none */
	int records; /* read ends, not blocking; -1 when closed */
	int output;
};

/**
 * launch_child_start() - fork and exec
 * @c:		filled in, also in part on an error; launch_child_close() it
 *
 * The agent has /dev/null, the output pipe twice, the job and the record
 * pipe as descriptors 0 to 4, the file that is toggled as 5, if there is one,
 * and no others, a group of its own, no handler and
 * no blocked signal, and dies with this process.
 *
 * Return: 0, or -errno when nothing was left running.
 */
int launch_child_start(struct launch_child *c,
		       const struct launch_request *request, struct error *e);

/* Closes descriptors; the process must have been reaped. */
void launch_child_close(struct launch_child *c);

#endif
