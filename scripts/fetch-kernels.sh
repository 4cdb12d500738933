#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Gets kernel images of Debian's suites for `faultline vm`.
#
#   scripts/fetch-kernels.sh                 all that the table below has
#   scripts/fetch-kernels.sh NAME...         only these: 6.1 newest ...
#   scripts/fetch-kernels.sh --arch arm64 6.12
#   scripts/fetch-kernels.sh --list          what is in the cache
#   scripts/fetch-kernels.sh --tiny [--patch FILE]...   builds a small one:
#                                            all that scripts/build-kernel.sh takes
#
# An image becomes FOLDER/vmlinuz, with FOLDER/config and FOLDER/package where
# they can be had; FOLDER is ${XDG_CACHE_HOME:-~/.cache}/faultline/kernels/NAME
# (NAME-arm64 for another architecture).  What is there already stays: remove
# a folder to have it fetched anew.
#
# Packages come from the mirror that this machine's apt is set up with, through
# an apt state of its own in the cache.  Nothing is installed and no setting of
# the machine is changed or written; no rights are needed.
set -euo pipefail

cache=${XDG_CACHE_HOME:-$HOME/.cache}/faultline
kernels=$cache/kernels
state=
part=
arch=

# NAME, suite, a pattern of the version.  From 6.19 on the image is in
# linux-binary-VERSION and linux-image-VERSION is empty.
table()
{
	cat <<-'END'
		5.10    bullseye         5\.10
		6.1     bookworm         6\.1
		6.12    trixie           6\.12
		6.18    trixie-backports 6\.18
		newest  sid              [0-9]+\.[0-9]+
	END
}

say()
{
	printf '==> %s\n' "$*"
}

die()
{
	printf 'error: %s\n' "$*" >&2
	exit 1
}

clean_up()
{
	if [ -n "$part" ]; then
		rm -rf "$part"
	fi
}

usage()
{
	sed -n '3,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'
}

need_tools()
{
	local tool

	for tool in apt-get apt-cache dpkg dpkg-deb; do
		command -v "$tool" >/dev/null ||
			die "no $tool: this needs Debian's apt; \`faultline vm\` takes any other kernel image too"
	done
}

# The first archive of Debian itself in this machine's sources, one line a
# file or a stanza with fields.  Security archives hold no other suites.
find_mirror()
{
	local files=() file

	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
		[ -r "$file" ] && files+=("$file")
	done
	[ ${#files[@]} -gt 0 ] || return 0
	awk '
		$1 == "deb" {
			sub(/\[[^]]*\]/, "")
			if ($4 ~ /^main$/ && $2 ~ /\/debian\/?$/) { print $2; exit }
		}
		tolower($1) == "uris:" {
			for (i = 2; i <= NF; i++)
				if ($i ~ /\/debian\/?$/) { print $i; exit }
		}' "${files[@]}"
}

# private SUITE COMMAND...: apt with the state of one suite and nothing else.
private()
{
	local suite=$1

	shift
	APT_CONFIG=$state/$suite/apt.conf "$@"
}

write_state()
{
	local suite=$1 dir=$state/$1

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	printf 'deb %s %s main\n' "$mirror" "$suite" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-END
		Dir::State::Lists "$dir/lists";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir/cache";
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::SourceParts "-";
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
	END
}

# update SUITE: its lists, an hour old at most.
update()
{
	local suite=$1 dir log

	dir=$state/$suite
	if [ -n "$(find "$dir/stamp" -mmin -60 2>/dev/null)" ]; then
		return
	fi
	say "$suite: the list of packages"
	write_state "$suite"
	log=$dir/update.log
	if ! private "$suite" apt-get -qq -o APT::Update::Error-Mode=any update >"$log" 2>&1; then
		sed -n '/^[EW]:/p' "$log" | head -4 >&2
		die "$suite: its list of packages cannot be had: is there a network, and does the mirror serve that suite?"
	fi
	touch "$dir/stamp"
}

# package_of SUITE VERSIONS: the newest image package that holds an image.
package_of()
{
	local suite=$1 versions=$2 kind

	for kind in binary image; do
		private "$suite" apt-cache pkgnames "linux-$kind-" |
			grep -E "^linux-${kind}-${versions}[.+~-].*cloud-${arch}(-unsigned)?\$" |
			grep -v -e -dbg || true
	done | by_version | tail -1
}

# Signed before unsigned; a release before its candidates; 6.9 before 6.10.
by_version()
{
	awk '{
		version = $0
		sub(/^linux-(binary|image)-/, "", version)
		unsigned = sub(/-unsigned$/, "", version)
		split_up = /^linux-binary-/
		gsub(/~?rc/, "~rc", version)
		print version, split_up, !unsigned, $0
	}' | sort -k1,1V -k2,2n -k3,3n | awk '{ print $4 }'
}

# download SUITE PACKAGE FOLDER
download()
{
	local suite=$1 package=$2 dir=$3

	(cd "$dir" && private "$suite" apt-get -qq -o Dpkg::Use-Pty=0 download "$package") >&2 ||
		die "$package cannot be downloaded: is there a network?"
}

# The one file below FOLDER with such a name; nothing if there is none.
find_file()
{
	find "$1" -type f -name "$2" -print -quit
}

# The config of a split package is in linux-base-VERSION.
add_config()
{
	local suite=$1 package=$2 base

	if [ -n "$(find_file "$part/root" 'config*')" ]; then
		return
	fi
	base=${package/#linux-binary-/linux-base-}
	if [ "$base" != "$package" ] &&
		private "$suite" apt-cache show "$base" >/dev/null 2>&1; then
		download "$suite" "$base" "$part"
		dpkg-deb -x "$part/$base"_*.deb "$part/root"
	fi
}

fetch()
{
	local name=$1 suite=$2 versions=$3 folder package image config

	folder=$kernels/$name
	if [ "$arch" != "$own_arch" ]; then
		folder=$folder-$arch
	fi
	if [ -s "$folder/vmlinuz" ]; then
		say "$name: there already ($(cat "$folder/package" 2>/dev/null || echo "$folder"))"
		return
	fi

	update "$suite"
	package=$(package_of "$suite" "$versions")
	[ -n "$package" ] || die "$name: $suite has no cloud image of $versions for $arch"
	say "$name: $package of $suite"

	mkdir -p "$kernels"
	part=$(mktemp -d "$kernels/.part-XXXXXX")
	mkdir "$part/root" "$part/ready"
	download "$suite" "$package" "$part"
	dpkg-deb -x "$part/$package"_*.deb "$part/root"
	image=$(find_file "$part/root" 'vmlinuz*')
	[ -n "$image" ] || die "$package holds no vmlinuz"
	add_config "$suite" "$package"
	config=$(find_file "$part/root" 'config*')

	mv "$image" "$part/ready/vmlinuz"
	if [ -n "$config" ]; then
		mv "$config" "$part/ready/config"
	fi
	printf '%s %s\n' "$package" \
		"$(dpkg-deb -f "$part/$package"_*.deb Version)" >"$part/ready/package"
	rm -rf "$folder"
	mv "$part/ready" "$folder"
	rm -rf "$part"
	part=
	say "$name: $folder/vmlinuz"
}

list()
{
	local folder

	for folder in "$kernels"/*/; do
		[ -s "$folder/vmlinuz" ] || continue
		printf '%-16s %s  %s\n' "$(basename "$folder")" \
			"${folder}vmlinuz" "$(cat "$folder/package" 2>/dev/null || true)"
	done
}

wanted=()
own_arch=
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) usage; exit ;;
	--list) list; exit ;;
	--tiny) shift; exec "$(dirname "$0")/build-kernel.sh" "$@" ;;
	--arch) arch=${2:?--arch needs a name}; shift ;;
	-*) die "no option \`$1\`; see --help" ;;
	*) wanted+=("$1") ;;
	esac
	shift
done

need_tools
own_arch=$(dpkg --print-architecture)
arch=${arch:-$own_arch}
state=$cache/apt/$arch
mirror=$(find_mirror)
[ -n "$mirror" ] || die "no mirror of Debian in /etc/apt/sources.list and sources.list.d"
trap clean_up EXIT
trap 'exit 130' INT TERM

for name in "${wanted[@]}"; do
	table | grep -q "^$name " ||
		die "no kernel \`$name\`; there are: $(table | awk '{ print $1 }' | paste -sd' ')"
done
while read -r name suite versions; do
	if [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $name "* ]]; then
		fetch "$name" "$suite" "$versions" </dev/null
	fi
done < <(table)
