#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A report as text, JSON and KTAP: what is printed, and which files appear.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

cat >planted.yaml <<END
workload: test_trial
trials: 3
launches: 2
axes:
  plant: yes
  items: 5
  miss_every: [0, 5]
END
want 0 "$FAULTLINE" run planted.yaml --budget 60s -o results/planted
has out '100 % found of what was planted'
dir=results/planted

want 0 "$FAULTLINE" report "$dir" --format ktap
[ "$(head -n 2 out)" = "$(printf 'KTAP version 1\n1..2')" ] || die "no plan"
has out '  # planted bad: found 30 of 30'
has out '  ok 1 ask # SKIP blind'
has out '  not ok 2 planted'
[ "$(grep -c '^ok ' out)" = 1 ] || die "not one point is ok"
[ "$(grep -c '^not ok ' out)" = 1 ] || die "not one point failed"

want 0 "$FAULTLINE" report "$dir" --format=json
python3 - out <<'END' || die "not the JSON that it should be"
import json, sys
report = json.load(open(sys.argv[1]))
for point in report["points"]:
    ask, planted = point["arms"]
    bad = [o for o in ask["outcomes"] if o["name"] == "bad"][0]
    missed = point["params"]["miss_every"] == "5"
    assert bad["mistake"] and bad["count"] == 0, bad
    assert bad["blind"] == missed and ("share" in bad) != missed, bad
    assert planted["kind"] == "planted", planted
    assert planted["planted"][0]["planted"] == 30, planted
    assert (planted["planted"][0]["found"] == 30) != missed, planted
    assert ask["exposed"] == 30 and point["launches"]["ok"] == 2, point
END
[ ! -e "$dir/report" ] || die "a folder that nobody asked for"

for format in json ktap; do
	want 0 "$FAULTLINE" report "$dir" --format "$format" -o said
	cmp -s out "said/report.$format" || die "$format: not what is printed"
done

want 0 "$FAULTLINE" report "$dir" --text-only
has out 'planted in arm planted: found 54 of 60 bad, at 2 points'
has out 'blind: none was seen'
[ -s "$dir/report/report.txt" ] || die "no table"

want 2 "$FAULTLINE" report "$dir" --format yaml
# shellcheck disable=SC2016 # no expansion is meant
has err 'there is no format `yaml`: text, json or ktap'
