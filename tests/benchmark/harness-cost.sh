#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the harness adds to an op inside a batch, and its own page faults in
# the timed region.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

for workload in null_op null_fork; do
	measure $workload $workload --budget 3s
	cost=$(awk '$3 == "ns" { print $2; exit }' "$folder/$workload.txt")
	within "$cost" 2 "$workload, ns an op"

	faults=$(jq -s '[.[] | select(.type == "expect" and
		.counter == "page-faults") | .seen // 0] | max' \
		"$folder/$workload/run.jsonl")
	within "$faults" 0 "$workload, page faults an op"
done
