#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Is a guest whose instructions are counted the same each time, and is one
# instruction seen?  Beside two busy loops: 20 boots of a kernel for the default
# workloads write the same bytes, and 10 times out of 10 the function with one
# nop more (or its only caller, where the compiler has put it there) is named
# first, with +1.00.  Needs the kernels tiny and tiny-one-nop of
# scripts/build-kernel.sh, from the same sources.
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

boots=20
tries=10
configs=$(dirname "$0")/../../configs
kernels=${XDG_CACHE_HOME:-$HOME/.cache}/faultline/kernels

for name in tiny tiny-one-nop; do
	[ -s "$kernels/$name/vmlinuz" ] || {
		echo "SKIP: there is no kernel $name: scripts/build-kernel.sh" \
			"[--patch configs/kernels/one-nop.patch]"
		exit 77
	}
done
cmp -s "$kernels/tiny/config" "$kernels/tiny-one-nop/config" || {
	echo "SKIP: tiny and tiny-one-nop are of different configs"
	exit 77
}

fail()
{
	echo "not ok: $*"
	exit 1
}

start_busy_loops

# hash_of DIR: of what the guest wrote in its last boot
hash_of()
{
	find "$1/vm" -name 'boot-*' | sort -V | tail -1 |
		xargs -I{} sha256sum {}/lines.jsonl | cut -d ' ' -f 1
}

same=0
for i in $(seq 0 $boots); do
	like=
	[ "$i" = 0 ] || like="--like $folder/run-0"
	# shellcheck disable=SC2086 # two words
	"$FAULTLINE" vm run --kernel tiny -q -o "$folder/run-$i" $like -- \
		"$configs/vm.yaml" >/dev/null 2>&1 || fail "run $i"
	[ "$i" = 0 ] && first=$(hash_of "$folder/run-0")
	[ "$i" = 0 ] || [ "$(hash_of "$folder/run-$i")" != "$first" ] ||
		same=$((same + 1))
done
echo "the same bytes: $same of $boots"
within $((boots - same)) 0 "boots that wrote other bytes, of $boots"

named=0
for i in $(seq $tries); do
	"$FAULTLINE" vm explain tiny tiny-one-nop -q --text-only \
		-o "$folder/explain-$i" --workload fault_anon size=256K \
		>"$folder/explain-$i.txt" 2>&1 || {
		cat "$folder/explain-$i.txt"
		fail "explain $i"
	}
	awk '/^by the guest/ { next }
	     /[+-][0-9.]+$/ { first = $1 " " $NF; exit }
	     END { exit first !~ /^(do_anonymous_page|__handle_mm_fault) \+1\.00$/ }' \
		"$folder/explain-$i.txt" && named=$((named + 1))
done
echo "named first, with one instruction: $named of $tries"
within $((tries - named)) 0 "tries that named another first, of $tries"
