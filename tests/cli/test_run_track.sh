#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The study of trackers, short: as root with and without system state, and as an
# ordinary user.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

study=$2/configs/studies/tracking.yaml
FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
ksm=/sys/kernel/mm/ksm
pool=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages

# state: what the study may change
state()
{
	cat $ksm/run $ksm/sleep_millisecs $ksm/pages_to_scan $pool 2>/dev/null
	tail -n +2 /proc/swaps | cut -f 1
}

# trials DIR: outcomes that are not those expected, by scenario and arm
trials()
{
	"$FAULTLINE" report "$1" >"$1.text" 2>/dev/null
	grep '"type":"trials"' "$1/run.jsonl"
}

# checks DIR: no trial failed, and what was planted was found
checks()
{
	has out ' 0 invalid, '
	trials "$1" >"$1.trials"
	for outcome in missed false twice; do
		grep -q "\"outcome\":\"$outcome\",\"expected\":\"$outcome\"" \
			"$1.trials" || die "$1: nothing $outcome was found"
	done
	grep -E '"expected":"(missed|false|twice)"' "$1.trials" |
		grep -vE '"outcome":"([a-z]*)","expected":"\1"' &&
		die "$1: planted mistakes were not found"
	has "$1/run.jsonl" 'scenario: '
	has "$1/run.jsonl" '"outcome":"notified","expected":"notified"'
	has "$1/run.jsonl" '"outcome":"dropped","expected":"dropped"'
}

# of SCENARIO: what every kernel does that has it
of()
{
	want 0 "$FAULTLINE" run wp_track scenario="$1" --launches 1 --trials 2 \
		-o "results/of-$1"
	has out '100 % as expected'
}

"$FAULTLINE" run "$study" --launches 1 --trials 1 -o results/probe >out 2>&1
grep -q 'userfaultfd' out && grep -q ' 0 ok' out && exit 77

before=$(state)
want 0 "$FAULTLINE" run "$study" --launches 1 --trials 2 -o results/plain
has out ' 0 failed'
checks results/plain
[ "$(state)" = "$before" ] || die "a run that may change nothing did"

of plain
of second-write
of fork-exited

# Who has no part in a scenario is not run, and it is said why.
has results/of-second-write/run.jsonl 'it is armed anew'
grep -q '"name":"wp-async"' results/of-second-write/run.jsonl &&
	die 'second-write: an arm that has no part in it'

if [ "$(id -u)" = 0 ]; then
	"$FAULTLINE" run "$study" --launches 2 --trials 1 \
		--allow-system-changes -o results/system >out 2>err
	# On a machine that is busy with other things KSM comes too late.
	grep '"status":"failed"' results/system/run.jsonl |
		grep -v 'KSM' && die "the study with system state"
	checks results/system
	has results/system.trials '"outcome":"refused","expected":"refused"'
	[ "$(state)" = "$before" ] || die "the system state is not put back"
fi

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	give_nobody
	cp "$study" nobody/tracking.yaml
	as_nobody()
	{
		FAULTLINE_AGENT=$scratch/nobody/faultline-agent \
			FAULTLINE_STATE_DIR=$scratch/nobody/state \
			setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	}
	want 0 as_nobody nobody/faultline run nobody/tracking.yaml \
		--launches 1 --trials 2 -o nobody/results
	has out ' 0 failed'
	checks nobody/results
	has nobody/results/run.jsonl 'run as root (CAP_SYS_PTRACE)'
fi
