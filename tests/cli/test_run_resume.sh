#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# --resume of files that somebody or something has damaged.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

want 0 "$FAULTLINE" run null_op --launches 4 --budget 60s -o whole
file=whole/run.jsonl

# damage NAME SED-SCRIPT: a copy of the run that was changed
damage()
{
	rm -rf "$1"
	cp -r whole "$1"
	sed -i "$2" "$1/run.jsonl"
}

# The end is lost: one launch more is not needed, only an end.
damage no-end '/"type":"end"/d'
want 0 "$FAULTLINE" run --resume no-end
has out 'launches: 4 ok'
[ "$(lines end no-end)" = 1 ] || die "no end"

# A launch without its own line does not count.
damage uncommitted '/"type":"end"/d;/"type":"launch".*"launch":4,/d'
want 0 "$FAULTLINE" run --resume uncommitted
has out 'launches: 4 ok'
has uncommitted/run.jsonl '"launch":5'
check_file uncommitted

# A torn line in the middle costs its launch, and that is said once.  The last
# of the launch's: where a loaded machine was calibrated to short batches it has
# several, and what follows a torn one is damaged too.
torn=$(grep -n '"type":"samples".*"launch":2}' $file | tail -n 1 | cut -d: -f1)
damage middle "/\"type\":\"end\"/d;${torn}s/.\{30\}\$//"
want 0 "$FAULTLINE" run --resume middle
has out '1 damaged lines'
[ "$(lines launch middle)" = 5 ] || die "the damaged launch was not repeated"

# A newer schema, no run at all, two runs, another boot.
damage newer 's/"schema":1/"schema":2/'
want 2 "$FAULTLINE" run --resume newer
has err 'schema 2'

damage empty d
want 2 "$FAULTLINE" run --resume empty
has err 'does not begin with a run'

damage garbage 's/.*/\x01\x02garbage/'
want 2 "$FAULTLINE" run --resume garbage

damage two '/"type":"end"/d'
sed 's/"run":"[0-9a-f]*"/"run":"0123456789abcdef"/' "$file" >>two/run.jsonl
want 2 "$FAULTLINE" run --resume two
has err 'more than one run'

damage boot '/"type":"end"/d;/"type":"boot"/s/"boot":"[^"]*"/"boot":"other"/'
want 0 "$FAULTLINE" run --resume boot
[ "$(lines boot boot)" = 2 ] || die "no boot record of the new boot"

want 2 "$FAULTLINE" run --resume nowhere
has err 'nowhere/run.jsonl'
want 2 "$FAULTLINE" run --resume
want 2 "$FAULTLINE" run --resume no-end --budget 3s
has err 'goes on as it was started'
