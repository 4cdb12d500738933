#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm run: what is refused without a boot; and where QEMU and an image
# of scripts/fetch-kernels.sh are there, two boots that agree, and a panic.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

refused()
{
	refused_by run "$@"
}

echo "#!/bin/sh" >text
refused "which kernel" uffd_wp
refused "no kernel image" --kernel ./text uffd_wp
refused "No such file" --kernel ./missing uffd_wp
refused "insn, func or time" --kernel x --mode fast uffd_wp
refused "use --mode func" --kernel x --smp 2 uffd_wp
refused "not a size" --kernel x --memory lots uffd_wp
refused "of memory" --kernel x --memory 1M uffd_wp
refused "nodes" --kernel x --mode func --smp 3 --nodes 2 uffd_wp
refused "needs a value" --kernel
refused "no workload" --kernel x uffd_wx
refused "not toggled" --kernel x --toggle /proc/sys/vm/swappiness=1,2 uffd_wp

kernel=$(find_kernel 6.1 5.10 6.12 6.18 newest)
needs_guests "$kernel"

for dir in a b; do
	want 0 nice -n 10 "$FAULTLINE" vm run --kernel "$kernel" -q -o $dir null_op
	has out "insn"
done
boot=$(last_boot a)
cmp "$boot/lines.jsonl" "$(last_boot b)/lines.jsonl" || die "two runs differ"
[ -s "$boot/console.log" ] || die "no console is kept"
[ -d b/vm/remembered ] || die "what the kernel has was asked for twice"
grep '"type":"boot"' a/run.jsonl | grep -q '"build_id":"[0-9a-f]\{40\}"' ||
	die "no build id in the boot record"
want 0 "$FAULTLINE" report a
has out "insn: In a guest"
grep -q '[0-9] insn' out || die "no number of instructions"

want 1 nice -n 10 "$FAULTLINE" vm run --kernel "$kernel" -q -o panic \
	--append "rdinit=/none init=/none" null_op
has err "panicked"
has panic/run.jsonl '"why":"error"'
[ -s panic/vm/boot-1/console.log ] || die "no console is kept of a panic"
