#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The study of copy-on-write, short: as root with and without system state, as
# an ordinary user, on one CPU, and with too little memory to lock.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

study=$2/configs/studies/cow.yaml
FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
ksm=/sys/kernel/mm/ksm
pool=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages

# state: what the study may change
state()
{
	cat $ksm/run $ksm/sleep_millisecs $ksm/pages_to_scan $pool \
		/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled \
		2>/dev/null
	tail -n +2 /proc/swaps | cut -f 1
}

# checks DIR: no trial failed, and the controls came out: slot 0 is that of
# pages that nobody shared, 2 of those that a child maps
checks()
{
	has out ' 0 invalid, 0 failed'
	grep -q '"type":"trials","slot":0,"outcome":"reused"' "$1/run.jsonl" ||
		die "$1: no page of the control was reused"
	grep -q '"type":"trials","slot":2,"outcome":"copied"' "$1/run.jsonl" ||
		die "$1: no page of the control was copied"
	grep '"type":"trials","slot":0,"outcome":"[mw]' "$1/run.jsonl" &&
		die "$1: pages that nobody shared"
	grep '"type":"trials","slot":2,' "$1/run.jsonl" |
		grep -v '"outcome":"copied","expected":"copied"' &&
		die "$1: pages that a child maps"
	"$FAULTLINE" report "$1" >"$1.text" 2>/dev/null
	has "$1.text" 'missed: written in place though others can see it'
	has "$1.text" 'page_count: reuse what nobody else refers to'
}

before=$(state)
want 0 "$FAULTLINE" run "$study" --launches 1 --trials 2 -o results/plain
checks results/plain
has results/plain.text 'T5-child-alive'
[ "$(state)" = "$before" ] || die "a run that may change nothing did"
case "$(id -u):$(cat $ksm/run 2>/dev/null)" in
0:0) has results/plain/run.jsonl 'wanted: run' ;;
esac

# Where pages have no room to be judged, the words say which order to take.
want 77 "$FAULTLINE" run cow scenario=T9b-thp-split order=4k -o results/order
has out 'order=thp'
want 77 "$FAULTLINE" run cow scenario=T10-pin-read order=thp -o results/base
has out 'order=4k'

cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
want 77 taskset -c "$cpu" "$FAULTLINE" run cow scenario=T4r-remote-lru \
	-o results/one
has out 'needs 2 CPUs'

if [ "$(id -u)" = 0 ]; then
	want 0 "$FAULTLINE" run "$study" --launches 2 --trials 2 \
		--allow-system-changes -o results/system
	checks results/system
	[ "$(state)" = "$before" ] || die "the system state is not put back"
	has results/system.text 'This kernel behaves as'
fi

# Who is told no frame numbers runs what others can see.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	give_nobody
	cp "$study" nobody/cow.yaml
	as_nobody()
	{
		FAULTLINE_AGENT=$scratch/nobody/faultline-agent \
			FAULTLINE_STATE_DIR=$scratch/nobody/state \
			setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	}
	want 0 as_nobody nobody/faultline run nobody/cow.yaml --launches 1 \
		--trials 2 -o nobody/results
	checks nobody/results
	has nobody/results/run.jsonl 'run as root (CAP_SYS_ADMIN)'
	has nobody/results.text 'T1-child-pipe'

	# shellcheck disable=SC2016 # for the shell within
	want 77 as_nobody sh -c 'ulimit -l 0; exec "$@"' sh nobody/faultline \
		run cow scenario=T6-ring-then-fork -o nobody/locked
	has out 'skipped: '
fi
