#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A series to try `faultline vm compare --tree` and git bisect on: nine small
# commits in mm/ of a clean kernel tree, on a branch of their own.  The third
# costs a few instructions a call of UFFDIO_WRITEPROTECT, the sixth a few a
# first touch of an anonymous page, and the others nothing.  Written for 6.12;
# a tree without a line that is looked for is refused, and left as it was.
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(cd "$(dirname "$0")" && pwd)/packages.sh"

branch=faultline-example
began=
start=

usage()
{
	echo "Usage: scripts/example-series.sh TREE"
	echo "Makes the branch $branch in TREE, a clean git tree of Linux."
}

in_tree()
{
	git -c user.name=Example -c user.email=example@example.org \
		-c commit.gpgSign=false -c core.hooksPath=/dev/null "$@"
}

take_back()
{
	[ -n "$began" ] || return 0
	git reset -q --hard
	git checkout -q "$start"
	git branch -q -D "$branch"
}

# edit FILE SCRIPT: by sed, which must change something
edit()
{
	sed -i -E "$2" "$1"
	! git diff --quiet -- "$1" ||
		die "$1 has no line to change; this series is for 6.12"
}

commit()
{
	in_tree commit -q -a -m "$1" -m "${2:-No functional change.}"
	git log -1 --format='%h %s'
}

comment_first_touch()
{
	edit mm/memory.c '/^static vm_fault_t do_anonymous_page\(.*\)$/i\
/* What comes here is the first touch of a page, or of one that was dropped. */'
	commit "mm/memory: say when do_anonymous_page() is called"
}

rename_changed()
{
	edit mm/mprotect.c '/^static long change_pte_range\(/,/^\}/{
		s/\bpages( = 0|\+\+)/nr_changed\1/
		s/return pages;/return nr_changed;/
	}'
	commit "mm/mprotect: name what change_pte_range() counts"
}

check_range()
{
	edit mm/userfaultfd.c '/^int mwriteprotect_range\(/,/^\}/{
		/Does the address range wrap/i\
	/* Nothing above it can be protected. */\
	if (unlikely(start + len > TASK_SIZE))\
		return -EINVAL;\

	}'
	commit "mm/userfaultfd: refuse to protect beyond the task's memory" \
		"A sanity check, once a call."
}

move_lock()
{
	local moved

	moved=$(sed -n '/^int user_shm_lock(/,/^}/p' mm/mlock.c)
	edit mm/mlock.c '/^int user_shm_lock\(/,/^\}/{
		/^\}/N
		d
	}'
	printf '\n%s\n' "$moved" >>mm/mlock.c
	commit "mm/mlock: move user_shm_lock() behind what undoes it"
}

split_helper()
{
	edit mm/mprotect.c 's/atomic_read\(&vma->vm_mm->mm_users\) == 1\)/has_one_user(vma->vm_mm))/'
	edit mm/mprotect.c '/^static long change_pte_range\(/i\
static bool has_one_user(struct mm_struct *mm)\
{\
	return atomic_read(\&mm->mm_users) == 1;\
}\
'
	commit "mm/mprotect: split has_one_user() off"
}

plant()
{
	edit mm/memory.c '/^static vm_fault_t do_anonymous_page\(/,/^\}/{
		/File mapping without ->vm_ops/i\
	/* There is no page beyond the mapping. */\
	if (unlikely(vmf->address < vma->vm_start ||\
		     vmf->address >= vma->vm_end))\
		return VM_FAULT_SIGBUS;\

	}'
	commit "mm/memory: refuse an address outside of its mapping" \
		"A sanity check, once a fault.  It should not be noticed."
}

rename_reused()
{
	edit mm/memory.c '/^static inline void wp_page_reuse\(/,/^\}/s/\bentry\b/reused/g'
	commit "mm/memory: name what wp_page_reuse() writes"
}

comment_flush()
{
	edit mm/mprotect.c '/^static long change_pte_range\(/,/^\}/{
		/flush_tlb_batched_pending/i\
	/* What reclaim has put off must not meet the new protection. */
	}'
	commit "mm/mprotect: say why reclaim's flush comes first"
}

rename_new()
{
	edit mm/mprotect.c '/^static long change_pte_range\(/,/^\}/s/\bptent\b/newpte/g'
	commit "mm/mprotect: call the new entry newpte"
}

main()
{
	case ${1-} in
	--help | -h) usage; exit 0 ;;
	'' | -*) usage >&2; exit 2 ;;
	esac
	cd "$1"
	[ -f Kbuild ] || die "$1: this is no kernel tree"
	start=$(git rev-parse --verify HEAD) || die "$1: this is no git tree"
	start=$(git symbolic-ref -q --short HEAD || echo "$start")
	git diff --quiet HEAD -- || die "$1: there are changes; commit them first"
	! git rev-parse -q --verify "refs/heads/$branch" >/dev/null ||
		die "$1 has a branch $branch already"
	git checkout -q -b "$branch"
	began=yes
	trap take_back EXIT

	comment_first_touch
	rename_changed
	check_range
	move_lock
	split_helper
	plant
	rename_reused
	comment_flush
	rename_new
	began=
}

main "$@"
