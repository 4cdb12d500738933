// SPDX-License-Identifier: GPL-2.0-only
#include "track_scenarios.h"

#include "track_steps.h"

#include <faultline/uapi_compat.h>

#define TRACK_SCENARIO_NAME(constant, name, words) name,
const char *const track_scenario_names[] = { TRACK_SCENARIOS(
	TRACK_SCENARIO_NAME) NULL };

#define TRACK_SCENARIO_WORDS(constant, name, words) words,
const char *const track_scenario_words[] = { TRACK_SCENARIOS(
	TRACK_SCENARIO_WORDS) };

/* Of trackers that keep state. */
#define STAYS	  "what was reported stays so until it is armed anew"
#define NO_EVENTS "it has no events"
#define NO_PART	  "it cannot be disarmed in part"

static const struct track_scenario scenarios[] = {
	[TRACK_CASE_PLAIN] = {
		.steps = { track_fill, track_arm },
		.path = "do_wp_page(), mm/memory.c",
	},
	[TRACK_CASE_SECOND] = {
		.steps = { track_fill, track_arm, track_resolve },
		.without = { [TRACKER_WP_ASYNC] = STAYS,
			     [TRACKER_SOFT_DIRTY] = STAYS },
		.path = "change_pte_range(), mm/mprotect.c",
	},
	[TRACK_CASE_RESOLVED_FORK] = {
		.steps = { track_fill, track_arm, track_resolve, track_fork },
		.path = "do_wp_page(), userfaultfd_pte_wp(), mm/memory.c",
	},
	[TRACK_CASE_FORK_ALIVE] = {
		.steps = { track_fill, track_arm, track_fork },
		.path = "copy_present_ptes(), mm/memory.c",
	},
	[TRACK_CASE_FORK_EXITED] = {
		.steps = { track_fill, track_arm, track_fork, track_end_child },
		.path = "copy_present_ptes(), mm/memory.c",
	},
	[TRACK_CASE_FORK_EVENT] = {
		.steps = { track_fill, track_arm, track_fork },
		.features = UFFD_FEATURE_EVENT_FORK,
		.without = { [TRACKER_WP_ASYNC] = NO_EVENTS,
			     [TRACKER_SOFT_DIRTY] = NO_EVENTS,
			     [TRACKER_MPROTECT] = NO_EVENTS },
		.path = "dup_userfaultfd(), fs/userfaultfd.c",
	},
	[TRACK_CASE_FORK_EVENT_CHILD] = {
		.steps = { track_fill, track_arm, track_fork },
		.write = track_write_child,
		.features = UFFD_FEATURE_EVENT_FORK,
		.without = { [TRACKER_WP_ASYNC] = NO_EVENTS,
			     [TRACKER_SOFT_DIRTY] = NO_EVENTS,
			     [TRACKER_MPROTECT] = NO_EVENTS },
		.elsewhere = true,
		.plain_plant = true,
		.path = "dup_userfaultfd(), fs/userfaultfd.c",
	},
	[TRACK_CASE_FORK_CHILD] = {
		.steps = { track_fill, track_arm, track_fork },
		.write = track_write_child,
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_NOTHING,
			 [TRACKER_WP_ASYNC] = TRACK_DUE_NOTHING,
			 [TRACKER_SOFT_DIRTY] = TRACK_DUE_NOTHING },
		.without = { [TRACKER_MPROTECT] =
				     "the child has a handler of its own" },
		.elsewhere = true,
		.path = "userfaultfd_reset_ctx() by dup_userfaultfd(), "
			"fs/userfaultfd.c",
	},
	[TRACK_CASE_THP_FIRST] = {
		.steps = { track_fill, track_arm_all, track_choose_first },
		.backing = REGION_ANON_THP,
		.path = "wp_huge_pmd(), mm/memory.c",
	},
	[TRACK_CASE_THP_ALL] = {
		.steps = { track_fill, track_arm_all, track_choose_all,
			   track_write_first },
		.backing = REGION_ANON_THP,
		.path = "change_huge_pmd(), __split_huge_pmd(), "
			"mm/huge_memory.c",
	},
	[TRACK_CASE_THP_PART] = {
		.steps = { track_fill, track_arm_all, track_disarm_half },
		.backing = REGION_ANON_THP,
		.without = { [TRACKER_SOFT_DIRTY] = NO_PART },
		.path = "change_pmd_range(), mm/mprotect.c",
	},
	[TRACK_CASE_ZERO_PAGE] = {
		.steps = { track_fill_zero, track_arm },
		.path = "do_wp_page(), wp_page_copy(), mm/memory.c",
	},
	[TRACK_CASE_ABSENT] = {
		.steps = { track_fill_none, track_arm },
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_NOTHING },
		.path = "userfaultfd_wp_use_markers(), "
			"include/linux/userfaultfd_k.h",
	},
	[TRACK_CASE_ABSENT_MARKED] = {
		.steps = { track_fill_none, track_arm },
		.features = UFFD_FEATURE_WP_UNPOPULATED,
		.path = "pte_marker_handle_uffd_wp(), mm/memory.c",
	},
	[TRACK_CASE_SHMEM] = {
		.steps = { track_fill, track_arm },
		.backing = REGION_SHMEM,
		.path = "do_wp_page(), wp_page_shared(), mm/memory.c",
	},
	[TRACK_CASE_SHMEM_DROPPED] = {
		.steps = { track_fill, track_arm, track_drop_pages },
		.backing = REGION_SHMEM,
		.path = "pte_install_uffd_wp_if_needed(), "
			"include/linux/mm_inline.h",
	},
	[TRACK_CASE_SHMEM_HOLE] = {
		.steps = { track_fill, track_arm, track_punch_hole },
		.backing = REGION_SHMEM,
		.path = "pte_install_uffd_wp_if_needed(), "
			"include/linux/mm_inline.h",
	},
	[TRACK_CASE_OTHER_MM] = {
		.steps = { track_fill_alias, track_arm, track_fork },
		.write = track_write_alias,
		.backing = REGION_SHMEM,
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_NOTHING,
			 [TRACKER_WP_ASYNC] = TRACK_DUE_NOTHING,
			 [TRACKER_SOFT_DIRTY] = TRACK_DUE_NOTHING,
			 [TRACKER_MPROTECT] = TRACK_DUE_NOTHING },
		.path = "the bit is in one page table, fault_dirty_shared_page()"
			", mm/memory.c",
	},
	[TRACK_CASE_MOVED] = {
		.steps = { track_fill, track_arm, track_move },
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_NOTHING },
		.without = { [TRACKER_WP_ASYNC] =
				     "what is not registered tells nothing" },
		.path = "mremap_userfaultfd_prep(), fs/userfaultfd.c",
	},
	[TRACK_CASE_MOVED_EVENT] = {
		.steps = { track_fill, track_arm, track_move },
		.features = UFFD_FEATURE_EVENT_REMAP,
		.without = { [TRACKER_WP_ASYNC] = NO_EVENTS,
			     [TRACKER_SOFT_DIRTY] = NO_EVENTS,
			     [TRACKER_MPROTECT] = NO_EVENTS },
		.path = "mremap_userfaultfd_complete(), fs/userfaultfd.c",
	},
	[TRACK_CASE_COLLAPSE] = {
		.steps = { track_fill_small, track_arm_all, track_collapse },
		.backing = REGION_ANON_THP,
		.path = "hpage_collapse_scan_pmd(), mm/khugepaged.c",
	},
	[TRACK_CASE_DROPPED] = {
		.steps = { track_fill, track_arm, track_drop_pages },
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_NOTHING },
		.path = "zap_pte_range(), mm/memory.c",
	},
};

_Static_assert(sizeof(scenarios) / sizeof(*scenarios) == TRACK_NR_SCENARIOS,
	       "a scenario has no row");

const struct track_scenario *track_scenario(enum track_scenario_name name)
{
	return &scenarios[name];
}
