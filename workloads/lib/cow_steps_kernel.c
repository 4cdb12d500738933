// SPDX-License-Identifier: GPL-2.0-only
/* Steps in which the kernel's own threads and devices do the work. */
#include "cow_steps.h"

#include "merged.h"
#include "swapped.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

int cow_try_page_out(struct cow_case *c)
{
	return swapped_try(c->run, c->base, c->bytes);
}

int cow_page_out(struct cow_case *c)
{
	return swapped_out_all(c->run, &c->pagemap, c->base, c->nr);
}

/* Only frames tell. */
int cow_wait_written(struct cow_case *c)
{
	return c->has_frames
		       ? swapped_written(c->run, &c->frames, c->base, c->nr)
		       : 0;
}

/*
 * move_pages() drains all CPUs before it looks at a page; this one stays where
 * it is.  Where the kernel has no such call, nothing is drained.
 */
int cow_drain_all(struct cow_case *c)
{
	void *page = c->other;
	int node = 0, status;

	*(volatile char *)c->other = 1;
	(void)syscall(SYS_move_pages, 0, 1UL, &page, &node, &status,
		      MPOL_MF_MOVE);
	return 0;
}

int cow_mergeable(struct cow_case *c)
{
	return merged_allow(c->run, c->base, c->bytes);
}

int cow_merge(struct cow_case *c)
{
	return merged_all(c->run, c->has_frames ? &c->frames : NULL, c->base,
			  c->bytes);
}
