/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child that is forked in the middle of a measurement, and so shares the
 * pages that are there at that moment.
 *
 * It answers numbered commands over a socket until it is ended, and then leaves
 * by _exit().  Every answer has a deadline; who misses it is killed and reaped,
 * and the error says which child it was and at what.  It dies with its parent.
 *
 * A fork write-protects the private pages of the parent.  Its stack is written
 * again here; what a timed window writes should lie in MAP_SHARED memory, such
 * as fl_state().
 */
#ifndef WORKLOADS_LIB_FORKED_H
#define WORKLOADS_LIB_FORKED_H

#include <faultline/run.h>

#include <sys/types.h>

enum {
	FORKED_MAX_KEPT = 8,
	FORKED_LIMIT_MS =
		10000, /* an emulated CPU that is shared may take 5 s */
};

struct forked_spec {
	const char *name; /* for errors */
	/*
	 * Runs in the child.  Return: 0 or -errno, handed on by forked_call().
	 * It may call fl_fail() and fl_skip(): the run is shared memory.
	 * NULL: it has nothing to do but to share the memory.
	 */
	int (*serve)(void *data, uint32_t cmd, uint64_t arg,
		     uint64_t *ret_value);
	void *data;
	/* Descriptors that it keeps beside 0, 1 and 2; all others are closed. */
	const int *kept;
	unsigned nr_kept;
	uint64_t limit_ms; /* for one answer; 0: FORKED_LIMIT_MS */
};

/* Zeroed, there is none. */
struct forked {
	pid_t pid;
	int fd;
	const char *name;
	uint64_t limit_ms;
	uint64_t fork_ns; /* what fork() took in the parent */
};

/*
 * The child is there and waits for a command when this returns.
 * Return: 0 or -errno with words.
 */
int forked_start(struct fl_run *run, struct forked *c,
		 const struct forked_spec *spec);

/*
 * Return: what serve() returned; -ETIMEDOUT past the deadline, -EPIPE if the
 * child is gone.  In all cases but 0 with words.
 */
int forked_call(struct fl_run *run, struct forked *c, uint32_t cmd,
		uint64_t arg, uint64_t *ret_value);

/*
 * The child leaves; when this returns its memory is gone.  Without a child it
 * does nothing.  Return: 0, or -errno with words if it had to be killed.
 */
int forked_end(struct fl_run *run, struct forked *c);

/* Whatever its state: gone and reaped.  Without a child it does nothing. */
void forked_kill(struct forked *c);

#endif
