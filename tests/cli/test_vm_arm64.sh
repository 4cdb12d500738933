#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm run of arm64: what is refused without a boot; and where QEMU, the
# agent of scripts/build-agent.sh and an image are there, two boots that agree,
# outcomes with two CPUs, and a panic.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

if [ "$(uname -m)" = aarch64 ]; then
	echo "arm64 is this machine's own architecture: see test_vm.sh"
	exit 77
fi

refused()
{
	refused_by run "$@"
}

# image FLAGS: the head of an Image, in the file of that name
image()
{
	{
		printf 'MZ'
		head -c 22 /dev/zero
		# shellcheck disable=SC2059 # an escape of printf
		printf "$1"
		head -c 31 /dev/zero
		printf 'ARM\144'
		head -c 4 /dev/zero
	} >image
}

image '\013'
refused "big-endian" --kernel ./image null_op
image '\016'
refused "64 KiB" --kernel ./image null_op
image '\012'
refused "emulated times mean nothing" --kernel ./image --mode time null_op
want 2 env FAULTLINE_QEMU_AARCH64= PATH=/none "$FAULTLINE" vm run \
	--kernel ./image -o none null_op
has err "qemu-system-arm"
want 2 env FAULTLINE_QEMU_AARCH64=/bin/true FAULTLINE_AGENT_AARCH64=/none/agent \
	"$FAULTLINE" vm run --kernel ./image -o none null_op
has err "FAULTLINE_AGENT_AARCH64=/none/agent"
rm image

kernel=$(find_kernel 6.12-arm64 newest-arm64)
if [ -z "$kernel" ] || ! command -v qemu-system-aarch64 >/dev/null; then
	echo "no qemu-system-aarch64, or no image of scripts/fetch-kernels.sh --arch arm64"
	exit 77
fi
if [ ! -x "$(dirname "$FAULTLINE_AGENT")/faultline-agent-aarch64" ]; then
	echo "no agent of scripts/build-agent.sh"
	exit 77
fi

# What a survey finds out is kept, and would leave out a boot.
XDG_CACHE_HOME=$scratch/cache
export XDG_CACHE_HOME
for dir in a b; do
	rm -rf "$XDG_CACHE_HOME"
	want 0 nice -n 10 "$FAULTLINE" vm run --kernel "$kernel" -q -o $dir \
		uffd_wp range=4K
	has out "insn protect"
done
for boot in boot-1 boot-2; do
	cmp "a/vm/$boot/lines.jsonl" "b/vm/$boot/lines.jsonl" ||
		die "$boot: two runs differ"
done
has a/run.jsonl '"machine":"aarch64"'
has a/run.jsonl "this architecture does not report its flushes"
want 0 "$FAULTLINE" report a
has out "insn: In a guest"

want 0 nice -n 10 "$FAULTLINE" vm run --kernel "$kernel" -q -o func \
	--mode func --smp 2 --nodes 2 --launches 1 cow scenario=T1-child-pipe \
	pages=4
has out "as expected"

want 1 nice -n 10 "$FAULTLINE" vm run --kernel "$kernel" -q -o panic \
	--append "rdinit=/none init=/none" null_op
has err "panicked"
