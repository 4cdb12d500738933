#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kill -9 of the driver: no agent stays, the file loads, a resume completes it.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

agent_of()
{
	pgrep -P "$1" -x faultline-agent
}

# Dead, or a zombie: whoever adopts it may be slow, or never wait for it.
no_agent()
{
	[ ! -e "/proc/$agent/stat" ] || grep -q ') Z ' "/proc/$agent/stat"
}

has_lines()
{
	[ -s "$1/run.jsonl" ]
}

# Kills a run with these words in the middle of a launch.
kill_run()
{
	"$FAULTLINE" run "$@" -o results/killed >out 2>err &
	pid=$!
	wait_for agent_of "$pid"
	wait_for has_launches 2 results/killed
	wait_for agent_of "$pid"
	agent=$(agent_of "$pid" | head -n 1)
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	[ -z "$agent" ] || wait_for no_agent
}

command -v pgrep >/dev/null || exit 77

kill_run null_op --launches 8 --budget 100s
grep -q '"type":"end"' results/killed/run.jsonl && die "it has an end"
printf '{"type":"samples","first":0,"slo' >>results/killed/run.jsonl

want 0 "$FAULTLINE" run --resume results/killed
has out 'launches: 8 ok'
[ "$(lines launch results/killed)" = 8 ] || die "not eight launches"
[ "$(lines point results/killed)" = 1 ] || die "calibrated again"
[ "$(lines boot results/killed)" = 1 ] || die "a boot too many"
check_file results/killed

want 0 "$FAULTLINE" run --resume results/killed
has out 'nothing to do'

# An agent that hangs goes with its driver too.
"$FAULTLINE" run test_misbehave how=hang -o results/hang >out 2>err &
pid=$!
wait_for has_lines results/hang
wait_for agent_of "$pid"
agent=$(agent_of "$pid" | head -n 1)
[ -n "$agent" ] || die "no agent"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
wait_for no_agent
