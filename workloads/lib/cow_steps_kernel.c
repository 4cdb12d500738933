// SPDX-License-Identifier: GPL-2.0-only
/* Steps in which the kernel's own threads and devices do the work. */
#include "cow_steps.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	ATTEMPTS = 10,
	PATIENCE_NS = 2000000000,
	PAUSE_NS = 1000000,
};

static void pause_some(void)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

int cow_try_page_out(struct cow_case *c)
{
	if (madvise(c->base, c->bytes, MADV_PAGEOUT))
		return fl_fail(c->run, -errno, "madvise(MADV_PAGEOUT)");
	return 0;
}

static size_t count_swapped(const struct cow_case *c)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++) {
		uint64_t entry = 0;

		(void)pagemap_entry(&c->pagemap, cow_case_page(c, i), &entry);
		nr += (entry & PAGEMAP_SWAPPED) != 0;
	}
	return nr;
}

int cow_page_out(struct cow_case *c)
{
	int err = cow_try_page_out(c);

	for (unsigned i = 0; !err && i < ATTEMPTS; i++) {
		if (count_swapped(c) == c->nr)
			return 0;
		pause_some();
		err = cow_try_page_out(c);
	}
	return err ? err
		   : fl_skip(c->run,
			     "only %zu of %zu pages went to swap: swap is full, "
			     "or the memory cgroup allows none",
			     count_swapped(c), c->nr);
}

static bool has_flag(const struct cow_case *c, size_t i, uint64_t flag)
{
	uint64_t frame, flags;

	return !frames_read(&c->frames, cow_case_page(c, i), 1, &frame) &&
	       !frames_flags(&c->frames, frame, &flags) && flags & flag;
}

/* Only frames tell. */
int cow_wait_written(struct cow_case *c)
{
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	for (size_t i = 0; c->has_frames && i < c->nr; i++)
		while (has_flag(c, i, FRAMES_WRITEBACK)) {
			if (fl_clock_ns() > until)
				return fl_fail(c->run, -ETIMEDOUT,
					       "writing to swap");
			pause_some();
		}
	return 0;
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
	if (madvise(c->base, c->bytes, MADV_MERGEABLE))
		return fl_fail(c->run, -errno, "madvise(MADV_MERGEABLE)");
	return 0;
}

/* Of this process, all of them ours; 0 where the kernel does not tell. */
static uint64_t read_merging(void)
{
	int fd = open("/proc/self/ksm_merging_pages", O_RDONLY | O_CLOEXEC);
	char text[32] = "";

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strtoull(text, NULL, 10);
}

static uint64_t count_merged(const struct cow_case *c)
{
	uint64_t nr = 0;

	if (!c->has_frames)
		return read_merging();
	for (size_t i = 0; i < c->bytes / c->stride; i++)
		nr += has_flag(c, i, FRAMES_KSM);
	return nr;
}

/* KSM works by itself: look now and then. */
static int wait_merged(struct cow_case *c, uint64_t least, uint64_t most)
{
	uint64_t until = fl_clock_ns() + PATIENCE_NS;

	for (;;) {
		uint64_t nr = count_merged(c);

		if (nr >= least && nr <= most)
			return 0;
		if (fl_clock_ns() > until)
			return fl_fail(c->run, -ETIMEDOUT,
				       "%" PRIu64 " pages are merged, not "
				       "%" PRIu64,
				       nr, least);
		pause_some();
	}
}

/* Without frames its count is all there is: those of before must go first. */
int cow_merge(struct cow_case *c)
{
	uint64_t all = c->bytes / c->stride;
	int err = c->has_frames ? 0 : wait_merged(c, 0, 0);

	if (!err)
		err = cow_mergeable(c);
	return err ? err : wait_merged(c, all, UINT64_MAX);
}
