#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm gate: exit statuses that git bisect run takes for a verdict, and
# those that must end it; and where QEMU and images are there, real verdicts.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

# git bisect run stops at 128 and above; anything less would be a verdict.
aborts()
{
	words=$1
	shift
	want 128 "$FAULTLINE" vm gate "$@"
	has err "$words"
}

echo "#!/bin/sh" >text
aborts "which kernel"
aborts "against which" --kernel ./text
aborts "against which" --kernel ./text --good ./text --like ./a
aborts "needs a value" --kernel
aborts "--more \`much\`" --kernel ./text --good ./text --more much
aborts "--more \`-1\`" --kernel ./text --good ./text --more -1
aborts "not a size" --kernel ./text --good ./text --memory lots
aborts "not a time" --kernel ./text --good ./text --boot-limit soon
aborts "./missing" --kernel ./text --good ./missing
aborts "no kernel image" --kernel ./missing --good ./text
aborts "./missing" --kernel ./text --like ./missing
want 0 "$FAULTLINE" vm gate --help
has out "125"
want 0 "$FAULTLINE" vm --help
has out "gate"

kernel=$(find_kernel tiny 6.1 5.10 6.12 6.18 newest)
needs_guests "$kernel"

gate()
{
	nice -n 5 "$FAULTLINE" vm gate --boot-limit 600s "$@" \
		wp_roundtrip handler=block handler_cpu=same --batch 200us
}

export TMPDIR="$scratch/tmp"
mkdir "$TMPDIR"
aborts "no workload" --kernel "$kernel" --good "$kernel" uffd_wx
FAULTLINE_QEMU=$scratch/none aborts "No such file" --kernel "$kernel" --good "$kernel" null_op
aborts "./missing" --kernel ./missing --good "$kernel" null_op
want 125 "$FAULTLINE" vm gate --kernel ./text --good "$kernel" null_op

want 0 gate --good "$kernel" --kernel "$kernel" -o kept
has out "good: none of"
[ -s kept/A/run.jsonl ] || die "-o keeps nothing"

# A kernel that panics is no verdict.
head -c 65536 "$kernel" >torn
want 125 gate --like kept/A --kernel ./torn
FAULTLINE_QEMU=$scratch/none aborts "No such file" --like kept/A --kernel "$kernel" null_op
[ -z "$(ls "$TMPDIR")" ] || die "something is left in $TMPDIR"
want 125 gate --like kept/A --kernel "$kernel" --arm none-such
has out "cannot be told: of 0 numbers"

other=$(one_nop_more "$kernel")
if [ -n "$other" ]; then
	want 1 gate --like kept/A --kernel "$other"
	has out "first-touch: +1.00"
	has out "bad: of"
	want 0 gate --like kept/A --kernel "$other" --more 1%
fi
sed -i '/"type":"again"/d' kept/A/run.jsonl
aborts "do the same" --like kept/A --kernel "$kernel"
[ -z "$(ls "$TMPDIR")" ] || die "something is left in $TMPDIR"
