#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm explain: what is refused without a boot; and where QEMU, the
# plugin and an image are there: a kernel against itself, and that counting
# changes nothing.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

refused()
{
	refused_by explain "$@"
}

echo "#!/bin/sh" >text
refused "which kernels"
refused "which workload" x y
refused "two kernels" x y z --workload null_op
refused "one value" x y --workload uffd_wp range=4K,8K
refused "needs a value" x y --workload
refused "are not for it" x y --workload null_op --mode func
refused "are not for it" x y --workload null_op --kernel x
refused "what is" x y --workload null_op --fast
refused "no kernel image" ./text --workload null_op
want 0 "$FAULTLINE" vm explain --help
has out "which function"

kernel=$(find_kernel tiny 6.1 5.10 6.12 6.18 newest)
needs_guests "$kernel"

refused "no workload" "$kernel" --workload null_ob
want 0 nice -n 10 "$FAULTLINE" vm explain "$kernel" "$kernel" -q -o same \
	--workload fault_anon size=256K --arm write --arm there --text-only
if grep -q "not counted by" out; then
	cat out
	exit 77
fi
has out "No function changed."
has out "fault_anon, arm there"
has out "residual"
grep -q "^[0-9]* that did not change .*+0.00$" out || die "something changed"
[ -s same/report/explain.txt ] || die "there is no report"
awk 'length > 72' same/report/explain.txt | grep . && die "wider than 72"

# The same batches without the plugin.
want 0 nice -n 10 "$FAULTLINE" vm run --kernel "$kernel" -q -o plain \
	--like same/a fault_anon size=256K
cmp "$(last_boot plain)/lines.jsonl" "$(last_boot same/a)/lines.jsonl" ||
	die "the plugin changes what is counted"

# What the emulator does not count is said, and the clock is read all the same.
cat >qemu <<'END'
#!/bin/sh
case " $* " in
*" -plugin "*) echo "qemu: -plugin: TCG plugin interface not enabled"; exit 1 ;;
esac
exec qemu-system-x86_64 "$@"
END
chmod +x qemu
want 0 env FAULTLINE_QEMU="$PWD/qemu" nice -n 10 "$FAULTLINE" vm explain \
	"$kernel" -q -o bare --workload fault_anon size=256K
has out "built without plugins"
has out "by the guest's clock"
