#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# With two busy loops beside it: an arm against itself must be known to
# 0.3 % in 10 s, and an injected 1 % must read as 1.0 +- 0.3 % and CHANGED.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

start_busy_loops
measure known uffd_wp what=pair range=64K --inject 1% --budget 10s \
	--no-until-settled

# shellcheck disable=SC2046 # four words
set -- $(contrast known pair:again)
within "$(awk -v lo="$2" -v hi="$3" 'BEGIN { print (hi - lo) / 2 }')" 0.3 \
	"A against A', half of the 95 % interval, %"

# shellcheck disable=SC2046
set -- $(contrast known pair:inject)
within "$(awk -v x="$1" 'BEGIN { d = x - 1; print d < 0 ? -d : d }')" 0.3 \
	"an injected 1 % is off by, %"
if [ "$4" != CHANGED ]; then
	echo "not ok: the injected 1 % is called $4"
	exit 1
fi
