#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# clang-tidy.sh BUILD FILE...: two at a time, only files that the build has.
set -euo pipefail
build=$1
shift

known=$(jq -r '.[].file' "$build/compile_commands.json")
for file in "$@"; do
	if grep -q "/$file\$" <<<"$known"; then
		echo "$file"
	fi
done | xargs -P 2 -n 1 clang-tidy -p "$build" --quiet --warnings-as-errors='*'
