#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How runs end: all well, by the budget, by Ctrl-C; and what is printed.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

want 0 "$FAULTLINE" run null_op --launches 3 --budget 60s -o results/three
has out 'launches: 3 ok, 0 invalid, 0 failed'
has out 'results: results/three'
[ "$(lines launch results/three)" = 3 ] || die "not three launches"
has results/three/run.jsonl '"why":"done"'
[ -s results/three/topology.xml ] || die "no topology.xml"
check_file results/three
awk 'length > 72 { exit 1 }' out || die "a line of over 72 columns"
[ ! -s err ] || die "progress without a terminal in a short run"

want 0 "$FAULTLINE" run null_op --launches 1000 --budget 1s -q
has out 'The budget is used up'
dir=$(sed -n 's/^results: //p' out)
case $dir in
results/null_op-[0-9]*-[0-9]*) ;;
*) die "the default folder is $dir" ;;
esac
has "$dir/run.jsonl" '"why":"budget"'

"$FAULTLINE" run null_op --launches 1000 --budget 100s -o results/int >out 2>err &
pid=$!
wait_for has_launches 2 results/int
kill -INT "$pid"
wait "$pid"
[ $? = 1 ] || die "the status of an interrupted run is not 1"
has out 'faultline run --resume results/int'
has results/int/run.jsonl '"why":"interrupted"'
check_file results/int

# Windows and trials, and workloads that go wrong in their ways.
# ended STATUS TEXT WORKLOAD...
ended()
{
	status=$1
	text=$2
	shift 2
	rm -rf results/mode
	want "$status" "$FAULTLINE" run "$@" --launches 3 --budget 60s \
		-o results/mode
	has out "$text"
	has results/mode/run.jsonl '"why":"done"'
	check_file results/mode
}

ended 0 'launches: 3 ok' test_window
ended 0 'launches: 3 ok' test_trial
ended 77 'skipped: test_misbehave how=skip: ' test_misbehave how=skip
ended 1 '3 invalid' test_misbehave how=expect
ended 1 'how=fail says so' test_misbehave how=fail
ended 1 'how=crash: the calibration failed twice' test_misbehave how=crash
ended 1 'not JSON' test_misbehave how=garbage
has results/mode/run.jsonl '"type":"error"'
