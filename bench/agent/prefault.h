/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that takes no page fault in the timed region.
 *
 * A fork in the measuring process write-protects its private pages, so the
 * next store to each would fault.  What the harness writes while time is
 * taken therefore lies in MAP_SHARED memory, which fork() leaves alone; the
 * stack, the thread's own storage and the data segment, which cannot, are
 * written again before the clock is read.
 */
#ifndef AGENT_PREFAULT_H
#define AGENT_PREFAULT_H

#include <stddef.h>

enum {
	PREFAULT_MAX_RANGES = 32
};

/* Private memory of the program and of one thread. */
struct prefault {
	struct prefault_range {
		char *start, *end;
	} range[PREFAULT_MAX_RANGES];
	unsigned nr;
};

/* Zeroed and present; children share it.  NULL if there is no memory. */
void *prefault_alloc(size_t bytes);
void prefault_free(void *p, size_t bytes);

/* Finds the data of the program and the storage of the calling thread. */
void prefault_init(struct prefault *p);

/* Writes to each of their pages, and to those of the stack below. */
void prefault_again(const struct prefault *p);

#endif
