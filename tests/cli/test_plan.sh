#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline plan: the quick job within its bounds, and bad input.
#
# The messages quote what was written in backquotes.
# shellcheck disable=SC2016
faultline=$1
source=$2
# shellcheck source=tests/cli/calls.sh
. "$source/tests/cli/calls.sh"

unset HWLOC_XMLFILE HWLOC_SYNTHETIC

run 0 plan "$source/configs/quick.yaml"
fits_72_columns
points=$(printf '%s\n' "$out" | sed -n 's/^quick: \([0-9]*\) points.*/\1/p')
if [ "${points:-0}" -lt 1 ] || [ "$points" -gt 24 ]; then
	fail "$points points"
fi
run 0 plan "$source/configs/quick.yaml" --topology 'core:8 pu:2'
out_has "wp_roundtrip handler=block handler_cpu=other"
most=$(printf '%s\n' "$out" | sed -n 's/.* least, \([0-9]*\).* s at most\.$/\1/p')
[ "${most:-99}" -le 60 ] || fail "$what: takes $most s"

run 0 plan null_op touch=no,yes --inject 1% --seed=7
out_has "null_op touch=yes"
out_has "arms null (reference), null:again, null:inject; CPU 0"
out_has "The first round by seed 7"
again=$out
run 0 plan null_op --seed 7 touch=no,yes --inject=10000ppm
[ "$out" = "$again" ] || fail "$what: another plan"

run 0 plan null_op touch=no,yes --skip touch=no
out_has "null_op: 1 point;"
run 0 plan null_op --placement 511 --topology 'package:4 core:64 pu:2'
out_has "CPU 511"
HWLOC_SYNTHETIC='package:4 core:64 pu:2' run 0 plan null_op --placement 511
out_has "CPU 511"
run 0 plan wp_track
out_has "planted (planted)"
run 0 plan wp_race --topology 'core:8 pu:1'
out_has "CPUs 0-7"
run 0 plan wp_race --topology 'core:1 pu:1'
out_has "this machine lets us use 1"
run 0 plan uffd_wp remote=4 --topology 'core:2 pu:2'
out_has "skipped: needs 5 CPUs, this machine lets us use 4"
out_has "No point can run here."
run 0 plan --help
fits_72_columns
out_has "--budget TIME"

# Pages of the hugetlb pool cannot be protected in parts.
for workload in stale_window tlb_flush tlb_trigger; do
	run 0 plan "$workload" backing=hugetlb range=8M
	out_has "the system state hugetlb>="
	! printf '%s\n' "$out" | grep -E 'by-page|chunked' ||
		fail "$what: an arm takes less than a page of the pool"
done

refuses 'there is no workload `nul_op`; did you mean `null_op`?' plan nul_op
refuses 'null_op has no parameter `tuch`; did you mean `touch`?' \
	plan null_op tuch=yes
refuses 'range: `4Q` is not a size (4096, 4K, 2M, hpage-4K)' \
	plan uffd_wp range=4Q
refuses '`4K..1G:+1` brings axis `range` to 1073737729 values; a plan has at most 100000 points' \
	plan uffd_wp range=4K..1G:+1
refuses '--budget: `5` is not a time, such as 100ms or 5s' \
	plan null_op --budget 5
refuses '.: a directory; a config is a file' plan .
refuses 'none.yaml: No such file or directory' plan none.yaml
refuses '/dev/null: not a regular file' plan /dev/null
refuses '`--topology` needs a value' plan null_op --topology

# Each study can be read and planned, and says at its head what it asks.
for study in "$source"/configs/studies/*.yaml; do
	run 0 plan "$study"
	fits_72_columns
	sed -n '/^#/p' "$study" | grep -q '?$' ||
		fail "$study: no line of its head ends in a question mark"
done

finish
