// SPDX-License-Identifier: GPL-2.0-only
#include "merged.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define KSM_RUN "/sys/kernel/mm/ksm/run"

enum {
	PATIENCE_MS = 5000,
	NAP_NS = 1000000,
};

uint64_t merged_number(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "";

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strtoull(text, NULL, 10);
}

uint64_t merged_here(void)
{
	return merged_number("/proc/self/ksm_merging_pages");
}

int merged_allow(struct fl_run *run, void *base, size_t bytes)
{
	return madvise(base, bytes, MADV_MERGEABLE)
		       ? fl_fail(run, -errno, "madvise(MADV_MERGEABLE)")
		       : 0;
}

static uint64_t count(const struct frames *frames, const char *base,
		      size_t bytes)
{
	uint64_t nr = 0;

	if (!frames)
		return merged_here();
	for (size_t at = 0; at < bytes; at += frames->pagemap.page_bytes)
		nr += frames_has(frames, base + at, FRAMES_KSM);
	return nr;
}

static int wait_for(struct fl_run *run, const struct frames *frames,
		    const char *base, size_t bytes, bool all)
{
	uint64_t until = fl_clock_ns() + PATIENCE_MS * UINT64_C(1000000);
	uint64_t want = all ? bytes / run->page_bytes : 0;

	for (;;) {
		struct timespec nap = { .tv_nsec = NAP_NS };
		uint64_t nr = count(frames, base, bytes);

		if (all ? nr >= want : !nr)
			return 0;
		if (fl_clock_ns() > until)
			return fl_fail(run, -ETIMEDOUT,
				       "%" PRIu64 " pages are merged, not "
				       "%" PRIu64,
				       nr, want);
		clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	}
}

int merged_all(struct fl_run *run, const struct frames *frames, void *base,
	       size_t bytes)
{
	int err;

	if (merged_number(KSM_RUN) != 1)
		return fl_skip(run, "KSM does not run: write 1 to " KSM_RUN
				    ", or run with --allow-system-changes");

	err = frames ? 0 : wait_for(run, NULL, base, bytes, false);
	if (!err)
		err = merged_allow(run, base, bytes);
	return err ? err : wait_for(run, frames, base, bytes, true);
}
