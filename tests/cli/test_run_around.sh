#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The study of fault-around, short: as root with and without system state, as an
# ordinary user, and on one CPU.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

study=$2/configs/studies/fault-around.yaml
FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
shmem=/sys/kernel/mm/transparent_hugepage/shmem_enabled

# slots RESULT ARM: the launch and slot of every arm of that name
slots()
{
	sed -n "s/^{\"type\":\"arm\",\"slot\":\\([0-9]*\\),\"name\":\"$2\".*\"launch\":\\([0-9]*\\).*/\\2 \\1/p" \
		"$1/run.jsonl"
}

# trials RESULT ARM: what its trials said
trials()
{
	slots "$1" "$2" | while read -r launch slot; do
		grep "^{\"type\":\"trials\",\"slot\":$slot,.*\"launch\":${launch}[,}]" \
			"$1/run.jsonl"
	done
}

# all RESULT ARM OUTCOME: each item of the arm, of which there are some
all()
{
	trials "$1" "$2" >said
	has said "\"outcome\":\"$3\",\"expected\":\"$3\""
	grep -v "\"outcome\":\"$3\"" said && die "$1: arm $2: not $3"
}

# checks RESULT: controls, and what is planted
checks()
{
	has out ' 0 invalid, 0 failed'
	all "$1" there there
	if grep -q '"name":"hidden"' "$1/run.jsonl"; then
		all "$1" hidden lost
		all "$1" minor own
		all "$1" copied there
	fi
	if grep -q '"name":"dropped"' "$1/run.jsonl"; then
		all "$1" dropped missed
		all "$1" reads-first event
		all "$1" punch-first event
	fi
	"$FAULTLINE" report "$1" >"$1.text" 2>/dev/null
	has "$1.text" 'all-off: off for every registration'
	has "$1.text" 'pages mapped by one read, unregistered'
}

before=$(cat $shmem 2>/dev/null)
want 0 "$FAULTLINE" run "$study" --launches 1 --trials 1 -o results/plain
checks results/plain
[ "$(cat $shmem 2>/dev/null)" = "$before" ] ||
	die "a run that may change nothing did"

if [ "$(id -u)" = 0 ]; then
	want 0 "$FAULTLINE" run "$study" --launches 2 --trials 1 \
		--allow-system-changes -o results/system
	checks results/system
	[ "$(cat $shmem 2>/dev/null)" = "$before" ] ||
		die "the system state is not put back"
	has results/system.text 'This kernel behaves as'
fi

cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
want 77 taskset -c "$cpu" "$FAULTLINE" run hole_race -o results/one
has out 'needs 2 CPUs'
want 0 taskset -c "$cpu" "$FAULTLINE" run fault_around pages=64 --launches 1 \
	--trials 1 -o results/one-around

TMPDIR=/dev/shm want 77 "$FAULTLINE" run fault_around kind=file-shared \
	-o results/memory
has out 'set TMPDIR to a folder on a disk'

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	give_nobody
	cp "$study" nobody/around.yaml
	as_nobody()
	{
		FAULTLINE_AGENT=$scratch/nobody/faultline-agent \
			FAULTLINE_STATE_DIR=$scratch/nobody/state \
			setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	}
	want 0 as_nobody nobody/faultline run nobody/around.yaml --launches 1 \
		--trials 1 -o nobody/results
	checks nobody/results
	has nobody/results/run.jsonl 'only root may look'
fi
