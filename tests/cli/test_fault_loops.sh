#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Loops over files: what they say, and where there is no room for the files.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

TMPDIR=$scratch
export TMPDIR
want 0 "$FAULTLINE" run fault_loops loop=page_fault2,page_fault3 \
	--launches 2 --launch 60ms --budget 1s -o results/loops
want 0 "$FAULTLINE" report results/loops
has out 'expectations: '
has out ' 0 broken'
has out 'fact faults: '
has out "in $scratch"
[ -z "$(find "$scratch" -name 'faultline.*')" ] || die "a file is left behind"

# A file system of its own, that no one else sees.
# shellcheck disable=SC2016 # the inner shell expands it
unshare -m sh -c 'mount -t tmpfs -o size=8m none "$1"' sh "$scratch" \
	2>/dev/null || {
	echo "nothing can be mounted: a small file system is not tried"
	exit 0
}
mkdir small
# shellcheck disable=SC2016
want 77 unshare -m sh -c 'mount -t tmpfs -o size=8m none "$1" &&
	TMPDIR=$1 exec "$2" run fault_loops loop=page_fault2 --launches 2 \
		-o results/small' sh "$scratch/small" "$FAULTLINE"
has results/small/run.jsonl \
	'small has 8 MiB free, the files take 128: set TMPDIR to a folder'
