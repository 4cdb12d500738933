#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Swap that points want: a file that is made only if asked for, and removed.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
file=$FAULTLINE_STATE_DIR/swapfile
ksm=/sys/kernel/mm/ksm/run

# skip WHY
skip()
{
	echo "SKIP: $*"
	exit 77
}

# is_back WHEN: no swap of ours is active, and the folder is empty
is_back()
{
	grep -F "$scratch" /proc/swaps && die "$1: the file is still active"
	[ -z "$(ls -A "$FAULTLINE_STATE_DIR" 2>/dev/null)" ] ||
		die "$1: something stays in the folder of the journal"
}

is_active()
{
	grep -q "^$file " /proc/swaps
}

[ -r /proc/swaps ] || skip "the kernel has no swap"

want 0 "$FAULTLINE" plan test_misbehave swap=0,8M,16M
has out 'Epoch 1, 1 point: the system state as found'
has out 'Epoch 2, 2 points: the system state swap>=16M'
grep -q '/proc/swaps: is so already' out && skip "swap is active already"

want 77 "$FAULTLINE" run test_misbehave swap=8M --launches 2 -o results/asked
has out 'swap=8M: swap on a disk'
is_back "a run that may change nothing"

# Files in memory cannot hold swap: that is said, whoever asks.
if [ -d /dev/shm ] && [ "$(stat -f -c %T /dev/shm)" = tmpfs ]; then
	want 77 env FAULTLINE_STATE_DIR=/dev/shm/faultline-none "$FAULTLINE" \
		run test_misbehave swap=8M --allow-system-changes \
		-o results/tmpfs
	grep -qE 'is on tmpfs, which cannot hold|CAP_SYS_ADMIN' \
		results/tmpfs/run.jsonl || die "tmpfs is not named"
	[ ! -e /dev/shm/faultline-none ] || die "a folder was made for nothing"
fi

# Who may not is told so, with the option too.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	give_nobody
	FAULTLINE_AGENT=$scratch/nobody/faultline-agent \
		FAULTLINE_STATE_DIR=$scratch/nobody/state \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		nobody/faultline run test_misbehave swap=8M \
		--allow-system-changes -o nobody/results >out 2>err
	has nobody/results/run.jsonl 'this user may not change it; run as root'
	FAULTLINE_AGENT=$scratch/nobody/faultline-agent setpriv \
		--bounding-set=-sys_admin "$FAULTLINE" run test_misbehave \
		swap=8M --allow-system-changes -o results/container >out 2>err
	has results/container/run.jsonl 'root without CAP_SYS_ADMIN cannot'
	is_back "runs of those who may not"
fi

want 0 "$FAULTLINE" plan test_misbehave swap=8M --allow-system-changes
grep -q 'would be skipped' out && skip "$(sed -n '/skipped/,/^$/p' out)"
has out 'a swap file of 42M will be'
has results/asked/run.jsonl 'and 8M are wanted: run with --allow-system-'
has results/asked/run.jsonl 'type as root: (umask 077; fallocate -l 42M '
has results/asked/run.jsonl '&& mkswap '
has results/asked/run.jsonl '&& swapon -p 32767 '

"$FAULTLINE" run test_misbehave swap=0,8M --launches 2 \
	--allow-system-changes -o results/both >out 2>err
status=$?
grep -q 'swapon: ' results/both/run.jsonl &&
	skip "$(grep -o 'swapon: [^"]*' results/both/run.jsonl | head -n 1)"
[ "$status" = 0 ] || die "a run with swap ends with $status"
has out 'launches: 4 ok'
has results/both/run.jsonl '"state":"swap>=8M"'
has results/both/run.jsonl "{\"knob\":\"swap\",\"file\":\"$file\""
has results/both/run.jsonl '"found":"none","set":"42M","free":'
[ "$(lines system results/both)" = 1 ] || die "not one record of a state"
is_back "a run that ended"

# Beside other state, each in an epoch of its own.
cat >epochs.yaml <<END
name: epochs
launches: 1
budget: 60s
sweeps:
  - {workload: test_misbehave, axes: {swap: [0, 8M]}}
  - {workload: ksm_merge, axes: {range: 64K}}
END
if [ -f "$ksm" ]; then
	scans=$(cat "$ksm")
	"$FAULTLINE" run epochs.yaml --allow-system-changes \
		-o results/epochs >out 2>err
	[ "$(cat "$ksm")" = "$scans" ] || die "KSM is not put back"
	has results/epochs/run.jsonl '"state":"swap>=8M"'
	[ "$(lines launch results/epochs)" -ge 2 ] || die "a point did not run"
	is_back "a run of many states"
fi

# start DIR: in the background, until the file is there and in use
start()
{
	"$FAULTLINE" run test_misbehave swap=8M --launches 100 \
		--budget 100s --allow-system-changes -o "$1" >out 2>err &
	pid=$!
	wait_for has_launches 2 "$1"
	is_active || die "a launch without swap"
}

start results/INT
kill -INT "$pid"
wait "$pid"
[ $? = 1 ] || die "the status of a run that got SIGINT is not 1"
is_back "SIGINT"

start results/kill
kill -KILL "$pid"
wait "$pid" 2>/dev/null
is_active || die "the file is gone by itself"
want 0 "$FAULTLINE" doctor
has out "process $pid, which is gone"
has out "$file"
want 77 "$FAULTLINE" run test_misbehave swap=256M --launches 1 \
	--allow-system-changes -o results/more
has results/more/run.jsonl 'is there already (42M)'
want 0 "$FAULTLINE" restore --dry-run
has out "would restore $file"
is_active || die "a dry run has removed it"
want 0 "$FAULTLINE" restore
has out "restored $file"
is_back "faultline restore"

# After a boot only the file is there.
boot=$(cat /proc/sys/kernel/random/boot_id)
start results/boot
kill -KILL "$pid"
wait "$pid" 2>/dev/null
swapoff "$file" || die "swapoff"
sed -i "s/$boot/11111111-2222-3333-4444-555555555555/" \
	"$FAULTLINE_STATE_DIR/journal"
want 0 "$FAULTLINE" restore
has out "restored $file"
is_back "faultline restore after a boot"

# What is not ours any more is left.
start results/theirs
kill -KILL "$pid"
wait "$pid" 2>/dev/null
swapoff "$file" || die "swapoff"
echo theirs >"$file"
want 1 "$FAULTLINE" restore
has out "left $file"
[ "$(cat "$file")" = theirs ] || die "a file of somebody else is gone"
rm "$file"
is_back "faultline restore without the file"
