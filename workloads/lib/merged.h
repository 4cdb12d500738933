/* SPDX-License-Identifier: GPL-2.0-only */
/* Equal pages that KSM has merged, and waiting until it has. */
#ifndef WORKLOADS_LIB_MERGED_H
#define WORKLOADS_LIB_MERGED_H

#include "frames.h"

#include <faultline/run.h>

/* A number that a file holds; 0 if it cannot be read. */
uint64_t merged_number(const char *path);

/* Pages of this process that are merged; 0 where the kernel does not tell. */
uint64_t merged_here(void);

/* Whether it does: since 5.19. */
bool merged_is_told(void);

/*
 * Lets KSM merge them.  Return: 0 or -errno with words.
 */
int merged_allow(struct fl_run *run, void *base, size_t bytes);

/**
 * merged_all() - let KSM merge equal pages, and wait until all are
 * @frames:	NULL if they are not told; then the count of the process is all
 *		there is, and those of before must go first
 *
 * KSM works by itself, so this looks now and then.  Merged is a page that has
 * the frame of another one: the flag of a frame that says so
 * (/proc/kpageflags) is set for every anonymous page in Linux 6.12
 * (stable_page_flags(), fs/proc/page.c).
 *
 * Return: 0 or -errno with words; -ETIMEDOUT if KSM does not come to it.  Where
 * it does not run, that is skipped.
 */
int merged_all(struct fl_run *run, const struct frames *frames, void *base,
	       size_t bytes);

#endif
