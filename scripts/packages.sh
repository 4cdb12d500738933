# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by the other scripts: which packages are needed, and how to get
# what is missing.  Nothing is installed that is there already.

# packages_for PURPOSE...: build, pictures, guests, arm64, kernel, test.
packages_for()
{
	local purpose

	for purpose in "$@"; do
		case $purpose in
		build)
			echo build-essential meson ninja-build pkg-config \
				libhwloc-dev liburing-dev libjansson-dev \
				libyaml-dev r-mathlib zlib1g-dev liblzma-dev \
				libzstd-dev liblz4-dev curl ca-certificates xz-utils
			;;
		pictures)
			echo gnuplot-nox
			;;
		guests)
			echo qemu-system-x86
			;;
		arm64)
			echo qemu-system-arm gcc-aarch64-linux-gnu \
				libc6-dev-arm64-cross
			;;
		kernel)
			echo build-essential bc bison flex libelf-dev xz-utils \
				lz4 patch
			;;
		test)
			echo clang clang-format clang-tidy libclang-rt-14-dev \
				cppcheck shellcheck libcmocka-dev jq procps git
			;;
		esac
	done
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

is_debian()
{
	command -v apt-get >/dev/null && command -v dpkg-query >/dev/null
}

missing_packages()
{
	local package

	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
			grep -q '^install ok installed$' || echo "$package"
	done
}

# As root, or through sudo; prints what to run where neither is possible.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		sudo "$@"
	else
		die "not root and no sudo without a password; run as root: $*"
	fi
}

# need_packages PURPOSE...: there is nothing to do when all are installed.
need_packages()
{
	local wanted missing

	read -r -a wanted <<<"$(packages_for "$@" | tr '\n' ' ')"

	if ! is_debian; then
		say "this is no Debian; install what is missing of (Debian's names): ${wanted[*]}"
		return
	fi

	mapfile -t missing < <(missing_packages "${wanted[@]}")
	if [ "${#missing[@]}" -eq 0 ]; then
		say "packages: all there"
		return
	fi

	say "packages: installing ${missing[*]}"
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
