#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A disk that fills up in the middle: the file ends with a whole line.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

# 64 or 32 KiB, by the shell's idea of a block.
(
	ulimit -f 64
	"$FAULTLINE" run null_op --launches 1000 --budget 60s -o results/full \
		>out 2>err
)
[ $? = 1 ] || die "the status of a run with a full disk is not 1"
has err 'the results cannot be written: File too large'
has out 'faultline run --resume results/full'
check_file results/full
grep -q '"type":"run"' results/full/run.jsonl || die "no run record"

# With room again the rest can be measured.
before=$(lines launch results/full)
"$FAULTLINE" run --resume results/full >out 2>err &
pid=$!
wait_for has_launches $((before + 2)) results/full
kill -INT "$pid"
wait "$pid"
check_file results/full
