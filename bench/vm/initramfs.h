/* SPDX-License-Identifier: GPL-2.0-only */
/* The archive that a guest boots: the agent, its settings and its jobs. */
#ifndef BENCH_VM_INITRAMFS_H
#define BENCH_VM_INITRAMFS_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

struct vm_job_files {
	const char *job;   /* text of job_print() */
	const char *state; /* PATH=VALUE lines, NULL: as found */
};

struct vm_settings {
	unsigned alive_ms; /* the guest says that it lives so often; 0: never */
	bool symbols;	  /* it shows the addresses of its kernel's functions */
	unsigned nr_jobs; /* that it runs, of those in the archive */
};

/**
 * initramfs_write() - the same request gives the same bytes
 * @path:	of the archive, overwritten
 * @agent:	path of a static faultline-agent
 * @nr:		at most FL_GUEST_MAX_JOBS
 *
 * Return: 0; -EINVAL if the agent is no static program; -errno.
 */
int initramfs_write(const char *path, const char *agent,
		    const struct vm_settings *settings,
		    const struct vm_job_files *jobs, size_t nr,
		    struct error *e);

#endif
