/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has a claim on the pages when they are written: one row a scenario.  The
 * names begin with the numbers of the list that they come from.
 */
#ifndef WORKLOADS_LIB_COW_SCENARIOS_H
#define WORKLOADS_LIB_COW_SCENARIOS_H

#include "cow_case.h"

/* clang-format off */
#define COW_SCENARIOS(X) \
	X(CHILD_PIPE, "T1-child-pipe", \
	  "a child holds them by vmsplice and has unmapped them") \
	X(OWN_PIPE, "T2-own-pipe", \
	  "we hold them by vmsplice; mprotect to read and back") \
	X(OWN_PIPE_UFFD, "T2u-own-pipe-uffd", \
	  "we hold them by vmsplice; userfaultfd protects and unprotects") \
	X(PIPE_FORK, "T3-pipe-then-fork", \
	  "we hold them by vmsplice; a child came and went") \
	X(AFTER_FORK, "T4-after-fork", \
	  "a child came and went") \
	X(REMOTE_LRU, "T4r-remote-lru", \
	  "a child came and went; another CPU has just faulted them in") \
	X(LOCAL_LRU, "T4l-local-lru", \
	  "a child came and went; this CPU has just faulted them in") \
	X(CHILD_ALIVE, "T5-child-alive", \
	  "a child maps them") \
	X(RING_FORK, "T6-ring-then-fork", \
	  "registered with io_uring, then a child") \
	X(RING_PROTECT, "T6b-ring-protect", \
	  "registered with io_uring; a child came and went; mprotect to read and back") \
	X(RING_PAGEOUT, "T6c-ring-pageout", \
	  "registered with io_uring, then MADV_PAGEOUT") \
	X(SWAPPED, "T7-swapped", \
	  "swapped out and read in again") \
	X(SWAPPED_ALIVE, "S1-swapped-child", \
	  "swapped out, then a child; read in by us alone") \
	X(SWAPPED_AFTER, "S2-swapped-after", \
	  "swapped out, then a child, read in by us alone, and the child went") \
	X(SWAPPED_UNSETTLED, "S2r-unsettled", \
	  "likewise, and they are being written still or are in an LRU batch") \
	X(MERGED, "T8-ksm-merged", \
	  "merged by KSM with pages that are not written") \
	X(HUGE_AFTER, "T9-thp-after-fork", \
	  "a huge page; a child came and went") \
	X(HUGE_SPLIT, "T9b-thp-split", \
	  "a huge page; one byte written beside a child, which then went") \
	X(PIN_READ, "T10-pin-read", \
	  "a child maps them; read by process_vm_readv") \
	X(HUGETLB_PIPE, "hugetlb-pipe-fork", \
	  "hugetlb; held by vmsplice; a child came and went") \
	X(HUGETLB_CHILD, "hugetlb-child-pipe", \
	  "hugetlb; a child holds them by vmsplice and has unmapped them") \
	X(ANON_COW, "anon-cow", \
	  "anonymous, COW: shared by fork") \
	X(ANON_NON_COW, "anon-noncow", \
	  "anonymous, not COW: protected by userfaultfd and back") \
	X(FILE_COW, "file-cow", \
	  "a file, COW: mapped privately and read") \
	X(FILE_NON_COW, "file-noncow", \
	  "a file, not COW: mapped shared and read") \
	X(PIN_READER, "gup-pin-reader", \
	  "a child came and went; another CPU pins and reads them") \
	X(GET_READER, "gup-get-reader", \
	  "a child came and went; another CPU splices and drops them") \
	X(KSM_SCAN, "ksm-scan", \
	  "a child came and went; KSM scans them meanwhile")
/* clang-format on */

#define COW_SCENARIO_CONSTANT(constant, name, words) COW_CASE_##constant,
enum cow_scenario_name {
	COW_SCENARIOS(COW_SCENARIO_CONSTANT) COW_NR_SCENARIOS
};
#undef COW_SCENARIO_CONSTANT

/*
 * What they need of the kernel and of the machine, for a workload with
 * parameters `scenario` and `order`; swap and pool are functions that say how
 * much of each.
 */
#define COW_NEED(feature, scenario)                         \
	{                                                   \
		FL_FEATURE_##feature, "scenario=" scenario, \
	}
#define COW_NEEDS                                                          \
	COW_NEED(WP_ANON, "T2u-own-pipe-uffd"),                            \
		COW_NEED(IO_URING, "T6-ring-then-fork"),                   \
		COW_NEED(IO_URING, "T6b-ring-protect"),                    \
		COW_NEED(IO_URING, "T6c-ring-pageout"),                    \
		COW_NEED(PAGEOUT, "T6c-ring-pageout"),                     \
		COW_NEED(PAGEOUT, "T7-swapped"),                           \
		COW_NEED(PAGEOUT, "S1-swapped-child"),                     \
		COW_NEED(PAGEOUT, "S2-swapped-after"),                     \
		COW_NEED(PAGEOUT, "S2r-unsettled"),                        \
		COW_NEED(KSM, "T8-ksm-merged"), COW_NEED(KSM, "ksm-scan"), \
		COW_NEED(WP_ANON, "anon-noncow"),                          \
	{                                                                  \
		FL_FEATURE_THP, "order!=4k"                                \
	}

#define COW_WANT(knob_, scenario, ...)                                     \
	{                                                                  \
		.knob = (knob_), .when = "scenario=" scenario, __VA_ARGS__ \
	}
#define COW_WANT_KSM(scenario)                                 \
	COW_WANT("ksm", scenario, .value = "1"),               \
		COW_WANT("ksm-sleep", scenario, .value = "0"), \
		COW_WANT("ksm-pages", scenario, .value = "5000")
#define COW_SYSTEM(swap, pool)                                               \
	COW_WANT("swap", "T6c-ring-pageout", .amount = (swap)),              \
		COW_WANT("swap", "T7-swapped", .amount = (swap)),            \
		COW_WANT("swap", "S1-swapped-child", .amount = (swap)),      \
		COW_WANT("swap", "S2-swapped-after", .amount = (swap)),      \
		COW_WANT("swap", "S2r-unsettled", .amount = (swap)),         \
		COW_WANT_KSM("T8-ksm-merged"), COW_WANT_KSM("ksm-scan"),     \
		COW_WANT("hugetlb", "hugetlb-pipe-fork", .amount = (pool)),  \
		COW_WANT("hugetlb", "hugetlb-child-pipe", .amount = (pool)), \
	{                                                                    \
		.knob = "mthp-64K", .value = "madvise", .when = "order=mthp" \
	}

/* For FL_PARAM_ENUM. */
extern const char *const cow_scenario_names[];
extern const char *const cow_scenario_words[];

const struct cow_scenario *cow_scenario(enum cow_scenario_name name);

/*
 * The controls: pages that nobody else ever had, which must be reused, and
 * pages that a living child maps, which must be copied.  In memory of the pool
 * if hugetlb.
 */
extern const struct cow_scenario cow_exclusive, cow_shared;

#endif
