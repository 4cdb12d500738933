#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What bash offers, and the manual page.
faultline=$1
source=$2
# shellcheck source=tests/cli/calls.sh
. "$source/tests/cli/calls.sh"
# shellcheck source=completion/faultline.bash
. "$source/completion/faultline.bash"

# offers LINE WORD...: completing the line offers each of the words.
offers() {
	COMP_LINE="$faultline $1"
	COMP_POINT=${#COMP_LINE}
	COMP_WORDBREAKS=$' \t\n'
	COMPREPLY=()
	_faultline
	for word in "${@:2}"; do
		case " ${COMPREPLY[*]} " in
		*" $word "*) ;;
		*) fail "faultline $1: no \`$word' in: ${COMPREPLY[*]}" ;;
		esac
	done
}

offers "" run plan list doctor report compare
offers "ru" run
[ "${#COMPREPLY[@]}" = 1 ] || fail "ru: offers ${COMPREPLY[*]}"
offers "run uffd" uffd_wp
offers "run --bud" --budget
offers "run --no-c" --no-counters
offers "run wp_roundtrip handler=" handler=poll handler=uring
offers "run wp_roundtrip ran" range=
offers "plan uffd_wp --launches 2 what=p" what=protect what=pair
offers "report --te" --text-only
offers "list --j" --json
COMP_LINE="$faultline run wp_roundtrip handler=u"
COMP_POINT=${#COMP_LINE}
COMP_WORDBREAKS='='
_faultline
[ "${COMPREPLY[*]}" = uring ] || fail "behind =: ${COMPREPLY[*]}"

page=$("$source/scripts/manual.sh" "$faultline") || fail "no manual page"
for part in '.SH NAME' '.SH FAULTLINE RUN' '.SS wp_roundtrip' 'handler'; do
	case $page in
	*"$part"*) ;;
	*) fail "the manual page: no $part" ;;
	esac
done
if command -v groff >/dev/null; then
	problems=$(printf '%s\n' "$page" |
		groff -man -Tutf8 -ww -rLL=100n -z 2>&1)
	[ -z "$problems" ] || fail "groff: $problems"
fi
finish
