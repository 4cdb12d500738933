/* SPDX-License-Identifier: GPL-2.0-only */
/* Did the access that took so long fault? */
#ifndef WORKLOADS_LIB_THREAD_FAULTS_H
#define WORKLOADS_LIB_THREAD_FAULTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

enum {
	THREAD_FAULTS_GAP_NS = 300 /* a fault takes longer */
};

/*
 * Of the calling thread, as the kernel counts them.  A major one waited for
 * something: for I/O, or for user space.
 */
struct thread_faults {
	uint64_t minor, major;
};

static inline struct thread_faults thread_faults_now(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (struct thread_faults){ .minor = (uint64_t)usage.ru_minflt,
				       .major = (uint64_t)usage.ru_majflt };
}

/* Whether there was one of the kind since. */
static inline bool thread_faults_since(const struct thread_faults *before,
				       bool major)
{
	struct thread_faults now = thread_faults_now();

	return major ? now.major != before->major : now.minor != before->minor;
}

/* All of them. */
static inline uint64_t thread_faults(void)
{
	struct thread_faults now = thread_faults_now();

	return now.minor + now.major;
}

#endif
