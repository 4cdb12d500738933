#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Where there is too little of something: a skip that says what to change.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

# Other CPUs are wanted, and one may be used.
if command -v taskset >/dev/null; then
	cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
	want 77 taskset -c "$cpu" "$FAULTLINE" run uffd_wp remote=1 \
		-o results/cpu
	has results/cpu/run.jsonl 'needs 2 CPUs, this machine lets us use 1'
	want 0 taskset -c "$cpu" "$FAULTLINE" run null_op --launches 2 \
		-o results/one
fi

# group_of MOUNT GROUP LIMIT-FILE: a control group with little memory
group_of()
{
	group=$1$2/faultline-test-$$
	mkdir "$group" 2>/dev/null || return 1
	trap 'rmdir "$group"; rm -rf "$scratch"' EXIT
	{ echo 100663296 >"$group/$3"; } 2>/dev/null && return
	rmdir "$group"
	trap 'rm -rf "$scratch"' EXIT
	return 1
}

v1=$(sed -n 's/^[0-9]*:memory:\(.*\)/\1/p' /proc/self/cgroup)
v2=$(sed -n 's/^0:://p' /proc/self/cgroup)
if [ -n "$v1" ]; then
	group_of /sys/fs/cgroup/memory "$v1" memory.limit_in_bytes
else
	group_of /sys/fs/cgroup "$v2" memory.max
fi || {
	echo "no control group can be made: its limit is not tried"
	exit 0
}

# shellcheck disable=SC2016 # the inner shell expands it
want 77 sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
	"$FAULTLINE" run uffd_wp range=256M -o results/group
has results/group/run.jsonl 'MiB of memory, '
has results/group/run.jsonl 'or raise the memory limit of this control group'
