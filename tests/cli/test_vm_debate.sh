#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# faultline vm debate: what it refuses, and a page from patches alone.
set -euo pipefail
faultline=$1
source_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
	echo "not ok: $*" >&2
	exit 1
}

# refused STATUS WORDS ARGS...: ends so, says so, and leaves nothing behind.
refused()
{
	local status=0 want=$1 words=$2

	shift 2
	"$faultline" vm debate "$@" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: $status, not $want"
	grep -q "$words" "$work/err" || fail "$*: $(cat "$work/err")"
	[ ! -e "$work/o" ] || fail "$*: a folder was made"
}

patches=$source_dir/configs/kernels
refused 2 'no such proposal\|there is no proposal' --patches "$patches" \
	-o "$work/o" mapcont
refused 2 'did you mean .mapcount' --patches "$patches" -o "$work/o" mapcont
refused 2 'No such file' --patches "$work/none" -o "$work/o"
refused 2 'No such file' --patches "$patches" --kernels "$work" -o "$work/o"
refused 2 'needs a value' -o
refused 2 'what is' --frobnicate

# Nothing was run: the page says so, and escapes what a head says.
mkdir -p "$work/d/patches"
cat >"$work/d/patches/evil.patch" <<-END
	<script>alert(1)</script> & "more"

	Thread: <b>x</b>
	Claim: $(printf '\033')[31m red
	Look: cow

	--- a/x
	+++ b/x
END
"$faultline" vm debate --again "$work/d" >"$work/out"
grep -q 'not run: insn' "$work/out" || fail "what was not run"
grep -q '&lt;script&gt;' "$work/d/debate.html" || fail "no escaping"
! grep -q '<script\|<b>' "$work/d/debate.html" || fail "text became markup"
! grep -q "$(printf '\033')" "$work/d/debate.html" "$work/d/debate.txt" ||
	fail "an escape sequence came through"
! awk 'length > 72' "$work/d/debate.txt" | grep -q . || fail "over 72 columns"
