#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is refused with exit status 2, and touches no file.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

refused()
{
	want 2 "$FAULTLINE" run "$@" -o refused
	[ -s err ] || die "no word of why"
	[ ! -e refused ] || die "a folder was made: $*"
}

# Two runs at once: the second one learns whose turn it is.
"$FAULTLINE" run null_op --launches 1000 --budget 100s -o first >/dev/null 2>&1 &
pid=$!
wait_for has_launches 1 first
refused null_op
has err "process $pid measures on this host"
kill -INT "$pid"
wait "$pid"

# A result that is there already.
cp first/run.jsonl before
want 2 "$FAULTLINE" run null_op -o first
has err '--resume first'
cmp -s first/run.jsonl before || die "the old result was changed"

# Agents that are none.
real=$FAULTLINE_AGENT
for agent in /bin/true /bin/cat /bin/false "$scratch/garbage"; do
	printf '#!/bin/sh\necho garbage >&4\n' >garbage
	chmod +x garbage
	FAULTLINE_AGENT=$agent refused null_op
	has err "$agent"
done
FAULTLINE_AGENT=$scratch/nowhere refused null_op
has err FAULTLINE_AGENT
FAULTLINE_AGENT=$real

refused no_such_workload
refused null_op touch=maybe

# A folder that cannot be made or written.
touch file
want 2 "$FAULTLINE" run null_op -o file/result
has err 'file/result'
want 2 "$FAULTLINE" run null_op -o /proc/result
has err '/proc/result'
