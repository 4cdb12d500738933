#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm atlas: what is refused without a boot; and where QEMU and an image
# of scripts/fetch-kernels.sh are there, a kernel beside a file that is none.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

refused()
{
	refused_by atlas "$@"
}

mkdir -p empty/a
refused "which kernels"
refused "none of its folders has a vmlinuz" --kernels ./empty
refused "missing: No such file" --kernels ./missing
refused "is empty" --kernels ,
refused "mean \`--kernels\`" --kernel x
refused "needs a value" --kernels
refused "not a size" --kernels x --memory lots
want 0 "$FAULTLINE" vm atlas --help
has out "heat map"

kernel=$(find_kernel 6.1 5.10 6.12 6.18 newest)
needs_guests "$kernel"

cat >func.yaml <<'END'
name: func
launches: 1
trials: 2
workload: unprotect_fault
END
cat >insn.yaml <<'END'
name: insn
launches: 1
workload: null_op
END
mkdir -p some/one
ln -s "$kernel" some/one/vmlinuz
want 0 nice -n 10 "$FAULTLINE" vm atlas --kernels ./some --quiet -o atlas \
	--look func.yaml --race none --count insn.yaml
has out "untouched"
has out "null_op"
for file in txt json gp; do
	[ -s atlas/atlas.$file ] || die "there is no atlas.$file"
done
has atlas/atlas.json '"limits"'

# Once more: nothing is booted, and the table is the same.
cp atlas/atlas.txt before
want 0 "$FAULTLINE" vm atlas --kernels ./some --quiet -o atlas \
	--look func.yaml --race none --count insn.yaml
cmp before atlas/atlas.txt || die "the table is another without a boot"
[ ! -e atlas/one/look-2 ] || die "it was measured again"
