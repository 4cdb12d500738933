#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A TAP consumer must see in a report the tests that it has, and which failed.
# tap.sh REPORT.ktap...
command -v prove >/dev/null || exit 77

# field NAME: a number of the last line but one, "Files=1, Tests=12, ..."
field()
{
	sed -n "s/.*$1=\\([0-9]*\\).*/\\1/p" "$out"
}

out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
status=0
for report; do
	prove --exec cat "$report" >"$out" 2>&1
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$report")
	failed=$(grep -c '^not ok ' "$report")
	seen=$(sed -n 's/.*Tests: [0-9]* Failed: \([0-9]*\)).*/\1/p' "$out")
	if [ "$(field Tests)" != "$plan" ] || [ "${seen:-0}" != "$failed" ] ||
		grep -q 'Parse errors' "$out"; then
		echo "$report: $plan tests, $failed of them failed; prove says"
		cat "$out"
		status=1
	fi
done
exit "$status"
