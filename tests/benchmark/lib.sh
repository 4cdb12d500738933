# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Sourced by the benchmarks: $FAULTLINE and $FAULTLINE_AGENT are the programs.
set -eu

folder=$(mktemp -d "${TMPDIR:-/tmp}/faultline-benchmark.XXXXXX")
busy=

clean_up()
{
	for pid in $busy; do
		kill "$pid" 2>/dev/null || true
	done
	rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# Two loops that want a CPU each for as long as the benchmark takes.
start_busy_loops()
{
	for _ in 1 2; do
		sh -c 'while :; do :; done' &
		busy="$busy $!"
	done
}

# measure NAME ARGUMENT...: what `faultline run` prints at its end.
measure()
{
	name=$1
	shift
	"$FAULTLINE" run "$@" -q -o "$folder/$name" >"$folder/$name.txt" || {
		cat "$folder/$name.txt"
		echo "not ok: faultline run $*"
		exit 1
	}
	cat "$folder/$name.txt"
}

# contrast NAME ARM: "estimate lo hi verdict" of that arm, in per cent.
contrast()
{
	awk -v arm="$2" '
		$1 == arm { found = 1; next }
		found && $1 == "against" {
			gsub(/[][,%+]/, "")
			print $3, $4, $5, $6
			exit
		}' "$folder/$1.txt"
}

# within VALUE LIMIT WHAT: says both, and fails beyond.
within()
{
	if awk -v v="$1" -v l="$2" 'BEGIN { exit !(v <= l) }'; then
		echo "ok: $3: $1 (at most $2)"
	else
		echo "not ok: $3: $1 (at most $2)"
		exit 1
	fi
}
