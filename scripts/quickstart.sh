#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs what is needed, builds, measures configs/quick.yaml on the running
# kernel and says where the table and the pictures are.  Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/packages.sh
. scripts/packages.sh

build=build
results=results/quick-$(date -u +%Y%m%d-%H%M%S)

need_packages build pictures
linux_src=$(scripts/libperf-source.sh)

say "building in $build/"
if [ ! -f $build/build.ninja ]; then
	meson setup $build -Dtests=false -Dlinux_src="$linux_src" >$build.log ||
		{ cat $build.log; die "meson setup failed"; }
	rm -f $build.log
fi
ninja -C $build --quiet

say "looking at this machine (all of it: $build/cli/faultline doctor)"
$build/cli/faultline doctor | sed -n '/^What would spoil/,$p'

say "measuring configs/quick.yaml, about a minute"
status=0
$build/cli/faultline run configs/quick.yaml -o "$results" || status=$?
# 1: some launch did not count; the report says which and why.
if [ $status -gt 1 ]; then
	exit $status
fi

say "the table and the pictures"
$build/cli/faultline report "$results"
