#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A text file as a C string, to be included where a literal may stand.
exec sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' "$1"
