#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# 20 seeded runs of 10 s in which an arm is compared with itself: at most 3
# may call it CHANGED (5 % of alarms are what a 95 % interval promises).
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

start_busy_loops
alarms=0
for seed in $(seq 20); do
	measure "$seed" uffd_wp what=pair range=64K --seed "$seed" \
		--budget 10s --no-until-settled >/dev/null
	# shellcheck disable=SC2046
	set -- $(contrast "$seed" pair:again)
	echo "seed $seed: $1 % [$2, $3] $4"
	if [ "$4" = CHANGED ]; then
		alarms=$((alarms + 1))
	fi
done
within $alarms 3 "runs called CHANGED of 20"
