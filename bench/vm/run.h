/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run in a guest: planned as one on this machine, for the guest's CPUs, and
 * written to a result directory of the same form.  A survey boot finds out
 * what the kernel has and how many ops a batch takes, unless an earlier run has
 * (survey.h) or another run's batches are taken over; all launches are one
 * more boot.
 */
#ifndef BENCH_VM_RUN_H
#define BENCH_VM_RUN_H

#include "guest.h"

#include "bench/runner.h"

#include "common/error.h"

#include <stdint.h>

struct vm_run_request {
	struct runner_request runner; /* without via */
	struct vm_guest_request guest;
	unsigned launches; /* of each point; 0: 1 in insn mode, else the
			    * config's */
	uint64_t blocks;   /* of a launch; 0: the default */
	/*
	 * A result directory of insn mode whose batches are taken over, so
	 * that two kernels are compared with the same; NULL: calibrate.
	 */
	const char *like;
	/*
	 * insn mode: boot a second time for the launches, and write down
	 * whether the guest wrote the same bytes.
	 */
	bool again;
	/*
	 * Sweeps from this one on are launched behind all others, and not in
	 * that second boot: they observe, and are not counted.  0: none.
	 */
	size_t observed_from;
	bool survey_only; /* no launches */
	bool unlocked;	  /* the caller has asked for the host's lock */
};

struct vm_run;

/**
 * vm_run_new() - all that can be refused, and the result directory
 *
 * Return: 0, or -errno when nothing was or will be booted.
 */
int vm_run_new(const struct vm_run_request *request, struct vm_run **ret_run,
	       struct error *e);

/**
 * vm_run_measure() - boot and run everything
 *
 * Return: 0 when the file has its `end`; -EPROTO when the guest did not get as
 * far as the agent, with the verdict in @e; -errno.
 */
int vm_run_measure(struct vm_run *run, struct error *e);

/* For the summary and the exit status. */
const struct runner *vm_run_runner(const struct vm_run *run);
const struct vm_guest *vm_run_guest(const struct vm_run *run);

void vm_run_free(struct vm_run *run);

#endif
