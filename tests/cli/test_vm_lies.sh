#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm run with a guest that does everything wrong: an emulator of our
# own writes to the console and the results what a kernel might.  Each way is
# told from the others, the console is kept, nothing is taken for more than
# data, and nothing is written but in the result folder.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

# Sanitizers link the agent dynamically: it is not put into a guest.
if LC_ALL=C readelf -l "$FAULTLINE_AGENT" | grep -q INTERP; then
	echo "the agent is not static: a guest has no libraries"
	exit 77
fi
XDG_CACHE_HOME=$scratch/cache
FAULTLINE_QEMU=$scratch/emulator
GUEST=$scratch/guest
export XDG_CACHE_HOME FAULTLINE_QEMU GUEST

# The head of a bzImage (0x1fe 55 aa, 0x202 HdrS, for 64 bits), and no kernel.
{
	head -c 510 /dev/zero
	printf '\125\252'
	head -c 2 /dev/zero
	printf 'HdrS\017\002'
	head -c 46 /dev/zero
	printf '\001'
	head -c 2000 /dev/zero
} >image
cat >emulator <<'END'
#!/bin/sh
if [ "$1" = --version ]; then
	echo "QEMU emulator version 0 (not one)"
	exit
fi
while [ $# -gt 0 ]; do
	[ "$1" = -initrd ] && initrd=$2
	shift
done
. "$GUEST"
END
chmod +x emulator

printf 'protocol=1\nkind=probe\nend\n' >job
"$FAULTLINE_AGENT" 3<job 4>probes
tables=$(sed -n 's/.*"tables":"\([0-9a-f]*\)".*/\1/p' probes)
[ -n "$tables" ] || die "the agent says no hash of its tables"

# says LINE: over the second serial port
cat >words <<END
says() { printf '%s\n' "\$1" >&4; }
hello() {
	says '{"type":"guest-hello","protocol":1,"tables":"$tables","cpus":1,"swap_bytes":0}'
}
jobs=\$(grep -a -o '^jobs=[0-9]*' "\$initrd" | head -1 | cut -d= -f2)
END

run_it()
{
	{
		cat words
		cat
	} >guest
	rm -rf result
	want 1 "$FAULTLINE" vm run --kernel ./image -q -o result \
		--boot-limit 5s --gap-limit 5s null_op
	has result/run.jsonl '"why":"error"'
	[ -f result/vm/boot-1/console.log ] || die "no console is kept"
	if LC_ALL=C grep -q '[^[:print:][:space:]]' err out; then
		die "what the guest wrote went to the terminal as it was"
	fi
}

run_it <<'END'
printf '\033[2J\033]0;title\007\200\377noise\n' >&3
printf '\033[31mnoise\200\n' >&4
sleep 20
END
has err 'of no job: `\x1b[31mnoise'
LC_ALL=C grep -q "$(printf '\033')" result/vm/boot-1/console.log ||
	die "the console is not kept as it was"

run_it <<'END'
says '{"type":"guest-hello","protocol":1,"tables":"0000000000000000"}'
sleep 20
END
has err "of another build"

run_it <<'END'
hello; says '{"type":"guest-job","job":'; sleep 20
END
has err "line 2"

run_it <<'END'
hello; says '{"type":"guest-file","path":"/../../../../escaped","text":"x"}'
sleep 20
END
has err "was not asked for"
[ -z "$(find / -xdev -maxdepth 2 -name escaped 2>/dev/null)" ] ||
	die "a guest's file was written where it pleased"
[ -z "$(find . -name escaped)" ] || die "a guest's file was written"

# Far more lines than there may be, and one line without an end.
run_it <<'END'
hello; yes '{"type":"guest-alive"}' >&4
END
has err "over 1000000 lines"
run_it <<'END'
hello; yes | tr -d '\n' >&4
END
has err "line"

run_it <<'END'
hello
i=0
while [ $i -lt "$jobs" ]; do
	says "{\"type\":\"guest-job\",\"job\":$i}"
	says "{\"type\":\"guest-end\",\"job\":$i,\"exit\":0,\"hung\":false,\"wall_ns\":1}"
	i=$((i + 1))
done
says "{\"type\":\"guest-done\",\"records\":$((2 * jobs + 1)),\"hash\":\"0000000000000000\"}"
sleep 20
END
has err "damaged on their way"

run_it <<'END'
{
	echo "[    0.1] Kernel panic - not syncing: no \$(touch run) \`touch run\`"
	echo "[    0.1] RIP: 0010:start_kernel+0x1/0x2"
} >&3
END
has err "panicked: no"
has err "start_kernel"
[ ! -e run ] || die "what a guest wrote was executed"

run_it <<'END'
sleep 20
END
has err "did not say hello within 5 s, and its console is empty"
run_it <<'END'
echo "booting" >&3; hello; says '{"type":"guest-job","job":0}'; sleep 20
END
has err "nothing came from the guest for 5 s"
run_it <<'END'
echo "booting" >&3
END
has err "without a word on its second serial port"
run_it <<'END'
echo "emulator: no such device" >&2; exit 3
END
has err "status 3: emulator: no such device"
run_it <<'END'
kill -SEGV $$
END
has err "signal 11"

# Not a guest's fault.
FAULTLINE_QEMU='' PATH=/nowhere "$FAULTLINE" vm run --kernel ./image -q -o none \
	null_op >out 2>err && die "it boots without an emulator"
has err "there is no qemu-system-x86_64: install it"
{
	printf '\177ELF\002\001\001'
	head -c 11 /dev/zero
	printf '\053\000'
	head -c 100 /dev/zero
} >sparc
: >empty
for file in sparc empty; do
	want 2 "$FAULTLINE" vm run --kernel ./$file -q -o none null_op
	has err "./$file"
done
[ ! -e none ] || die "a folder was made"

# KVM that is there and boots nothing is tried once.
cat >guest <<'END'
echo x >>"$(dirname "$GUEST")/tries"; kill -ABRT $$
END
for try in first second; do
	want 2 "$FAULTLINE" vm run --kernel ./image --mode time -q -o none null_op
	if [ -w /dev/kvm ]; then
		has err "KVM boots no guests here"
		[ "$(wc -l <tries)" = 1 ] || die "$try: KVM was tried again"
	else
		has err "/dev/kvm:"
	fi
done
[ ! -e none ] || die "a folder was made for a time that there is not"

for file in *; do
	case $file in
	cache | emulator | empty | err | guest | image | job | out | probes) ;;
	result | sparc | tries | words) ;;
	*) die "a file was left: $file" ;;
	esac
done
