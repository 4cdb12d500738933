/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frames behind pages: was a page that was written copied or reused?
 *
 * The kernel may also move a page by itself (compaction, NUMA balancing), so
 * frames of before and after tell only if nothing was migrated in between:
 * compare pgmigrate_success of vmstat.h too and repeat if it moved.
 */
#ifndef WORKLOADS_LIB_FRAMES_H
#define WORKLOADS_LIB_FRAMES_H

#include "pagemap.h"

/* Bits of a frame's flags, as /proc/kpageflags numbers them. */
#define FRAMES_WRITEBACK (UINT64_C(1) << 8)
#define FRAMES_SWAPCACHE (UINT64_C(1) << 13)
#define FRAMES_TAIL	 (UINT64_C(1) << 16) /* not the first of its folio */
#define FRAMES_HUGE	 (UINT64_C(1) << 17)
#define FRAMES_THP	 (UINT64_C(1) << 22)

/* Zeroed, closed. */
struct frames {
	struct pagemap pagemap;
	int count_fd, flags_fd; /* 0: there is none */
};

/*
 * Of the calling process; a child must open its own.  Return: 0; -EPERM if this
 * user is not told frame numbers (CAP_SYS_ADMIN); -errno.
 */
int frames_open(struct frames *f);
void frames_close(struct frames *f);

/* The frame numbers of nr pages; 0 for one that is not present. */
int frames_read(const struct frames *f, const void *addr, size_t nr,
		uint64_t *ret_frames);

/* How often a frame is mapped; its flags.  Return: 0; -ENODATA; -errno. */
int frames_count(const struct frames *f, uint64_t frame, uint64_t *ret_count);
int frames_flags(const struct frames *f, uint64_t frame, uint64_t *ret_flags);

/* Whether a page is mapped to a frame that has the flag; false if unknown. */
bool frames_has(const struct frames *f, const void *addr, uint64_t flag);

#endif
