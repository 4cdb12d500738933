/* SPDX-License-Identifier: GPL-2.0-only */
/* Did the store that took so long fault? */
#ifndef WORKLOADS_LIB_THREAD_FAULTS_H
#define WORKLOADS_LIB_THREAD_FAULTS_H

#include <stdint.h>
#include <sys/resource.h>

enum {
	THREAD_FAULTS_GAP_NS = 300 /* a fault takes longer */
};

/* Page faults of the calling thread that the kernel resolved or handed on. */
static inline uint64_t thread_faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}

#endif
