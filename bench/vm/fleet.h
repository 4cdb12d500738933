/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs in guests, side by side: each in a child process, so that a guest that
 * goes wrong costs its own run and nothing else.
 *
 * Only for modes that take no times: what one of them does changes nothing
 * that another counts.
 */
#ifndef BENCH_VM_FLEET_H
#define BENCH_VM_FLEET_H

#include "run.h"

#include "common/error.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum {
	VM_FLEET_NAME_BYTES = 64,
	VM_FLEET_NONE = -1
};

enum vm_fleet_state {
	VM_FLEET_WAITING = 0,
	VM_FLEET_RUNNING,
	VM_FLEET_DONE,
	VM_FLEET_FAILED, /* why is in its text */
};

/**
 * struct vm_fleet_run - one of them
 * @request:	what it runs; its config says where the result goes
 * @log:	a file that takes what it prints
 * @after:	number of the run that has to be done before; VM_FLEET_NONE
 */
struct vm_fleet_run {
	struct vm_run_request request;
	char name[VM_FLEET_NAME_BYTES];
	const char *log;
	int after;

	enum vm_fleet_state state;
	pid_t pid;
	int pipe; /* takes the text of an error */
	uint64_t begun_ns, took_ns;
	char why[ERROR_TEXT_BYTES];
};

/**
 * vm_fleet() - all of them, at most @at_once at a time
 * @at_once:	0: two, or as many as there are CPUs
 * @progress:	a line a run that is over; NULL: silent
 *
 * A run whose `after` has failed fails too.  An interrupt ends all.
 *
 * Return: 0, also if some have failed; -EINTR; -errno if none could be begun.
 */
int vm_fleet(struct vm_fleet_run *runs, unsigned nr, unsigned at_once,
	     const volatile int *interrupted, FILE *progress, struct error *e);

#endif
