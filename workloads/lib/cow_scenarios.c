// SPDX-License-Identifier: GPL-2.0-only
#include "cow_scenarios.h"

#include "cow_steps.h"

#define COW_SCENARIO_NAME(constant, name) name,
const char *const cow_scenario_names[] = { COW_SCENARIOS(COW_SCENARIO_NAME)
						   NULL };

const struct cow_scenario cow_exclusive = {
	.words = "nobody else ever had them",
	.steps = { cow_fill, cow_protect },
	.st = { .m = 1, .e = true },
	.no_fault = true,
};

const struct cow_scenario cow_shared = {
	.words = "a child maps them",
	.steps = { cow_fill, cow_fork },
	.st = { .m = 2 },
	.view = COW_VIEW_CHILD,
};

static const struct cow_scenario scenarios[] = {
	[COW_CASE_CHILD_PIPE] = {
		.words = "a child holds them by vmsplice and has unmapped them",
		.steps = { cow_fill, cow_fork, cow_child_pipe },
		.st = { .m = 1, .g = 1, .others_g = true,
			.got_while_shared = true },
		.view = COW_VIEW_CHILD_PIPE,
		.large_too = true,
	},
	[COW_CASE_OWN_PIPE] = {
		.words = "we hold them by vmsplice; mprotect to read and back",
		.steps = { cow_fill, cow_own_pipe, cow_protect },
		.st = { .m = 1, .g = 1, .e = true },
		.view = COW_VIEW_PIN,
		.large_too = true,
	},
	[COW_CASE_OWN_PIPE_UFFD] = {
		.words = "the same, protected by userfaultfd and back",
		.steps = { cow_fill, cow_own_pipe, cow_protect_uffd },
		.st = { .m = 1, .g = 1, .e = true },
		.view = COW_VIEW_PIN,
	},
	[COW_CASE_PIPE_FORK] = {
		.words = "we hold them by vmsplice; a child came and went",
		.steps = { cow_fill, cow_own_pipe, cow_fork, cow_end_child },
		.st = { .m = 1, .g = 1 },
		.view = COW_VIEW_PIN,
		.large_too = true,
	},
	[COW_CASE_AFTER_FORK] = {
		.words = "a child came and went",
		.steps = { cow_fill, cow_fork, cow_end_child },
		.st = { .m = 1 },
		.large_too = true,
	},
	[COW_CASE_REMOTE_LRU] = {
		.words = "the same, faulted in on another CPU just before",
		.steps = { cow_fill_remote, cow_fork, cow_end_child },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
	[COW_CASE_LOCAL_LRU] = {
		.words = "the same, faulted in on this CPU just before",
		.steps = { cow_fill_unsettled, cow_fork, cow_end_child },
		.st = { .m = 1, .local = COW_MAYBE },
	},
	[COW_CASE_CHILD_ALIVE] = {
		.words = "a child maps them",
		.steps = { cow_fill, cow_fork },
		.st = { .m = 2 },
		.view = COW_VIEW_CHILD,
		.large_too = true,
	},
	[COW_CASE_RING_FORK] = {
		.words = "registered with io_uring, then a child",
		.steps = { cow_fill, cow_own_ring, cow_fork },
		.st = { .m = 2, .p = 1, .e = true, .pinned_at_fork = true },
		.view = COW_VIEW_PIN,
		.check_child = true,
	},
	[COW_CASE_RING_PROTECT] = {
		.words = "the same, the child gone; mprotect to read and back",
		.steps = { cow_fill, cow_own_ring, cow_fork, cow_end_child,
			   cow_protect },
		.st = { .m = 1, .p = 1, .e = true },
		.view = COW_VIEW_PIN,
	},
	[COW_CASE_RING_PAGEOUT] = {
		.words = "registered with io_uring, then MADV_PAGEOUT",
		.steps = { cow_fill, cow_own_ring, cow_try_page_out },
		.st = { .m = 1, .p = 1, .e = true, .reclaim_tried = true },
		.view = COW_VIEW_PIN,
	},
	[COW_CASE_SWAPPED] = {
		.words = "swapped out and read in again",
		.steps = { cow_fill, cow_page_out, cow_read_in },
		.st = { .m = 1, .c = COW_MAYBE, .e = true },
		.no_fault = true,
	},
	[COW_CASE_SWAPPED_ALIVE] = {
		.words = "swapped out, then a child; read in by us alone",
		.steps = { cow_fill, cow_page_out, cow_fork, cow_read_in },
		.st = { .m = 1, .s = 1, .c = COW_MAYBE },
		.view = COW_VIEW_CHILD,
	},
	[COW_CASE_SWAPPED_AFTER] = {
		.words = "the same, and the child is gone",
		.steps = { cow_fill, cow_page_out, cow_fork, cow_read_in,
			   cow_end_child, cow_wait_written, cow_drain_all },
		.st = { .m = 1, .c = COW_MAYBE },
	},
	[COW_CASE_SWAPPED_UNSETTLED] = {
		.words = "the same, still being written or in an LRU batch",
		.steps = { cow_fill, cow_page_out, cow_fork, cow_read_in,
			   cow_end_child },
		.st = { .m = 1, .c = COW_MAYBE,
			.remote = COW_MAYBE },
	},
	[COW_CASE_MERGED] = {
		.words = "merged by KSM with pages that are not written",
		.steps = { cow_fill_equal, cow_merge },
		.st = { .m = 2, .k = true },
		.view = COW_VIEW_TWIN,
	},
	[COW_CASE_HUGE_AFTER] = {
		.words = "a huge page; a child came and went",
		.steps = { cow_fill, cow_fork, cow_end_child },
		.st = { .m = 1 },
		.large_only = true,
	},
	[COW_CASE_HUGE_SPLIT] = {
		.words = "a huge page; one byte written beside a child, "
			 "which then went",
		.steps = { cow_fill, cow_fork, cow_write_first, cow_end_child },
		.st = { .m = 1 },
		.large_only = true,
	},
	[COW_CASE_PIN_READ] = {
		.words = "a child maps them; read by process_vm_readv",
		.steps = { cow_fill, cow_fork },
		.st = { .event = COW_PIN_READ, .m = 2 },
	},
	[COW_CASE_HUGETLB_PIPE] = {
		.words = "hugetlb; held by vmsplice; a child came and went",
		.steps = { cow_fill, cow_own_pipe, cow_fork, cow_end_child },
		.st = { .m = 1, .g = 1 },
		.view = COW_VIEW_PIN,
		.hugetlb = true,
	},
	[COW_CASE_HUGETLB_CHILD] = {
		.words = "hugetlb; a child holds them by vmsplice and has "
			 "unmapped them",
		.steps = { cow_fill, cow_fork, cow_child_pipe },
		.st = { .m = 1, .g = 1, .others_g = true,
			.got_while_shared = true },
		.view = COW_VIEW_CHILD_PIPE,
		.hugetlb = true,
	},
	[COW_CASE_ANON_COW] = {
		.words = "anonymous, COW: shared by fork",
		.steps = { cow_fill, cow_fork },
		.st = { .m = 2 },
		.view = COW_VIEW_CHILD,
	},
	[COW_CASE_ANON_NON_COW] = {
		.words = "anonymous, not COW: protected by userfaultfd and back",
		.steps = { cow_fill, cow_protect_uffd },
		.st = { .m = 1, .e = true },
		.no_fault = true,
	},
	[COW_CASE_FILE_COW] = {
		.words = "a file, COW: mapped privately and read",
		.steps = { cow_map_private },
		.st = { .kind = COW_FILE_PRIVATE, .m = 1 },
		.view = COW_VIEW_FILE,
	},
	[COW_CASE_FILE_NON_COW] = {
		.words = "a file, not COW: mapped shared and read",
		.steps = { cow_map_shared },
		.st = { .kind = COW_FILE_SHARED, .m = 1 },
		.view = COW_VIEW_FILE,
	},
	[COW_CASE_PIN_READER] = {
		.words = "a child came and went; another CPU pins and reads them",
		.steps = { cow_fill, cow_fork, cow_end_child, cow_note_frames,
			   cow_start_reader },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
	[COW_CASE_GET_READER] = {
		.words = "a child came and went; another CPU splices and drops them",
		.steps = { cow_fill, cow_fork, cow_end_child, cow_note_frames,
			   cow_start_reader },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
	[COW_CASE_KSM_SCAN] = {
		.words = "a child came and went; KSM scans them meanwhile",
		.steps = { cow_fill, cow_mergeable, cow_fork, cow_end_child },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
};

_Static_assert(sizeof(scenarios) / sizeof(*scenarios) == COW_NR_SCENARIOS,
	       "a scenario has no row");

const struct cow_scenario *cow_scenario(enum cow_scenario_name name)
{
	return &scenarios[name];
}
