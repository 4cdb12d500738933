#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline list: as text, as JSON, and bad input.
#
# The messages quote what was written in backquotes.
# shellcheck disable=SC2016
faultline=$1
source=$2
# shellcheck source=tests/cli/calls.sh
. "$source/tests/cli/calls.sh"

run 0 list
fits_72_columns
out_has "null_op "
out_has "uffd_wp "
lines=$(printf '%s\n' "$out" | wc -l)
run 0 list --all
[ "$(printf '%s\n' "$out" | wc -l)" -ge "$lines" ] || fail "$what: fewer lines"

run 0 list null_op
fits_72_columns
for part in Parameters "touch, bool, default no" Arms Metrics Expects \
	"page-faults exactly 0"; do
	out_has "$part"
done
run 0 list uffd_wp
fits_72_columns
out_has "4K to 1G"
for workload in tlb_flush stale_window; do
	run 0 list $workload
	fits_72_columns
	out_has "Expects per op"
done
run 0 list test_misbehave
fits_72_columns
out_has "delay, ns/us"

run 0 list test_trial
fits_72_columns
out_has "planted: mistakes that must be found"
out_has "answers that could be wrong"

run 0 list --json --all
printf '%s\n' "$out" | python3 -c '
import json, sys
rows = json.load(sys.stdin)
names = [row["name"] for row in rows]
assert "null_op" in names and "uffd_wp" in names, names
for row in rows:
    for arm in row["arms"]:
        assert "reference" not in arm or arm["reference"] in [
            other["name"] for other in row["arms"]], arm
        assert not arm.get("planted") or row["mode"] == "trial", arm
    for t in row["terms"]:
        assert isinstance(t["capped"], bool), t
    for x in row["expects"]:
        assert isinstance(x.get("per_op", 0.0), float), x
' || fail "$what: not the JSON that it should be"

run 0 list --words
out_has "wp_roundtrip"
run 0 list --words wp_roundtrip
out_has "handler=uring"
out_has "range="
out_has "populated=yes"

run 0 list --help
out_has "--json"
refuses 'there is no workload `nul_op`; did you mean `null_op`?' list nul_op
refuses 'list has no option `--jsn`; it has --all, --json, --words and --help' \
	list --jsn
finish
