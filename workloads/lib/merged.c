// SPDX-License-Identifier: GPL-2.0-only
#include "merged.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define KSM_RUN	 "/sys/kernel/mm/ksm/run"
#define KSM_HERE "/proc/self/ksm_merging_pages"

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
	return merged_number(KSM_HERE);
}

bool merged_is_told(void)
{
	return access(KSM_HERE, R_OK) == 0;
}

int merged_allow(struct fl_run *run, void *base, size_t bytes)
{
	return madvise(base, bytes, MADV_MERGEABLE)
		       ? fl_fail(run, -errno, "madvise(MADV_MERGEABLE)")
		       : 0;
}

struct look {
	const struct frames *frames; /* NULL: they are not told */
	const char *base;
	size_t nr;
	uint64_t *frame; /* of each page */
};

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Pages whose frame another of them has too. */
static uint64_t count(const struct look *l)
{
	uint64_t nr = 0;

	if (!l->frames)
		return merged_here();
	if (frames_read(l->frames, l->base, l->nr, l->frame))
		return 0;

	qsort(l->frame, l->nr, sizeof(*l->frame), by_number);
	for (size_t i = 0; i < l->nr; i++) {
		bool before = i && l->frame[i] == l->frame[i - 1];
		bool behind = i + 1 < l->nr && l->frame[i] == l->frame[i + 1];

		nr += l->frame[i] && (before || behind);
	}
	return nr;
}

static int wait_for(struct fl_run *run, const struct look *l, uint64_t want)
{
	uint64_t until = fl_clock_ns() + PATIENCE_MS * UINT64_C(1000000);

	for (;;) {
		struct timespec nap = { .tv_nsec = NAP_NS };
		uint64_t nr = count(l);

		if (want ? nr >= want : !nr)
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
	struct look l = { .frames = frames,
			  .base = base,
			  .nr = bytes / run->page_bytes };
	int err;

	if (merged_number(KSM_RUN) != 1)
		return fl_skip(run, "KSM does not run: write 1 to " KSM_RUN
				    ", or run with --allow-system-changes");
	if (!frames && !merged_is_told())
		return fl_skip(run, "this kernel does not count the merged "
				    "pages of a process, and frame numbers are "
				    "told to root only");

	l.frame = malloc(l.nr * sizeof(*l.frame));
	if (!l.frame)
		return fl_fail(run, -ENOMEM, "frames of %zu pages", l.nr);

	err = frames ? 0 : wait_for(run, &l, 0);
	if (!err)
		err = merged_allow(run, base, bytes);
	if (!err)
		err = wait_for(run, &l, l.nr);
	free(l.frame);
	return err;
}
