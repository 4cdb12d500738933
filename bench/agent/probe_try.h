/* SPDX-License-Identifier: GPL-2.0-only */
/* The single probes, each in the file of its topic, and what they share. */
#ifndef AGENT_PROBE_TRY_H
#define AGENT_PROBE_TRY_H

#include <faultline/feature.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBE_TRY(name) \
	enum fl_feature_state probe_##name(char *why, size_t bytes)

/* probe_uffd.c */
PROBE_TRY(uffd);
PROBE_TRY(uffd_kernel);
PROBE_TRY(wp_anon);
PROBE_TRY(wp_shmem);
PROBE_TRY(minor_shmem);
PROBE_TRY(wp_hugetlb);
PROBE_TRY(wp_unpopulated);
PROBE_TRY(wp_async);
PROBE_TRY(pagemap_wp);

/* probe_flush.c */
PROBE_TRY(rewp_no_flush);

/* probe_mm.c */
PROBE_TRY(pagemap_pfn);
PROBE_TRY(pagemap_scan);
PROBE_TRY(thp);
PROBE_TRY(collapse);
PROBE_TRY(populate_write);
PROBE_TRY(pageout);
PROBE_TRY(soft_dirty);
PROBE_TRY(ksm);
PROBE_TRY(move_nodes);

/* probe_perf.c */
PROBE_TRY(io_uring);
PROBE_TRY(tracepoints);

/* Writes the words into a buffer of PROBE_WHY_BYTES.  Return: @state. */
enum fl_feature_state probe_say(enum fl_feature_state state, char *why,
				const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * "what: why" by an errno that no probe knows better about: what is not there
 * is no, what this user may not do is denied, the rest is failed.
 */
enum fl_feature_state probe_errno(int err, char *why, const char *what);

/* Pages of anonymous memory that nothing has touched; NULL: out of memory. */
char *probe_map(size_t len);

/* The first line of a file as a number, or @otherwise. */
long probe_number(const char *path, long otherwise);

/*
 * An event of perf, by type and number, for this thread and not yet running.
 * Return: a descriptor or -errno.
 */
int probe_perf_open(uint32_t type, uint64_t config);

#endif
