// SPDX-License-Identifier: GPL-2.0-only
#include "track_scenarios.h"

#include "track_outside.h"
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
#define NO_POOL	  "clear_refs passes over pages of the pool"

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
		.path = "dup_userfaultfd(), fs/userfaultfd.c",
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
		.steps = { track_fill, track_arm_all, track_disarm_half,
			   track_choose_few },
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
		.path = "do_shared_fault(), mm/memory.c",
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
		.steps = { track_fill_small, track_arm_all, track_collapse,
			   track_choose_few },
		.backing = REGION_ANON_THP,
		.path = "hpage_collapse_scan_pmd(), mm/khugepaged.c",
	},
	[TRACK_CASE_DROPPED] = {
		.steps = { track_fill, track_arm, track_drop_pages },
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_NOTHING },
		.path = "zap_pte_range(), mm/memory.c",
	},
	[TRACK_CASE_GUP_READ] = {
		.steps = { track_fill, track_arm, track_read_vm },
		.path = "follow_page_pte(), mm/gup.c",
	},
	[TRACK_CASE_GUP_PIPE] = {
		.steps = { track_fill, track_arm, track_read_pipe },
		.path = "gup_fast_pte_range(), mm/gup.c",
	},
	[TRACK_CASE_GUP_SHARED] = {
		.steps = { track_fill, track_fork, track_arm, track_read_vm },
		.path = "gup_must_unshare(), mm/internal.h; wp_page_copy() "
			"unsharing, mm/memory.c",
	},
	[TRACK_CASE_GUP_SHARED_PIPE] = {
		.steps = { track_fill, track_fork, track_arm, track_read_pipe },
		.path = "gup_fast_pte_range(), mm/gup.c",
	},
	[TRACK_CASE_VM_WRITE] = {
		.steps = { track_fill, track_arm },
		.write = track_write_vm,
		.by_kernel = true,
		.plain_plant = true,
		.path = "faultin_page(), mm/gup.c",
	},
	[TRACK_CASE_READ_INTO] = {
		.steps = { track_fill, track_arm },
		.write = track_write_read,
		.by_kernel = true,
		.plain_plant = true,
		.path = "handle_userfault(), fs/userfaultfd.c, for "
			"copy_to_user()",
	},
	[TRACK_CASE_DIRECT] = {
		.steps = { track_fill, track_arm },
		.write = track_write_direct,
		.by_kernel = true,
		.plain_plant = true,
		.path = "iov_iter_extract_pages(), lib/iov_iter.c; "
			"faultin_page(), mm/gup.c",
	},
	[TRACK_CASE_UNDER_WAY] = {
		.steps = { track_fill, track_arm_under_way },
		.write = track_write_under_way,
		.plain_plant = true,
		.path = "bio_iov_iter_get_pages(), block/bio.c: no page table "
			"is asked again",
	},
	[TRACK_CASE_PROC_MEM] = {
		.steps = { track_fill, track_arm },
		.write = track_write_mem,
		.due = { [TRACKER_UFFD_WP] = TRACK_DUE_REFUSAL },
		.path = "get_user_page_vma_remote() with FOLL_FORCE, "
			"include/linux/mm.h, fs/proc/base.c",
	},
	[TRACK_CASE_RING_BEFORE] = {
		.steps = { track_fill, track_hold_ring, track_arm },
		.write = track_write_ring,
		.plain_plant = true,
		.path = "io_import_fixed(), io_uring/rsrc.c: no page table is "
			"asked again",
	},
	[TRACK_CASE_RING_AFTER] = {
		.steps = { track_fill, track_hold_ring, track_release_ring,
			   track_arm },
		.write = track_write_ring_late,
		.by_kernel = true,
		.plain_plant = true,
		.path = "io_pin_pages(), io_uring/memmap.c; faultin_page(), "
			"mm/gup.c",
	},
	[TRACK_CASE_SWAP_READ] = {
		.steps = { track_fill, track_arm, track_page_out,
			   track_read_in },
		.path = "try_to_unmap_one(), mm/rmap.c; do_swap_page(), "
			"mm/memory.c",
	},
	[TRACK_CASE_SWAP_WRITE] = {
		.steps = { track_fill, track_arm, track_page_out },
		.path = "do_swap_page(), mm/memory.c",
	},
	[TRACK_CASE_SWAP_ARMED] = {
		.steps = { track_fill, track_page_out, track_arm },
		.path = "change_pte_range() of a swap entry, mm/mprotect.c",
	},
	[TRACK_CASE_RESOLVED_SWAP] = {
		.steps = { track_fill, track_arm, track_resolve,
			   track_page_out },
		.path = "do_swap_page(), mm/memory.c",
	},
	[TRACK_CASE_KSM_AFTER] = {
		.steps = { track_fill_equal, track_arm, track_merge },
		.path = "replace_page(), mm/ksm.c: the entry is made anew from "
			"vm_page_prot",
	},
	[TRACK_CASE_KSM_BEFORE] = {
		.steps = { track_fill_equal, track_merge, track_arm },
		.path = "do_wp_page(), mm/memory.c",
	},
	[TRACK_CASE_RESOLVED_KSM] = {
		.steps = { track_fill_equal, track_arm, track_resolve,
			   track_merge },
		.path = "replace_page(), mm/ksm.c",
	},
	[TRACK_CASE_MIGRATED] = {
		.steps = { track_fill, track_arm, track_migrate },
		.path = "try_to_migrate_one(), mm/rmap.c; "
			"remove_migration_pte(), mm/migrate.c",
	},
	[TRACK_CASE_HUGETLB] = {
		.steps = { track_fill, track_arm },
		.backing = REGION_HUGETLB,
		.without = { [TRACKER_SOFT_DIRTY] = NO_POOL },
		.path = "hugetlb_fault(), mm/hugetlb.c",
	},
	[TRACK_CASE_HUGETLB_FORK] = {
		.steps = { track_fill, track_arm, track_fork },
		.backing = REGION_HUGETLB,
		.without = { [TRACKER_SOFT_DIRTY] = NO_POOL },
		.path = "copy_hugetlb_page_range(), hugetlb_wp(), "
			"mm/hugetlb.c",
	},
	[TRACK_CASE_HUGETLB_DROPPED] = {
		.steps = { track_fill, track_arm, track_drop_pages },
		.backing = REGION_HUGETLB,
		.without = { [TRACKER_SOFT_DIRTY] = NO_POOL },
		.path = "__unmap_hugepage_range() leaves a marker, "
			"mm/hugetlb.c",
	},
};

_Static_assert(sizeof(scenarios) / sizeof(*scenarios) == TRACK_NR_SCENARIOS,
	       "a scenario has no row");

const struct track_scenario *track_scenario(enum track_scenario_name name)
{
	return &scenarios[name];
}
