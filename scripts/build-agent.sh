#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the agent for guests of another architecture, with a cross compiler.
#
#   scripts/build-agent.sh                   for arm64, into build/
#   scripts/build-agent.sh BUILD             where faultline was built
#   scripts/build-agent.sh --arch arm64 --to FOLDER
#
# `faultline vm` finds faultline-agent-aarch64 in BUILD, or in the folder of the
# installed program.  The packages are Debian's qemu-system-arm,
# gcc-aarch64-linux-gnu and libc6-dev-arm64-cross; they are installed where they
# are missing and that is allowed.  The tables of both must agree, so build it
# again when faultline is.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/packages.sh
. scripts/packages.sh

usage()
{
	sed -n '3,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'
}

build=build
arch=arm64
to=
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) usage; exit ;;
	--arch) arch=${2:?--arch needs a name}; shift ;;
	--to) to=${2:?--to needs a folder}; shift ;;
	-*) die "no option \`$1\`; see --help" ;;
	*) build=$1 ;;
	esac
	shift
done
[ "$arch" = arm64 ] || die "no agent for \`$arch\`; there is: arm64"
if [ -z "$to" ]; then
	[ -f "$build/build.ninja" ] ||
		die "$build: nothing was built there; name a build folder, or --to FOLDER"
	to=$build/bench/agent
fi

if ! command -v aarch64-linux-gnu-gcc >/dev/null; then
	need_packages arm64
fi
dir=$build/agent-aarch64
if [ ! -f "$dir/build.ninja" ]; then
	mkdir -p "$build"
	meson setup "$dir" --cross-file meson/aarch64.ini -Dagent_only=true \
		>"$dir.log" || { cat "$dir.log"; die "meson setup failed"; }
	rm -f "$dir.log"
fi
ninja -C "$dir" --quiet
mkdir -p "$to"
cp "$dir/bench/agent/faultline-agent-aarch64" "$to/"
say "$to/faultline-agent-aarch64"
