#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline doctor on whatever machine this is: it answers, and in its form.
#
# The messages quote what was written in backquotes.
# shellcheck disable=SC2016
faultline=$1
source=$2
# shellcheck source=tests/cli/calls.sh
. "$source/tests/cli/calls.sh"

run 0 doctor
fits_72_columns
for part in Machine Features Counters Workloads "What would spoil" \
	"  userfaultfd " "  page-faults " "  null_op "; do
	out_has "$part"
done
case "$out" in
*"$(printf '\033')"*) fail "$what: colour into a pipe" ;;
esac

run 0 doctor --json
printf '%s\n' "$out" | python3 -c '
import json, os, sys
o = json.load(sys.stdin)
states = {"yes", "no", "denied", "failed"}
titles = ["root", "user"] if os.geteuid() == 0 else ["this user"]
assert [side["as"] for side in o["sides"]] == titles, o["sides"]
for side in o["sides"]:
    if "note" in side:
        continue
    assert len(side["features"]) >= 16, side["features"]
    for f in side["features"]:
        assert f["state"] in states, f
        assert f["state"] == "yes" or f["why"], f
assert "null_op" in [w["name"] for w in o["workloads"]]
' || fail "$what: not the JSON that it should be"

run 0 doctor --help
out_has "--json"
refuses 'doctor does not know `--jsn`; it has --json and --help' doctor --jsn

FAULTLINE_AGENT=/nonexistent/agent run 1 doctor
finish
