#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each of our headers compiles alone, so that the order of includes never
# matters.
cd "$(dirname "$0")/../.." || exit 1
status=0

for header in include/faultline/*.h common/*.h analysis/stats/*.h; do
	if ! ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only \
		-Iinclude -I. -x c "$header"; then
		echo "not ok: $header does not compile alone"
		status=1
	fi
done
exit $status
