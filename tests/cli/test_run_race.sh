#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Races: nothing goes wrong on this kernel, and what is broken on purpose is
# found out.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR

# skip WHY
skip()
{
	echo "SKIP: $*"
	exit 77
}

# count ARM OUTCOME DIR: items of it, of the so-manieth arm
count()
{
	sed -n "s/.*\"slot\":$1,\"outcome\":\"$2\".*\"count\":\([0-9]*\).*/\1/p" \
		"$3/run.jsonl" | awk '{ n += $1 } END { print n + 0 }'
}

# race WORKLOAD: two launches of ten trials, 16 pages each
race()
{
	"$FAULTLINE" run "$1" pages=16 --trials 10 --launches 2 --budget 30s \
		--allow-system-changes -o "results/$1" >out 2>err
	status=$?
	[ "$status" = 77 ] && skip "$1: $(grep -m 1 skipped: out)"
	[ "$status" = 0 ] || die "exit status $status: $1"
	has "results/$1/run.jsonl" '"outcome":"apart"'
	[ "$(count 0 inside "results/$1")" -gt 0 ] || die "$1: never at once"
	for mistake in missed lost wrong; do
		[ "$(count 0 "$mistake" "results/$1")" = 0 ] ||
			die "$1: $mistake"
	done
}

race cow_race
launches=$(lines launch results/cow_race)
[ "$(count 2 missed results/cow_race)" = $((launches * 160)) ] ||
	die "the child's look at shared memory was not found out"
[ "$(count 3 lost results/cow_race)" -gt $((launches * 80)) ] ||
	die "a write that was undone was not found out"

race pin_race
launches=$(lines launch results/pin_race)
[ "$(count 3 wrong results/pin_race)" = $((launches * 160)) ] ||
	die "pages that were replaced under a pin were not found out"
