#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# System state that points want: never changed unasked, always put back.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
hpage=$(cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size 2>/dev/null)
pool=/sys/kernel/mm/hugepages/hugepages-$((${hpage:-2097152} / 1024))kB
knob=$pool/nr_hugepages

# skip WHY
skip()
{
	echo "SKIP: $*"
	exit 77
}

[ -n "$hpage" ] || skip "no transparent huge pages: there is no range=hpage"
[ -f "$knob" ] || skip "the kernel has no hugetlb pages"
[ "$(cat "$pool/free_hugepages")" = 0 ] || skip "the hugetlb pool is in use"
before=$(cat "$knob")

# is_back: the pool is as it was
is_back()
{
	[ "$(cat "$knob")" = "$before" ] || die "$1: the pool is not put back"
}

# state RUN-WORDS...: of one point that wants the pool
state()
{
	want "$@" uffd_wp backing=hugetlb range=hpage --budget 60s
}

want 0 "$FAULTLINE" plan uffd_wp backing=anon-4k,hugetlb range=hpage
has out 'Epoch 1, 1 point: the system state as found'
has out 'Epoch 2, 1 point: the system state hugetlb>='
has out 'would be skipped: the hugetlb pool'

"$FAULTLINE" doctor >out 2>err
grep -q 'write-protect hugetlb memory *yes' out ||
	skip "hugetlb memory cannot be write-protected here"

state 77 "$FAULTLINE" run -o results/asked
has out 'backing=hugetlb: the hugetlb pool'
has results/asked/run.jsonl 'wanted: run'
has results/asked/run.jsonl "as root: echo "
has results/asked/run.jsonl "> $knob"
is_back "a run that may change nothing"

# Who may not write it is told so, with the option too.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	give_nobody
	FAULTLINE_AGENT=$scratch/nobody/faultline-agent \
		FAULTLINE_STATE_DIR=$scratch/nobody/state \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		nobody/faultline run uffd_wp backing=hugetlb range=hpage \
		--allow-system-changes -o nobody/results >out 2>err
	if grep -q '^skipped: .*userfaultfd' out; then
		echo "nobody may not use userfaultfd: not tried as that user"
	else
		has nobody/results/run.jsonl 'this user may not change it; run as'
	fi
	is_back "a run of nobody"
fi
{ echo "$before" >"$knob"; } 2>/dev/null || skip "not root: nothing is changed"
trap 'echo "$before" >"$knob"; rm -rf "$scratch"' EXIT

want 0 "$FAULTLINE" plan uffd_wp backing=hugetlb range=hpage \
	--allow-system-changes
has out 'and put back'

"$FAULTLINE" run uffd_wp backing=anon-4k,hugetlb range=hpage --launches 2 \
	--budget 60s --allow-system-changes -o results/both >out 2>err
status=$?
grep -q 'memory did not give them' results/both/run.jsonl &&
	skip "the kernel cannot fill the pool"
[ "$status" = 0 ] || die "a run with the pool ends with $status"
has out 'launches: 4 ok'
has results/both/run.jsonl "\"knobs\":[{\"knob\":\"hugetlb\",\"file\":\"$knob\""
[ "$(lines system results/both)" = 1 ] || die "not one record of a state"
grep -q '"type":"launch".*"epoch":1,' results/both/run.jsonl ||
	die "no launch of the first epoch"
grep -q '"type":"launch".*"epoch":2,' results/both/run.jsonl ||
	die "no launch of the second epoch"
is_back "a run that ended"
[ ! -e "$FAULTLINE_STATE_DIR/journal" ] || die "a journal stays"

# All that can be done to such memory, on one CPU.
want 0 "$FAULTLINE" run uffd_wp backing=hugetlb range=hpage,2hpage \
	what=protect,unprotect,pair populated=yes,no --launches 1 \
	--launch 20ms --budget 100s --allow-system-changes -o results/all
has out 'launches: 12 ok, 0 invalid, 0 failed'
is_back "a run of many points"
want 0 "$FAULTLINE" run wp_roundtrip rivals=no backing=hugetlb range=hpage,2hpage \
	populated=yes,no handler_cpu=same --launches 1 --launch 20ms \
	--budget 100s --allow-system-changes -o results/roundtrip
has out 'launches: 4 ok, 0 invalid, 0 failed'
is_back "a run of round trips"

# A file that the run toggles is put back too, however many epochs there are.
other=/proc/sys/vm/page-cluster
value=$(cat "$other")
want 0 "$FAULTLINE" run uffd_wp backing=anon-4k,hugetlb range=hpage \
	--launches 2 --budget 60s --toggle "$other=$value,$((value + 1))" \
	--allow-system-changes -o results/toggle
has out 'launches: 4 ok'
[ "$(cat "$other")" = "$value" ] || die "$other is not put back"
is_back "a run that toggles a file"
want 0 "$FAULTLINE" run uffd_wp backing=anon-4k,hugetlb range=hpage \
	--launches 1 --budget 60s --toggle "$knob=$before,$((before + 1))" \
	--allow-system-changes -o results/same
has results/same/run.jsonl "this run toggles $knob"
is_back "a run that toggles the pool"

# start DIR: in the background, until the pool is changed and in use
start()
{
	"$FAULTLINE" run uffd_wp backing=hugetlb range=hpage --launches 8 \
		--budget 100s --allow-system-changes -o "$1" >out 2>err &
	pid=$!
	wait_for has_launches 2 "$1"
}

for signal in INT TERM; do
	start "results/$signal"
	kill -"$signal" "$pid"
	wait "$pid"
	[ $? = 1 ] || die "the status of a run that got SIG$signal is not 1"
	has "results/$signal/run.jsonl" '"why":"interrupted"'
	is_back "SIG$signal"
done

start results/kill
kill -KILL "$pid"
wait "$pid" 2>/dev/null
[ "$(cat "$knob")" != "$before" ] || die "the pool was not changed"
want 0 "$FAULTLINE" restore
has out "restored $knob"
is_back "faultline restore"

want 0 "$FAULTLINE" run --resume results/kill
has out 'launches: 8 ok'
[ "$(lines system results/kill)" = 2 ] || die "the state was not set again"
check_file results/kill
is_back "a resumed run"
