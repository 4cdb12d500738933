#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs what is needed, builds with gcc and clang, runs all tests, the
# static checks and a short fuzz run.  The last line counts them.
#
#   scripts/test.sh            everything
#   scripts/test.sh STAGE...   only these: gcc clang sanitizer minimal user
#                              guests lint fuzz
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/packages.sh
. scripts/packages.sh

build_root=build-test
stages=(gcc clang sanitizer minimal user guests lint fuzz)
passed=0
failed=0
skipped=0
fuzz_seconds=${FUZZ_SECONDS:-30}

# tally NAME STATUS: one check that is no meson test.
tally()
{
	case $2 in
	0) passed=$((passed + 1)) ;;
	77) skipped=$((skipped + 1)); say "SKIP: $1" ;;
	*) failed=$((failed + 1)); say "FAIL: $1" ;;
	esac
}

# check NAME COMMAND...: run it, count it, show what it said if it failed.
check()
{
	local name=$1 status=0 log

	shift
	log=$build_root/$(tr -c 'a-z0-9\n' - <<<"$name").log
	"$@" >"$log" 2>&1 || status=$?
	if [ $status -ne 0 ]; then
		cat "$log"
	fi
	tally "$name" $status
}

# configure NAME COMPILER OPTION...
configure()
{
	local dir=$build_root/$1 compiler=$2

	shift 2
	if [ -f "$dir/build.ninja" ]; then
		return
	fi
	CC=$compiler meson setup "$dir" --werror -Dlinux_src="$linux_src" "$@" \
		>"$dir.log" || { cat "$dir.log"; return 1; }
}

# build_it NAME COMPILER OPTION...: a build that fails counts as one failure.
build_it()
{
	local status=0

	{ configure "$@" && ninja -C "$build_root/$1" --quiet; } || status=$?
	tally "build $1" $status
	return $status
}

# run_tests NAME SUITE...: each meson test counts, also what it skips.
run_tests()
{
	local dir=$build_root/$1 suites=() suite counts

	shift
	for suite in "$@"; do
		suites+=(--suite "$suite")
	done
	meson test -C "$dir" --no-rebuild --print-errorlogs "${suites[@]}" || true
	counts=$(jq -rs '[
		(map(select(.result | IN("OK", "EXPECTEDFAIL"))) | length),
		(map(select(.result | IN("OK", "EXPECTEDFAIL", "SKIP") | not)) | length),
		(map(select(.result == "SKIP")) | length)] | map(tostring) | join(" ")' \
		"$dir/meson-logs/testlog.json")
	read -r ok bad skip <<<"$counts"
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
}

stage_gcc()
{
	build_it gcc gcc || return 0
	run_tests gcc unit golden cli kernel self janitor
}

stage_clang()
{
	build_it clang clang || return 0
	run_tests clang unit golden
}

stage_sanitizer()
{
	build_it sanitizer clang -Db_sanitize=address,undefined \
		-Db_lundef=false || return 0
	ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1 \
		run_tests sanitizer unit golden cli
}

# What a laptop that only reads results needs, and no optional library.
stage_minimal()
{
	build_it analysis gcc -Dbench=disabled || return 0
	run_tests analysis unit golden
	build_it minimal gcc -Dlibperf=disabled -Dliburing=disabled || return 0
	run_tests minimal unit kernel
}

# The main job, short, as a user without privileges: in a copy that the user
# may read, wherever this checkout lies.
stage_user()
{
	if [ "$(id -u)" -ne 0 ]; then
		say "the tests ran as an ordinary user already"
		return
	fi
	if [ ! -x $build_root/gcc/cli/faultline ]; then
		build_it gcc gcc || return 0
	fi
	check "quick.yaml as nobody" scripts/run-as-nobody.sh \
		$build_root/gcc configs/quick.yaml
}

# A kernel of Debian's against itself, where QEMU and an image can be had.  The
# image is kept in the build folder, so that no other stage boots it.
stage_guests()
{
	local cache

	cache=$(pwd)/$build_root/cache
	if [ ! -x $build_root/gcc/cli/faultline ]; then
		build_it gcc gcc || return 0
	fi
	if ! (need_packages guests) >$build_root/guests.log 2>&1 ||
		! command -v qemu-system-x86_64 >/dev/null; then
		say "there is no QEMU, and it cannot be installed"
		tally "kernels in guests" 77
		return
	fi
	if ! XDG_CACHE_HOME=$cache scripts/fetch-kernels.sh 6.1 \
		>>$build_root/guests.log 2>&1; then
		say "no kernel image can be had: $(tail -1 $build_root/guests.log)"
		tally "kernels in guests" 77
		return
	fi
	check "a kernel against itself" compare_with_itself "$cache"
}

# compare_with_itself CACHE: one path of the kernel there, two sides.
compare_with_itself()
{
	local dir=$build_root/guests kernel=$1/faultline/kernels/6.1/vmlinuz

	rm -rf "$dir"
	FAULTLINE_AGENT=$build_root/gcc/bench/agent/faultline-agent \
		XDG_CACHE_HOME=$1 $build_root/gcc/cli/faultline vm compare \
		--no-functions --kernel "$kernel" --kernel "$kernel" -o "$dir" \
		uffd_wp what=protect &&
		tr -s '\n ' ' ' <"$dir/report.txt" |
		grep -q ' identical, 0 cannot be told apart, 0 differ\.'
}

stage_lint()
{
	local files=() sources=() scripts=()

	if [ ! -f $build_root/clang/compile_commands.json ]; then
		build_it clang clang || return 0
	fi
	mapfile -t files < <(git ls-files '*.c')
	mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
	mapfile -t sources < <(git ls-files '*.c' '*.h')
	check "clang-format" clang-format --dry-run -Werror "${sources[@]}"
	check "shellcheck" shellcheck -x "${scripts[@]}"
	check "cppcheck" scripts/cppcheck.sh $build_root/clang
	check "clang-tidy" scripts/clang-tidy.sh $build_root/clang "${files[@]}"
}

stage_fuzz()
{
	local target

	build_it fuzz clang -Dfuzz=true -Db_sanitize=address,undefined \
		-Db_lundef=false || return 0
	for target in "$build_root"/fuzz/tests/fuzz/fuzz_*; do
		if [ -f "$target" ] && [ -x "$target" ]; then
			check "fuzz $(basename "$target")" "$target" \
				-max_total_time="$fuzz_seconds" -rss_limit_mb=2048 \
				-artifact_prefix="$build_root/"
		fi
	done
}

main()
{
	local stage started

	if [ $# -gt 0 ]; then
		stages=("$@")
	fi
	need_packages build pictures test
	mkdir -p $build_root
	linux_src=$(scripts/libperf-source.sh)
	for stage in "${stages[@]}"; do
		started=$SECONDS
		say "stage $stage"
		"stage_$stage"
		say "stage $stage took $((SECONDS - started)) s"
	done
	printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
	[ $failed -eq 0 ]
}

main "$@"
