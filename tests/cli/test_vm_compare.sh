#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm compare: what is refused without a boot; and where QEMU and an
# image are there, a kernel against itself and against one nop more.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

refused()
{
	refused_by compare "$@"
}

refused "which kernels"
refused "which kernels" --kernel ./a
refused "needs a value" --kernel ./a --kernel
refused "not a size" --kernel ./a --kernel ./b --memory lots
refused "1 to 64" --kernel ./a --kernel ./b --jobs 0
refused "no workload" --kernel ./a --kernel ./b uffd_wx
want 0 "$FAULTLINE" vm compare --help
has out "Exit status"

echo "#!/bin/sh" >text
want 1 "$FAULTLINE" vm compare -o bad --no-functions --kernel ./text --kernel ./text null_op
has out "no kernel image"

kernel=$(find_kernel tiny 6.1 5.10 6.12 6.18 newest)
needs_guests "$kernel"

# Built from the same sources and config, or they differ in more than the nop.
other=$kernel
nop=$kernels/tiny-one-nop
if [ "$kernel" = "$kernels/tiny/vmlinuz" ] && [ -s "$nop/vmlinuz" ] &&
	cmp -s "$kernels/tiny/config" "$nop/config"; then
	other=$nop/vmlinuz
fi
want 0 nice -n 5 "$FAULTLINE" vm compare --no-functions --layouts 1 --boot-limit 600s \
	-o out.dir \
	--kernel "$kernel" --kernel "$kernel" --kernel "$other" \
	wp_roundtrip handler=block handler_cpu=same --batch 200us
has out "wrote the same bytes"
tr -s '\n ' ' ' <out >flat
grep -q 'B against A: of [0-9]* numbers [0-9]* are identical, 0 cannot be told apart, 0 differ\.' flat ||
	die "a kernel differs from itself"
if [ "$other" != "$kernel" ]; then
	grep -q 'C against A: .* 1 differ; the most: wp_roundtrip, first-touch: +1\.00,' flat ||
		die "one nop was not seen"
fi
[ ! -e out.dir/B/vm/boot-2 ] || die "B was booted more often than it takes"
has out "== Over 1 layout =="
[ -s out.dir/report.txt ] || die "no report.txt"
awk 'length > 72 { exit 1 }' out.dir/report.txt || die "wider than 72 columns"
