#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# How often a write fault comes inside a call that protects: 10 000 times a
# minute or more with WP_ASYNC, on two CPUs that do nothing else; with uffd-wp,
# where each round forks, as often as may be.  And what is planted is found.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

# Exposures of the arms that race, items planted and found, minutes of trials.
# shellcheck disable=SC2016 # the variables are jq's
counts='
def sum(f): map(f) | add // 0;
(map(select(.type == "trial_count")) | sum(.exposed // 0)) as $exposed
| map(select(.type == "trials")) as $trials
| ($trials | map(select(.expected != "kept"))) as $planted
| ($planted | sum(.count)) as $all
| ($planted | map(select(.outcome == .expected)) | sum(.count)) as $found
| ($trials | map(select(.expected == "kept" and .outcome != "kept"))
   | sum(.count)) as $mistakes
| (map(select(.type == "launch")) | sum(.wall_ns) / 60e9) as $minutes
| "\($exposed / $minutes | floor) \($all - $found) \($all) \($mistakes)"'

for by in uffd-wp wp-async; do
	share=none
	[ "$by" = uffd-wp ] && share=exited
	measure "$by" wp_race "by=$by" "share=$share" pages=64 rounds=16 \
		--trials 2 --launches 20 --budget 60s
	# shellcheck disable=SC2046 # four numbers
	set -- $(jq -rs "$counts" "$folder/$by/run.jsonl")
	echo "$by: $1 exposures a minute, $4 mistakes"
	within "$2" 0 "$by: planted and not found, of $3"
	[ "$by" = uffd-wp ] ||
		within "$((10000 - $1))" 0 "$by: exposures that 10000 a minute lack"
done
