#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A file is under 500 lines and its lines under 100 bytes: what does not fit
# is two things.  clang-tidy holds functions to 60 lines.
cd "$(dirname "$0")/../.." || exit 1

sources()
{
	find include common analysis bench cli workloads -name '*.[ch]' "$@"
}

too_long=$(sources -exec wc -l {} + | awk '$1 > 500 && $2 != "total"')
too_wide=$(sources -exec grep -nHE '^.{101,}$' {} +)

if [ -n "$too_long" ]; then
	printf 'not ok: over 500 lines:\n%s\n' "$too_long"
fi
if [ -n "$too_wide" ]; then
	printf 'not ok: over 100 bytes wide:\n%s\n' "$too_wide"
fi
[ -z "$too_long$too_wide" ]
