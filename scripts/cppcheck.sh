#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cppcheck.sh BUILD: over the compile commands of that build, our files only.
set -euo pipefail

cppcheck --project="$1/compile_commands.json" --quiet --error-exitcode=1 \
	--enable=warning,style,performance,portability --inline-suppr \
	--suppress='*:*linux*/tools/*' --suppress='*:*subprojects*' \
	--suppressions-list="$(dirname "$0")/cppcheck-suppressions.txt" \
	-i subprojects -j 2 --cppcheck-build-dir="$(mktemp -d "$1/cppcheck.XXXX")"
