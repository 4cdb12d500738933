#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds a small kernel to measure: Debian's kernel source, or a tree of yours,
# with configs/kernels/tiny.config and perhaps patches.  The first takes as long
# as a kernel does; after that only what a patch touches is compiled.
# Two builds of the same sources are the same to the byte.  Prints the folder.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/packages.sh
. "$here/scripts/packages.sh"

package=linux-source-6.12
cache=${XDG_CACHE_HOME:-$HOME/.cache}/faultline
config=$here/configs/kernels/tiny.config
jobs=$(nproc)
source_tree=
name=
into=
patches=()
applied=

usage()
{
	cat <<-END
	Usage: scripts/build-kernel.sh [--patch FILE]... [--name NAME]
	                               [--source DIR] [--into DIR]
	                               [--config FILE] [-j N]

	  --patch FILE   on top of the sources; may come again, and in order
	  --name NAME    of the kernel in the cache (default: tiny, then the
	                 names of the patches)
	  --source DIR   a kernel tree of yours, which must be clean and is only
	                 read; patches cannot be put on it
	                 (default: Debian's $package)
	  --into DIR     where the folder NAME is made (default: kernels in
	                 the cache, where faultline vm looks for a NAME)
	  --config FILE  what make allnoconfig is given
	                 (default: configs/kernels/tiny.config)
	  -j N           so many compilers at once (default: $jobs)

	The kernel is kernels/NAME/vmlinuz in $cache,
	with its config, what that was made from, the patches and the log of make
	beside it.  Trees are built side by side; what is built of each stays in
	build/, so that the next time only what has changed is compiled.
	END
}

usage_error()
{
	printf 'error: %s (scripts/build-kernel.sh --help)\n' "$*" >&2
	exit 2
}

progress()
{
	printf '==> %s\n' "$*" >&2
}

parse()
{
	while [ $# -gt 0 ]; do
		case $1 in
		--help | -h) usage; exit 0 ;;
		--patch | --name | --source | --into | --config | -j)
			[ $# -gt 1 ] || usage_error "$1 wants a value" ;;&
		--patch) patches+=("$(readlink -m "$2")") ;;
		--name) name=$2 ;;
		--source) source_tree=$(readlink -m "$2") ;;
		--into) into=$(readlink -m "$2") ;;
		--config) config=$(readlink -m "$2") ;;
		-j) jobs=$2 ;;
		*) usage_error "what is \`$1\`?" ;;
		esac
		shift 2
	done
}

check_arguments()
{
	local file

	for file in "$config" "${patches[@]}"; do
		[ -f "$file" ] || usage_error "$file: there is no such file"
	done
	if [ -n "$source_tree" ]; then
		[ -f "$source_tree/Kbuild" ] ||
			usage_error "$source_tree: this is no kernel tree"
		[ ! -e "$source_tree/.config" ] ||
			usage_error "$source_tree: it was built in place; use" \
				"git worktree add for a clean one"
		[ ${#patches[@]} -eq 0 ] ||
			usage_error "--patch is for Debian's source; put yours" \
				"on your tree yourself"
	fi
	[[ $jobs =~ ^[1-9][0-9]*$ ]] || usage_error "-j $jobs: how many?"
	if [ -z "$name" ]; then
		name=tiny
		for file in "${patches[@]}"; do
			name+=-$(basename "$file" .patch)
		done
	fi
	[[ $name =~ ^[A-Za-z0-9._+-]+$ && $name != .* ]] ||
		usage_error "--name $name: letters, digits and . _ + -"
}

# get_source: Debian's, unpacked once; sets source_tree and work.
get_source()
{
	local file part

	file=$(apt-get download --print-uris "$package" 2>/dev/null |
		awk '{ print $2 }') || true
	if [ -z "$file" ]; then
		# Without a network what is there will do.
		file=$(find "$cache/build" -maxdepth 1 -name "${package}_*" \
			-printf '%f\n' 2>/dev/null | sort -V | tail -1)
		[ -n "$file" ] ||
			die "apt knows no $package: apt-get update, or --source DIR"
	fi
	work=$cache/build/${file%_all.deb}
	source_tree=$work/source
	[ ! -f "$source_tree/Kbuild" ] || return 0

	progress "getting $package, 150 MB, and unpacking it"
	mkdir -p "$work"
	part=$work/part
	rm -rf "$part"
	mkdir "$part"
	(cd "$part" && apt-get download -q "$package" >&2) ||
		die "$package cannot be had: apt-get update, or --source DIR"
	dpkg-deb --fsys-tarfile "$part"/*.deb |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ -C "$part" --strip-components=1
	rm "$part"/*.deb
	mv -T "$part" "$source_tree"
}

# take_back: the source as it came, whoever was killed before, with the times
# that it came with, so that make sees no change.
take_back()
{
	local file

	[ -d "$applied" ] || return 0
	if [ -f "$applied/changed" ]; then
		while read -r file; do
			rm -f "$source_tree/$file"
		done <"$applied/changed"
		cp -pr "$applied/before/." "$source_tree/" || return 1
	fi
	rm -rf "$applied"
}

# keep_before: what the patches are going to change; complete when "changed" is.
keep_before()
{
	local file

	mkdir -p "$applied/before"
	sed -n 's|^+++ b/\([^[:space:]]*\).*|\1|p' "${patches[@]}" | sort -u \
		>"$applied/names"
	while read -r file; do
		[[ /$file/ != */../* ]] || die "$file: outside of the sources"
		[ ! -f "$source_tree/$file" ] ||
			(cd "$source_tree" && cp -p --parents "$file" "$applied/before")
	done <"$applied/names"
	mv "$applied/names" "$applied/changed"
}

apply()
{
	local file

	keep_before
	for file in "${patches[@]}"; do
		patch -s -p1 --no-backup-if-mismatch -d "$source_tree" -i "$file" >&2 ||
			die "$file does not fit $(basename "$work")"
	done
}

# base_stamp: what all objects depend on, besides the sources.
base_stamp()
{
	sha256sum <"$config"
	gcc --version | head -1
}

# from_base: out becomes what was built without a patch, which is built first if
# it is not there.  So each kernel compiles what its own patches touch, and not
# what those of the one before did.
from_base()
{
	local base=$work/base

	if [ "$(base_stamp)" != "$(cat "$base/faultline.stamp" 2>/dev/null)" ]; then
		progress "building what all of them share"
		rm -rf "$base"
		make_kernel "$work/out" "$work/base.log" ||
			die "make failed, all of it: $work/base.log"
		cp -a "$work/out" "$base.part"
		base_stamp >"$base.part/faultline.stamp"
		mv -T "$base.part" "$base"
	fi
	rm -rf "$work/out"
	cp -a "$base" "$work/out"
}

# watch LOG: on a terminal, how many files are compiled.
watch()
{
	local start=$SECONDS count

	[ -t 2 ] || return 0
	while sleep 2; do
		count=$(grep -c '^  [A-Z]' "$1" || true)
		printf '\r    %s files, %d s \033[K' "$count" \
			$((SECONDS - start)) >&2
	done
}

make_kernel()
{
	local out=$1 log=$2 status=0 watcher
	local options=(-C "$source_tree" O="$out" -j "$jobs" LOCALVERSION=
		KBUILD_BUILD_TIMESTAMP='2024-01-01 00:00:00 UTC'
		KBUILD_BUILD_USER=faultline KBUILD_BUILD_HOST=faultline
		KBUILD_BUILD_VERSION=1)

	mkdir -p "$out"
	if ! cmp -s "$config" "$out/faultline.config"; then
		make "${options[@]}" KCONFIG_ALLCONFIG="$config" allnoconfig \
			>"$log" 2>&1 || { tail -20 "$log" >&2; return 1; }
		cp "$config" "$out/faultline.config"
	fi
	watch "$log" &
	watcher=$!
	make "${options[@]}" bzImage >"$log" 2>&1 || status=$?
	kill $watcher 2>/dev/null || true
	wait $watcher 2>/dev/null || true
	[ ! -t 2 ] || printf '\r\033[K' >&2
	[ $status -eq 0 ] || grep -m 10 -E 'error|Error' "$log" >&2 || tail -20 "$log" >&2
	return $status
}

# keep OUT LOG: where it belongs, all at once.
keep()
{
	local target=$into/$name part file

	part=$into/.$name.$$
	mkdir -p "$part"
	cp "$1/arch/x86/boot/bzImage" "$part/vmlinuz"
	cp "$1/.config" "$part/config"
	cp "$config" "$part/fragment.config"
	cp "$2" "$part/build.log"
	for file in "${patches[@]}"; do
		cp "$file" "$part/"
	done
	(
		flock 8
		rm -rf "$target"
		mv -T "$part" "$target"
	) 8>"$into/.lock"
	echo "$target"
}

# lock FILE: until this script ends, however it does.
lock()
{
	exec 9>"$1"
	flock -n 9 || progress "waiting for another build of these sources"
	flock 9
}

main()
{
	local log status=0

	parse "$@"
	check_arguments
	need_packages kernel >&2
	into=${into:-$cache/kernels}
	mkdir -p "$cache/build" "$into"

	if [ -n "$source_tree" ]; then
		work=$cache/build/tree-$(sha256sum <<<"$source_tree" | cut -c 1-16)
		mkdir -p "$work"
		lock "$work/lock"
	else
		lock "$cache/build/lock"
		get_source
		applied=$work/applied
		take_back || die "$work: rm -rf it; its sources are spoilt"
		trap 'take_back || true' EXIT
		trap 'exit 130' INT TERM
		rm -rf "$work/base.part"
		from_base
		apply
	fi

	log=$work/make.log
	progress "building $name"
	make_kernel "$work/out" "$log" || status=$?
	[ $status -eq 0 ] || die "make failed, all of it: $log"
	keep "$work/out" "$log"
}

main "$@"
