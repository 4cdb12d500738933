# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Sourced by tests of single calls: what a call prints is kept in variables,
# all checks are made, and each names the call.  Expects $faultline; makes an
# empty folder, works there, and at the end it must be empty still.

faultline=$(realpath "$faultline")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

fail() {
	echo "FAILED: $*" >&2
	failed=1
}

# run STATUS WORDS...: runs faultline, keeps its output in $out and $err.
run() {
	want=$1
	shift
	out=$("$faultline" "$@" 2>"$folder.err")
	got=$?
	err=$(cat "$folder.err")
	rm -f "$folder.err"
	what="faultline $*"
	[ "$got" = "$want" ] || fail "$what: exit status $got, not $want: $err"
}

out_has() {
	case "$out" in
	*"$1"*) ;;
	*) fail "$what: no \`$1' in: $out" ;;
	esac
}

# Bad input: exit status 2, one line on stderr, nothing else.
refuses() {
	message=$1
	shift
	run 2 "$@"
	[ -z "$out" ] || fail "$what: printed $out"
	[ "$err" = "faultline: $message" ] ||
		fail "$what: said \`$err', not \`faultline: $message'"
}

fits_72_columns() {
	wide=$(printf '%s\n' "$out" | awk 'length > 72')
	[ -z "$wide" ] || fail "$what: wider than 72 columns: $wide"
}

finish() {
	[ -z "$(ls -A "$folder")" ] || fail "left files: $(ls -A "$folder")"
	exit $failed
}
