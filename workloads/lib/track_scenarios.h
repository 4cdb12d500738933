/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to pages before they are written, or by whom they are: one row a
 * scenario, with what each tracker's interface promises of it.
 */
#ifndef WORKLOADS_LIB_TRACK_SCENARIOS_H
#define WORKLOADS_LIB_TRACK_SCENARIOS_H

#include "track_case.h"

/* clang-format off */
#define TRACK_SCENARIOS(X) \
	X(PLAIN, "plain", \
	  "written once") \
	X(SECOND, "second-write", \
	  "written and reported, then written again") \
	X(RESOLVED_FORK, "resolved-fork", \
	  "written and reported, then shared with a child") \
	X(FORK_ALIVE, "fork-alive", \
	  "armed, then shared with a child") \
	X(FORK_EXITED, "fork-exited", \
	  "armed, then shared with a child that went") \
	X(FORK_EVENT, "fork-event", \
	  "armed, then a child of which the handler is told (EVENT_FORK)") \
	X(FORK_EVENT_CHILD, "fork-event-child", \
	  "likewise, and the child writes its own") \
	X(FORK_CHILD, "fork-child", \
	  "armed, then a child writes its own, of which nobody was told") \
	X(THP_FIRST, "thp-first", \
	  "a huge page, armed whole; one word of it is written") \
	X(THP_ALL, "thp-all", \
	  "likewise, and then all of its pages") \
	X(THP_PART, "thp-part", \
	  "a huge page, armed whole and half disarmed") \
	X(ZERO_PAGE, "zero-page", \
	  "only read before they were armed") \
	X(ABSENT, "absent", \
	  "never touched before they were armed") \
	X(ABSENT_MARKED, "absent-marked", \
	  "likewise, with WP_UNPOPULATED") \
	X(SHMEM, "shmem", \
	  "shared memory, written once") \
	X(SHMEM_DROPPED, "shmem-dropped", \
	  "shared memory, armed, then MADV_DONTNEED") \
	X(SHMEM_HOLE, "shmem-hole", \
	  "shared memory, armed, then a hole punched (MADV_REMOVE)") \
	X(OTHER_MM, "other-mm", \
	  "shared memory, written by another process that maps it") \
	X(MOVED, "mremap", \
	  "armed, then moved by mremap") \
	X(MOVED_EVENT, "mremap-event", \
	  "likewise, and the handler is told (EVENT_REMAP)") \
	X(COLLAPSE, "collapse", \
	  "armed, then MADV_COLLAPSE tries to make a huge page of them") \
	X(DROPPED, "dropped", \
	  "private memory, armed, then MADV_DONTNEED")
/* clang-format on */

#define TRACK_SCENARIO_CONSTANT(constant, name, words) TRACK_CASE_##constant,
enum track_scenario_name {
	TRACK_SCENARIOS(TRACK_SCENARIO_CONSTANT) TRACK_NR_SCENARIOS
};
#undef TRACK_SCENARIO_CONSTANT

/* For FL_PARAM_ENUM. */
extern const char *const track_scenario_names[];
extern const char *const track_scenario_words[];

const struct track_scenario *track_scenario(enum track_scenario_name name);

/* What they need of the kernel, for a workload with a parameter `scenario`. */
#define TRACK_NEED(feature, scenario)                       \
	{                                                   \
		FL_FEATURE_##feature, "scenario=" scenario, \
	}
#define TRACK_NEEDS                                                            \
	TRACK_NEED(THP, "thp-first"), TRACK_NEED(THP, "thp-all"),              \
		TRACK_NEED(THP, "thp-part"), TRACK_NEED(COLLAPSE, "collapse"), \
		TRACK_NEED(WP_UNPOPULATED, "absent-marked"),                   \
		TRACK_NEED(WP_SHMEM, "shmem"),                                 \
		TRACK_NEED(WP_SHMEM, "shmem-dropped"),                         \
		TRACK_NEED(WP_SHMEM, "shmem-hole"),                            \
		TRACK_NEED(WP_SHMEM, "other-mm")

#endif
