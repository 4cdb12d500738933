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
	  "private memory, armed, then MADV_DONTNEED") \
	X(GUP_READ, "gup-read", \
	  "armed, then read by process_vm_readv") \
	X(GUP_PIPE, "gup-pipe", \
	  "armed, then held by a pipe (vmsplice)") \
	X(GUP_SHARED, "gup-shared-read", \
	  "shared with a child, armed, then read by process_vm_readv") \
	X(GUP_SHARED_PIPE, "gup-shared-pipe", \
	  "shared with a child, armed, then held by a pipe (vmsplice)") \
	X(VM_WRITE, "vm-write", \
	  "written by process_vm_writev") \
	X(READ_INTO, "read-into", \
	  "written by a read() of a file") \
	X(DIRECT, "direct-read", \
	  "written by a read() of a disk (O_DIRECT)") \
	X(UNDER_WAY, "direct-under-way", \
	  "armed while a disk is already to write to them (O_DIRECT)") \
	X(PROC_MEM, "proc-mem", \
	  "written through /proc/self/mem") \
	X(RING_BEFORE, "ring-before", \
	  "registered with io_uring, then armed; written by a fixed read") \
	X(RING_AFTER, "ring-after", \
	  "armed, then registered with io_uring and written by a fixed read") \
	X(SWAP_READ, "swap-read", \
	  "armed, swapped out and read in again") \
	X(SWAP_WRITE, "swap-write", \
	  "armed and swapped out") \
	X(SWAP_ARMED, "swap-armed", \
	  "swapped out, then armed") \
	X(RESOLVED_SWAP, "resolved-swap", \
	  "written and reported, then swapped out") \
	X(KSM_AFTER, "ksm-after", \
	  "armed, then merged by KSM") \
	X(KSM_BEFORE, "ksm-before", \
	  "merged by KSM, then armed") \
	X(RESOLVED_KSM, "resolved-ksm", \
	  "written and reported, then merged by KSM") \
	X(MIGRATED, "migrated", \
	  "armed, then moved to another NUMA node") \
	X(HUGETLB, "hugetlb", \
	  "pages of the hugetlb pool, written once") \
	X(HUGETLB_FORK, "hugetlb-fork", \
	  "of the hugetlb pool, armed, then shared with a child") \
	X(HUGETLB_DROPPED, "hugetlb-dropped", \
	  "of the hugetlb pool, armed, then MADV_DONTNEED")
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
		TRACK_NEED(WP_SHMEM, "other-mm"),                              \
		TRACK_NEED(IO_URING, "ring-before"),                           \
		TRACK_NEED(IO_URING, "ring-after"),                            \
		TRACK_NEED(PAGEOUT, "swap-read"),                              \
		TRACK_NEED(PAGEOUT, "swap-write"),                             \
		TRACK_NEED(PAGEOUT, "swap-armed"),                             \
		TRACK_NEED(PAGEOUT, "resolved-swap"),                          \
		TRACK_NEED(KSM, "ksm-after"), TRACK_NEED(KSM, "ksm-before"),   \
		TRACK_NEED(KSM, "resolved-ksm"),                               \
		TRACK_NEED(MOVE_NODES, "migrated"),                            \
		TRACK_NEED(WP_HUGETLB, "hugetlb"),                             \
		TRACK_NEED(WP_HUGETLB, "hugetlb-fork"),                        \
		TRACK_NEED(WP_HUGETLB, "hugetlb-dropped")

/*
 * And of the machine; swap and pool are functions that say how much of each.
 */
#define TRACK_WANT(knob_, scenario, ...)                                   \
	{                                                                  \
		.knob = (knob_), .when = "scenario=" scenario, __VA_ARGS__ \
	}
#define TRACK_WANT_KSM(scenario)                                 \
	TRACK_WANT("ksm", scenario, .value = "1"),               \
		TRACK_WANT("ksm-sleep", scenario, .value = "0"), \
		TRACK_WANT("ksm-pages", scenario, .value = "5000")
#define TRACK_SYSTEM(swap, pool)                                           \
	TRACK_WANT("swap", "swap-read", .amount = (swap)),                 \
		TRACK_WANT("swap", "swap-write", .amount = (swap)),        \
		TRACK_WANT("swap", "swap-armed", .amount = (swap)),        \
		TRACK_WANT("swap", "resolved-swap", .amount = (swap)),     \
		TRACK_WANT_KSM("ksm-after"), TRACK_WANT_KSM("ksm-before"), \
		TRACK_WANT_KSM("resolved-ksm"),                            \
		TRACK_WANT("hugetlb", "hugetlb", .amount = (pool)),        \
		TRACK_WANT("hugetlb", "hugetlb-fork", .amount = (pool)),   \
		TRACK_WANT("hugetlb", "hugetlb-dropped", .amount = (pool))

#endif
