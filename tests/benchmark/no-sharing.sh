#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# As many threads as there are CPUs against as many processes, doing the same
# empty step side by side: within 1 % of CPU time a step.  A line that two
# threads write would make a step many times as long.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

# Of each launch the CPU time of a step, by slot; of all launches the middle
# of the differences in per cent (Hodges-Lehmann).
# shellcheck disable=SC2016 # the variables are jq's
difference='
def middle: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
[.[] | select(.type == "window")] | group_by(.launch)
| map(group_by(.slot) | map((map(.cpu_ns) | add) / (map(.steps) | add)))
| (map(.[0]) | middle) as $threads
| map((.[1] / .[0] - 1) * 100) as $x
| [$x[] as $a | $x[] as $b | ($a + $b) / 2] | middle
| "\($threads) \(.) \(if . < 0 then -. else . end)"'

for observe in no yes; do
	measure "$observe" null_window "instances=$(nproc)" "observe=$observe" \
		--budget 30s --no-until-settled --no-counters
	# shellcheck disable=SC2046 # three numbers
	set -- $(jq -rs "$difference" "$folder/$observe/run.jsonl")
	echo "observe=$observe: $1 ns of CPU time a step, processes $2 %"
	within "$3" 1 "$(nproc) threads against processes, %"
done
