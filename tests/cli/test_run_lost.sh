#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The study of lost writes, short, as this user and as an ordinary one: what is
# planted is found, nothing else is lost or torn, and what cannot be says why.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

study=$2/configs/studies/lost-writes.yaml
FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR

# run_study PROGRAM STUDY RESULT [BEFORE...]: with what comes before it
run_study()
{
	program=$1 config=$2 result=$3
	shift 3
	"$@" "$program" run "$config" --launches 1 --trials 1 --budget 60s \
		-q -o "$result" >out 2>err
	status=$?
	[ "$status" = 77 ] && {
		echo "SKIP: $(grep -m 1 skipped: out)"
		exit 77
	}
	[ "$status" = 0 ] || die "exit status $status"
}

# check RESULT
check()
{
	grep '"type":"trials"' "$1/run.jsonl" >said
	has said '"outcome":"kept","expected":"kept"'
	has said '"outcome":"lost","expected":"lost"'
	grep '"outcome":"\(lost\|torn\)","expected":"kept"' said &&
		die "$1: a write was lost or a snapshot torn"
	grep '"outcome":"kept","expected":"\(lost\|torn\)"' said &&
		die "$1: what was planted was not found"
	has "$1/run.jsonl" 'task_numa_work()'
}

run_study "$FAULTLINE" "$study" own
check own

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	give_nobody
	cp "$study" nobody/lost-writes.yaml
	FAULTLINE_AGENT=$scratch/nobody/faultline-agent
	FAULTLINE_STATE_DIR=$scratch/nobody/state
	export FAULTLINE_AGENT
	run_study nobody/faultline nobody/lost-writes.yaml nobody/results \
		setpriv --reuid=65534 --regid=65534 --clear-groups
	check nobody/results
fi
