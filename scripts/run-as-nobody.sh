#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run-as-nobody.sh BUILD CONFIG: measure and report as uid 65534, in a private
# folder with copies of the programs, so that the checkout may be anywhere.
set -euo pipefail

folder=$(mktemp -d /tmp/faultline-user.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cp "$1/cli/faultline" "$1/bench/agent/faultline-agent" "$2" "$folder"
chown -R 65534:65534 "$folder"

cd "$folder"
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs
	env HOME="$folder" FAULTLINE_AGENT="$folder/faultline-agent")
"${as_nobody[@]}" ./faultline doctor
"${as_nobody[@]}" ./faultline run "$(basename "$2")" --budget 15s -o result
"${as_nobody[@]}" ./faultline report result
test -s result/report/report.txt
