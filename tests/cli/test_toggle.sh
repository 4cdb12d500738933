#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# --toggle: an arm of a sysctl; whatever ends the run, its value is back.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
knob=/proc/sys/kernel/printk_ratelimit_burst

# refused TEXT WORDS...: nothing is run, and no file is made
refused()
{
	text=$1
	shift
	want 2 "$FAULTLINE" run null_op "$@" -o results/refused
	has err "$text"
	[ ! -e results/refused ] || die "a folder was made: $*"
}

refused 'is not FILE=V0,V1' --toggle "$knob" --allow-system-changes
refused 'is not FILE=V0,V1' --toggle "$knob=1" --allow-system-changes
refused 'are one value' --toggle "$knob=1,0x1" --allow-system-changes
refused 'not below /proc/sys or /sys' --toggle /etc/passwd=1,2 \
	--allow-system-changes
refused 'allow it with --allow-system-changes' --toggle "$knob=1,2"
refused 'no such file' --toggle /proc/sys/vm/faultline=1,2 \
	--allow-system-changes
refused 'no regular file' --toggle /proc/sys/vm=1,2 --allow-system-changes

value=$(cat "$knob") || exit 77
if ! { echo "$value" >"$knob"; } 2>/dev/null; then
	refused 'needs root' --toggle "$knob=1,2" --allow-system-changes
	exit 77
fi
trap 'echo "$value" >"$knob"; rm -rf "$scratch"' EXIT
first=$((value + 1))
second=$((value + 2))

says()
{
	[ "$(cat "$knob")" = "$1" ]
}

# Whether it is as it was, and nothing is left to be restored.
is_back()
{
	says "$value" || die "it says $(cat "$knob"), not $value: $1"
	[ ! -e "$FAULTLINE_STATE_DIR/journal" ] || die "a journal stays: $1"
}

refused 'the kernel refuses' --toggle "$knob=1,many" \
	--allow-system-changes
is_back "a value that is refused"

want 0 "$FAULTLINE" run null_op --toggle "$knob=$first,$second" \
	--allow-system-changes --launches 3 --inject 1% -o results/all
is_back "a run to its end"
has results/all/run.jsonl '"kind":"toggle"'
has results/all/run.jsonl "\"toggle\":{\"file\":\"$knob\""
has out 'null:toggle'
check_file results/all
want 0 "$FAULTLINE" report results/all
has out "A = null, B = null:toggle"
has out "In arms :toggle $knob says $second, in all"

for workload in test_window test_trial; do
	want 0 "$FAULTLINE" run $workload --toggle "$knob=$first,$second" \
		--allow-system-changes --launches 2 -o results/$workload
	is_back "$workload"
	has results/$workload/run.jsonl '"kind":"toggle"'
	check_file results/$workload
done

# start DIR: a run that takes long; it is seen to write both values
start()
{
	"$FAULTLINE" run null_op --toggle "$knob=$first,$second" \
		--allow-system-changes --toggle-settle 10ms --launches 1000 \
		--budget 100s -o "$1" >out 2>err &
	pid=$!
	wait_for has_launches 1 "$1"
	wait_for says "$first"
	wait_for says "$second"
}

start results/int
kill -INT "$pid"
wait "$pid"
[ $? = 1 ] || die "the status of an interrupted run is not 1"
is_back "Ctrl-C"

start results/killed
kill -KILL "$pid"
wait "$pid" 2>/dev/null
says "$value" && die "it is back by itself"
want 0 "$FAULTLINE" restore
has out "restored $knob"
is_back "kill -9 and restore"

# A run goes on as it was begun, and puts back what it found.
start results/twice
kill -KILL "$pid"
wait "$pid" 2>/dev/null
before=$(lines launch results/twice)
"$FAULTLINE" run --resume results/twice >out 2>err &
pid=$!
wait_for has_launches $((before + 1)) results/twice
kill -TERM "$pid"
wait "$pid"
has err 'which is gone, left 1 kernel knob changed'
is_back "a resumed run"
check_file results/twice
