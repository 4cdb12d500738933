// SPDX-License-Identifier: GPL-2.0-only
#include "cow_scenarios.h"

#include "cow_steps.h"

#define COW_SCENARIO_NAME(constant, name, words) name,
const char *const cow_scenario_names[] = { COW_SCENARIOS(COW_SCENARIO_NAME)
						   NULL };

#define COW_SCENARIO_WORDS(constant, name, words) words,
const char *const cow_scenario_words[] = { COW_SCENARIOS(COW_SCENARIO_WORDS) };

const struct cow_scenario cow_exclusive = {
	.steps = { cow_fill, cow_protect },
	.st = { .m = 1, .e = true },
	.no_fault = true,
};

const struct cow_scenario cow_shared = {
	.steps = { cow_fill, cow_fork },
	.st = { .m = 2 },
	.view = COW_VIEW_CHILD,
};

static const struct cow_scenario scenarios[] = {
	[COW_CASE_CHILD_PIPE] = {
		.steps = { cow_fill, cow_fork, cow_child_pipe },
		.st = { .m = 1, .g = 1, .others_g = true,
			.got_while_shared = true },
		.view = COW_VIEW_CHILD_PIPE,
		.large_too = true,
	},
	[COW_CASE_OWN_PIPE] = {
		.steps = { cow_fill, cow_own_pipe, cow_protect },
		.st = { .m = 1, .g = 1, .e = true },
		.view = COW_VIEW_PIN,
		.large_too = true,
	},
	[COW_CASE_OWN_PIPE_UFFD] = {
		.steps = { cow_fill, cow_own_pipe, cow_protect_uffd },
		.st = { .m = 1, .g = 1, .e = true },
		.view = COW_VIEW_PIN,
	},
	[COW_CASE_PIPE_FORK] = {
		.steps = { cow_fill, cow_own_pipe, cow_fork, cow_end_child },
		.st = { .m = 1, .g = 1 },
		.view = COW_VIEW_PIN,
		.large_too = true,
	},
	[COW_CASE_AFTER_FORK] = {
		.steps = { cow_fill, cow_fork, cow_end_child },
		.st = { .m = 1 },
		.large_too = true,
	},
	[COW_CASE_REMOTE_LRU] = {
		.steps = { cow_fill_remote, cow_fork, cow_end_child },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
	[COW_CASE_LOCAL_LRU] = {
		.steps = { cow_fill_unsettled, cow_fork, cow_end_child },
		.st = { .m = 1, .local = COW_MAYBE },
	},
	[COW_CASE_CHILD_ALIVE] = {
		.steps = { cow_fill, cow_fork },
		.st = { .m = 2 },
		.view = COW_VIEW_CHILD,
		.large_too = true,
	},
	[COW_CASE_RING_FORK] = {
		.steps = { cow_fill, cow_own_ring, cow_fork },
		.st = { .m = 2, .p = 1, .e = true, .pinned_at_fork = true },
		.view = COW_VIEW_PIN,
		.check_child = true,
	},
	[COW_CASE_RING_PROTECT] = {
		.steps = { cow_fill, cow_own_ring, cow_fork, cow_end_child,
			   cow_protect },
		.st = { .m = 1, .p = 1, .e = true },
		.view = COW_VIEW_PIN,
	},
	[COW_CASE_RING_PAGEOUT] = {
		.steps = { cow_fill, cow_own_ring, cow_try_page_out },
		.st = { .m = 1, .p = 1, .e = true, .reclaim_tried = true },
		.view = COW_VIEW_PIN,
	},
	[COW_CASE_SWAPPED] = {
		.steps = { cow_fill, cow_page_out, cow_read_in },
		.st = { .m = 1, .c = COW_MAYBE, .e = true },
		.no_fault = true,
	},
	[COW_CASE_SWAPPED_ALIVE] = {
		.steps = { cow_fill, cow_page_out, cow_fork, cow_read_in },
		.st = { .m = 1, .s = 1, .c = COW_MAYBE },
		.view = COW_VIEW_CHILD,
	},
	[COW_CASE_SWAPPED_AFTER] = {
		.steps = { cow_fill, cow_page_out, cow_fork, cow_read_in,
			   cow_end_child, cow_wait_written, cow_drain_all },
		.st = { .m = 1, .c = COW_MAYBE },
	},
	[COW_CASE_SWAPPED_UNSETTLED] = {
		.steps = { cow_fill, cow_page_out, cow_fork, cow_read_in,
			   cow_end_child },
		.st = { .m = 1, .c = COW_MAYBE,
			.remote = COW_MAYBE },
	},
	[COW_CASE_MERGED] = {
		.steps = { cow_fill_equal, cow_merge },
		.st = { .m = 2, .k = true },
		.view = COW_VIEW_TWIN,
	},
	[COW_CASE_HUGE_AFTER] = {
		.steps = { cow_fill, cow_fork, cow_end_child },
		.st = { .m = 1 },
		.large_only = true,
	},
	[COW_CASE_HUGE_SPLIT] = {
		.steps = { cow_fill, cow_fork, cow_write_first, cow_end_child },
		.st = { .m = 1 },
		.large_only = true,
	},
	[COW_CASE_PIN_READ] = {
		.steps = { cow_fill, cow_fork },
		.st = { .event = COW_PIN_READ, .m = 2 },
	},
	[COW_CASE_HUGETLB_PIPE] = {
		.steps = { cow_fill, cow_own_pipe, cow_fork, cow_end_child },
		.st = { .m = 1, .g = 1 },
		.view = COW_VIEW_PIN,
		.hugetlb = true,
	},
	[COW_CASE_HUGETLB_CHILD] = {
		.steps = { cow_fill, cow_fork, cow_child_pipe },
		.st = { .m = 1, .g = 1, .others_g = true,
			.got_while_shared = true },
		.view = COW_VIEW_CHILD_PIPE,
		.hugetlb = true,
	},
	[COW_CASE_ANON_COW] = {
		.steps = { cow_fill, cow_fork },
		.st = { .m = 2 },
		.view = COW_VIEW_CHILD,
	},
	[COW_CASE_ANON_NON_COW] = {
		.steps = { cow_fill, cow_protect_uffd },
		.st = { .m = 1, .e = true },
		.no_fault = true,
	},
	[COW_CASE_FILE_COW] = {
		.steps = { cow_map_private },
		.st = { .kind = COW_FILE_PRIVATE, .m = 1 },
		.view = COW_VIEW_FILE,
	},
	[COW_CASE_FILE_NON_COW] = {
		.steps = { cow_map_shared },
		.st = { .kind = COW_FILE_SHARED, .m = 1 },
		.view = COW_VIEW_FILE,
	},
	[COW_CASE_PIN_READER] = {
		.steps = { cow_fill, cow_fork, cow_end_child, cow_note_frames,
			   cow_start_reader },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
	[COW_CASE_GET_READER] = {
		.steps = { cow_fill, cow_fork, cow_end_child, cow_note_frames,
			   cow_start_reader },
		.st = { .m = 1, .remote = COW_MAYBE },
	},
	[COW_CASE_KSM_SCAN] = {
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
