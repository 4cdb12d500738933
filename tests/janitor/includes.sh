#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may include whom.  The result file is the interface between bench/ and
# analysis/; the agent links no more than it measures with.
cd "$(dirname "$0")/../.." || exit 1
status=0

# forbid FOLDER PATTERN WHY
forbid()
{
	if grep -rnE "^#include [<\"]($2)" "$1" --include='*.[ch]'; then
		echo "not ok: $1 includes that, but $3"
		status=1
	fi
}

forbid include 'common/|bench/|analysis/|cli/|workloads/' \
	"public headers need only themselves"
forbid common 'bench/|analysis/|cli/|workloads/' \
	"common/ is what everybody stands on"
forbid analysis 'bench/|workloads/|cli/|hwloc|perf/|liburing' \
	"the result file is the interface"
forbid analysis/stats 'analysis/(load|summary|compare|out)|jansson|common/record' \
	"statistics take arrays and give structs"
forbid workloads 'bench/|analysis/|cli/|jansson|hwloc' \
	"workloads know the contract and workloads/lib only"
forbid bench/agent 'bench/[a-z_]*\.h|analysis/|cli/|jansson|hwloc|yaml' \
	"the agent must stay small and static"
if grep -rnE '^#include "analysis/' bench --include='*.[ch]' |
	grep -v '"analysis/stats/stats.h"'; then
	echo "not ok: of analysis/, bench/ may use the pure statistics only"
	status=1
fi
exit $status
