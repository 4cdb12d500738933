#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The manual page, from what the program says of itself.
#
# usage: scripts/manual.sh FAULTLINE >faultline.1
set -eu
faultline=$1

# The text as it stands.
text()
{
	sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^[.']/\\\\\\&&/"
}

as_printed()
{
	printf '.nf\n'
	text
	printf '.fi\n'
}

version=$("$faultline" --version | cut -d' ' -f2)
cat <<END
.TH FAULTLINE 1 "" "faultline $version" "User Commands"
.SH NAME
faultline \\- measures what Linux memory protection costs
.SH SYNOPSIS
.B faultline
.I COMMAND
[...]
.SH COMMANDS
END
commands=$("$faultline" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
"$faultline" --help | sed -n '/^  [a-z]*  /p' | as_printed
for command in $commands; do
	printf '.SH FAULTLINE %s\n' "$(echo "$command" | tr '[:lower:]' '[:upper:]')"
	"$faultline" "$command" --help | as_printed
done
case $commands in
*list*)
	printf '.SH WORKLOADS\n'
	"$faultline" list | as_printed
	for name in $("$faultline" list --words); do
		printf '.SS %s\n' "$name"
		"$faultline" list "$name" | as_printed
	done
	;;
esac
