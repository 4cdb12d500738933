#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Two tasks that fault side by side, one on each CPU: an injected 1 % must be
# found in CPU time, and must read as 1.0 +- 0.5 %.  In wall time it is found on
# a machine that does nothing else.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

# "estimate half-width changed" of the checks of :inject in CPU time.
check_of()
{
	"$FAULTLINE" report "$folder/$1" >"$folder/report.txt"
	tr '\n' ' ' <"$folder/report.txt" | tr -s ' ' |
		sed -n 's/.*injected [^:]*: in CPU time read as \([^ ]*\) %.*CHANGED at \([0-9]*\) of .* half-width \([0-9.]*\) %.*/\1 \3 \2/p'
}

measure known fault_loops loop=tlb_flush2 tasks=2 --inject 1% --launch 400ms \
	--budget 120s --no-until-settled --no-counters

# shellcheck disable=SC2046 # three words
set -- $(check_of known)
echo "injected 1 %: reads as $1 % +- $2 % in CPU time"
within "$(awk -v x="$1" 'BEGIN { d = x - 1; print d < 0 ? -d : d }')" 0.5 \
	"an injected 1 % is off by, %"
if [ "$3" != 1 ]; then
	echo "not ok: the injected 1 % is not found"
	exit 1
fi
