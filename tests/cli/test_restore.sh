#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline restore: what a run that died has left is put back, or said.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

FAULTLINE_STATE_DIR=$scratch/state
export FAULTLINE_STATE_DIR
boot=$(cat /proc/sys/kernel/random/boot_id)
knob=/proc/sys/vm/stat_interval

# entry BOOT PATH OLD NEW: of a process that is no more
entry()
{
	printf '{"boot":"%s","pid":4194305,"start":1,"path":"%s",' "$1" "$2"
	printf '"old":"%s","new":"%s"}\n' "$3" "$4"
}

want 0 "$FAULTLINE" restore --help
has out '--dry-run'
want 2 "$FAULTLINE" restore --dry
want 0 "$FAULTLINE" restore
has out 'nothing to restore'
[ ! -e "$FAULTLINE_STATE_DIR" ] || die "a folder was made for nothing"

mkdir -m 0700 "$FAULTLINE_STATE_DIR"
entry "$boot" /etc/passwd a b >"$FAULTLINE_STATE_DIR/journal"
want 1 "$FAULTLINE" restore
has out "$FAULTLINE_STATE_DIR/journal:1: "
has err 'stay there'
[ -s "$FAULTLINE_STATE_DIR/journal" ] || die "the bad line is lost"

entry 11111111-2222-3333-4444-555555555555 "$knob" 1 2 \
	>"$FAULTLINE_STATE_DIR/journal"
want 0 "$FAULTLINE" restore
has out "dropped $knob"
[ ! -e "$FAULTLINE_STATE_DIR/journal" ] || die "an empty journal stays"

chmod 0777 "$FAULTLINE_STATE_DIR"
want 1 "$FAULTLINE" restore
has err 'others may write to it'
chmod 0700 "$FAULTLINE_STATE_DIR"

"$FAULTLINE" run null_op --launches 1000 --budget 100s -o results/r \
	>/dev/null 2>&1 &
pid=$!
wait_for has_launches 1 results/r
want 1 "$FAULTLINE" restore
has err "nothing is restored: process $pid measures on this host"
kill -INT "$pid"
wait "$pid"

value=$(cat "$knob") || exit 0
{ echo "$value" >"$knob"; } 2>/dev/null || exit 0
trap 'echo "$value" >"$knob"; rm -rf "$scratch"' EXIT
theirs=$((value + 1))
others=$((value + 2))

entry "$boot" "$knob" "$value" "$theirs" >"$FAULTLINE_STATE_DIR/journal"
echo "$theirs" >"$knob"
want 0 "$FAULTLINE" doctor
has out 'process 4194305, which is gone'
want 0 "$FAULTLINE" run null_op --launches 2 -o results/warned
has err 'process 4194305, which is gone, left 1 kernel knob changed'
[ "$(cat "$knob")" = "$theirs" ] || die "a run has put it back"
want 0 "$FAULTLINE" restore -n
has out "would restore $knob"
[ "$(cat "$knob")" = "$theirs" ] || die "a dry run has put it back"
want 0 "$FAULTLINE" restore
has out "restored $knob"
[ "$(cat "$knob")" = "$value" ] || die "it is not put back"

entry "$boot" "$knob" "$value" "$theirs" >"$FAULTLINE_STATE_DIR/journal"
echo "$others" >"$knob"
want 1 "$FAULTLINE" restore
has out "left $knob"
[ "$(cat "$knob")" = "$others" ] || die "the value of somebody else is gone"
want 0 "$FAULTLINE" restore
has out 'nothing to restore'
