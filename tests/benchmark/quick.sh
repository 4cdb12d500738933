#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The main job: how long it measures, and the driver's peak memory.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

config=$(dirname "$0")/../../configs/quick.yaml

"$FAULTLINE" run "$config" -q -o "$folder/quick" >"$folder/quick.txt" &
driver=$!
peak=0
while kill -0 $driver 2>/dev/null; do
	now=$(awk '/^VmHWM/ { print $2 }' /proc/$driver/status 2>/dev/null || :)
	peak=${now:-$peak}
	sleep 0.5
done
wait $driver || {
	cat "$folder/quick.txt"
	exit 1
}
within "$((peak / 1024))" 64 "peak memory of the driver, MiB"
within "$(jq -s 'map(select(.type == "end"))[-1].seconds' \
	"$folder/quick/run.jsonl")" 60 "time of measuring, s"
