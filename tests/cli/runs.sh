# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Sourced by tests of runs, which go on while the test does something to them:
# what a command prints is kept in files, and the first failure ends the test.
set -u
# shellcheck disable=SC2034 # used by those who source this
FAULTLINE=$(realpath "$1")
FAULTLINE_HOST_LOCK="faultline-test-$$"
export FAULTLINE_HOST_LOCK
unset TERM

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99

die()
{
	echo "FAILED: $*" >&2
	for file in out err; do
		[ -f "$file" ] && sed "s/^/$file: /" "$file" >&2
	done
	exit 1
}

# Where scripts/fetch-kernels.sh and build-kernel.sh keep images.
kernels=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/faultline/kernels

# last_boot DIR: the folder of the boot with the launches; the one before it is
# left out where an earlier run is remembered.
last_boot()
{
	find "$1/vm" -maxdepth 1 -name 'boot-*' | sort -V | tail -1
}

# find_kernel NAME...: prints the image of the first that is there, or nothing
find_kernel()
{
	for name in "$@"; do
		if [ -s "$kernels/$name/vmlinuz" ]; then
			echo "$kernels/$name/vmlinuz"
			break
		fi
	done
}

# one_nop_more KERNEL: prints the image that has one nop more on the path of a
# first touch and is the same in all else, or nothing
one_nop_more()
{
	nop=$kernels/tiny-one-nop
	if [ "$1" = "$kernels/tiny/vmlinuz" ] && [ -s "$nop/vmlinuz" ] &&
		cmp -s "$kernels/tiny/config" "$nop/config"; then
		echo "$nop/vmlinuz"
	fi
}

# refused_by VERB WORDS ARGUMENT...: of faultline vm, and no folder is made
refused_by()
{
	verb=$1
	words=$2
	shift 2
	want 2 "$FAULTLINE" vm "$verb" -o none "$@"
	has err "$words"
	[ ! -e none ] || die "a folder was made: $*"
}

# needs_guests KERNEL: ends the test where none can be booted
needs_guests()
{
	if [ -z "$1" ] || ! command -v qemu-system-x86_64 >/dev/null; then
		echo "no QEMU, or no image of scripts/fetch-kernels.sh: none is booted"
		exit 77
	fi
	if LC_ALL=C readelf -l "$FAULTLINE_AGENT" | grep -q INTERP; then
		echo "the agent is not static: a guest has no libraries"
		exit 77
	fi
}

# want STATUS COMMAND...: its output is in the files out and err
want()
{
	status=$1
	shift
	"$@" >out 2>err
	got=$?
	[ "$got" = "$status" ] || die "exit status $got, not $status: $*"
}

# has FILE TEXT
has()
{
	grep -qF -- "$2" "$1" || die "$1 does not say: $2"
}

# lines TYPE DIR: how many records of a type
lines()
{
	grep -c "\"type\":\"$1\"" "$2/run.jsonl"
}

# wait_for COMMAND...: up to a minute, until it succeeds
wait_for()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || die "never happened: $*"
		sleep 0.1
	done
}

has_launches()
{
	[ -f "$2/run.jsonl" ] && [ "$(lines launch "$2")" -ge "$1" ]
}

# Every line is whole, and launches are numbered without a repetition.
check_file()
{
	[ -z "$(tail -c 1 "$1/run.jsonl" | tr -d '\n')" ] ||
		die "$1: the last line is torn"
	grep -vE '^\{.*\}$' "$1/run.jsonl" && die "$1: a torn line"
	numbers=$(sed -n 's/^{"type":"launch".*"launch":\([0-9]*\).*/\1/p' \
		"$1/run.jsonl")
	[ -z "$(echo "$numbers" | sort | uniq -d)" ] ||
		die "$1: a launch is there twice"
}

# What nobody needs to run, in the folder nobody, which it may write to.
give_nobody()
{
	chmod 0755 "$scratch"
	mkdir -m 0777 nobody
	cp "$FAULTLINE" nobody/faultline
	cp "${FAULTLINE_AGENT:-$(dirname "$FAULTLINE")/faultline-agent}" \
		nobody/faultline-agent
}
