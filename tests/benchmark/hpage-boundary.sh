#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The study of flushes, in 5 minutes: how many points are decided, and how well
# the costs are known whose size matters (the walk, the responder, the calls).
# shellcheck source=tests/benchmark/lib.sh
. "$(dirname "$0")/lib.sh"

config=$(dirname "$0")/../../configs/studies/hpage-boundary.yaml

measure study "$config"
"$FAULTLINE" report "$folder/study" >"$folder/report.txt" || :

# "decided: 19 of 20 points have ...", one a workload.
undecided=$(awk '$1 == "decided:" { decided += $2; points += $4 }
	END { print points ? 100 * (1 - decided / points) : 100 }' \
	"$folder/report.txt")

# A term is two lines where its words are long, else one.
half_width()
{
	awk -v term="$1," '
		$1 == term { found = 1 }
		found && /\[/ {
			sub(/.*\][ ]*/, "")
			print $1
			exit
		}' "$folder/report.txt"
}

sed -n '/^Cost model/,/^fitted/p' "$folder/report.txt"
within "$(jq -s 'map(select(.type == "end"))[-1].seconds' \
	"$folder/study/run.jsonl")" 300 "time of measuring, s"
within "$undecided" 20 "points that are not decided, %"
for term in call mprotect scan walk responder; do
	within "$(half_width $term)" 5 "half-width of $term, %"
done
