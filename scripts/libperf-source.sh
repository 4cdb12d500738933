#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prints a folder with the sources of libperf, as -Dlinux_src wants it; an
# empty line if none can be had (the build then counts without libperf).
#
# Debian has no libperf package, so the 3 MB that are needed are taken out of
# its kernel source package while it streams by: the 140 MB never reach the
# disk.  The checksum that apt knows is checked before the result is used.
set -euo pipefail

package=linux-source-6.1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/faultline
wanted=(
	tools/lib/perf tools/lib/api tools/lib/zalloc.c
	tools/include tools/arch
)
part=

clean_up()
{
	if [ -n "$part" ]; then
		rm -rf "$part"
	fi
}

say()
{
	printf '==> %s\n' "$*" >&2
}

# none REASON: not an error, the build can do without.
none()
{
	say "libperf: $*; building without it"
	echo
	exit 0
}

# A kernel tree that is unpacked here already needs no download.
local_tree()
{
	local tree

	for tree in "/lib/modules/$(uname -r)/source" /usr/src/linux-source-*; do
		if [ -f "$tree/tools/lib/perf/evsel.c" ]; then
			echo "$tree"
			return 0
		fi
	done
	return 1
}

# unpack URL FOLDER CHECKSUM-FILE
unpack()
{
	local members=() member

	for member in "${wanted[@]}"; do
		members+=("$package/$member")
	done

	# tee goes on to the end of the package when tar has all it wants.
	curl -fsS --retry 3 "$1" |
		tee >(sha256sum >"$3") |
		dpkg-deb --fsys-tarfile - |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ -C "$2" --strip-components=1 "${members[@]}"
}

main()
{
	local line url file checksum target

	if local_tree; then
		return
	fi

	if ! command -v apt-get >/dev/null || ! command -v curl >/dev/null; then
		none "no kernel source here, and no apt-get and curl to get it"
	fi
	line=$(apt-get download --print-uris "$package" 2>/dev/null) ||
		none "apt knows no $package (apt-get update?)"
	read -r url file _ checksum <<<"$line"
	url=${url//\'/}
	checksum=${checksum#SHA256:}

	target=$cache/${file%_all.deb}
	if [ -f "$target/tools/lib/perf/evsel.c" ]; then
		say "libperf: sources in $target"
		echo "$target"
		return
	fi

	say "libperf: streaming 3 MB out of $package into $target"
	mkdir -p "$cache"
	part=$(mktemp -d "$cache/part.XXXXXX")
	mkdir "$part/tree"
	unpack "$url" "$part/tree" "$part/sha256" ||
		none "the download broke off"
	for _ in $(seq 50); do
		[ -s "$part/sha256" ] && break
		sleep 0.1
	done
	grep -q "^$checksum " "$part/sha256" ||
		none "the package does not have the checksum that apt knows"
	mv -T "$part/tree" "$target"
	echo "$target"
}

trap clean_up EXIT
main "$@"
