/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has a claim on the pages when they are written: one row a scenario.  The
 * names begin with the numbers of the list that they come from.
 */
#ifndef WORKLOADS_LIB_COW_SCENARIOS_H
#define WORKLOADS_LIB_COW_SCENARIOS_H

#include "cow_case.h"

/* clang-format off */
#define COW_SCENARIOS(X)                         \
	X(CHILD_PIPE,	     "T1-child-pipe")        \
	X(OWN_PIPE,	     "T2-own-pipe")          \
	X(OWN_PIPE_UFFD,     "T2u-own-pipe-uffd")    \
	X(PIPE_FORK,	     "T3-pipe-then-fork")    \
	X(AFTER_FORK,	     "T4-after-fork")        \
	X(REMOTE_LRU,	     "T4r-remote-lru")       \
	X(LOCAL_LRU,	     "T4l-local-lru")        \
	X(CHILD_ALIVE,	     "T5-child-alive")       \
	X(RING_FORK,	     "T6-ring-then-fork")    \
	X(RING_PROTECT,	     "T6b-ring-protect")     \
	X(RING_PAGEOUT,	     "T6c-ring-pageout")     \
	X(SWAPPED,	     "T7-swapped")           \
	X(SWAPPED_ALIVE,     "S1-swapped-child")     \
	X(SWAPPED_AFTER,     "S2-swapped-after")     \
	X(SWAPPED_UNSETTLED, "S2r-unsettled")        \
	X(MERGED,	     "T8-ksm-merged")        \
	X(HUGE_AFTER,	     "T9-thp-after-fork")    \
	X(HUGE_SPLIT,	     "T9b-thp-split")        \
	X(PIN_READ,	     "T10-pin-read")         \
	X(HUGETLB_PIPE,	     "hugetlb-pipe-fork")    \
	X(HUGETLB_CHILD,     "hugetlb-child-pipe")   \
	X(ANON_COW,	     "anon-cow")             \
	X(ANON_NON_COW,	     "anon-noncow")          \
	X(FILE_COW,	     "file-cow")             \
	X(FILE_NON_COW,	     "file-noncow")          \
	X(PIN_READER,	     "gup-pin-reader")       \
	X(GET_READER,	     "gup-get-reader")       \
	X(KSM_SCAN,	     "ksm-scan")
/* clang-format on */

#define COW_SCENARIO_CONSTANT(constant, name) COW_CASE_##constant,
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

const struct cow_scenario *cow_scenario(enum cow_scenario_name name);

/*
 * The controls: pages that nobody else ever had, which must be reused, and
 * pages that a living child maps, which must be copied.  In memory of the pool
 * if hugetlb.
 */
extern const struct cow_scenario cow_exclusive, cow_shared;

#endif
