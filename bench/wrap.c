// SPDX-License-Identifier: GPL-2.0-only
#include "wrap.h"

#include <stdbool.h>
#include <string.h>

void wrap_text(FILE *out, size_t used, size_t indent, const char *text)
{
	size_t column = used;
	bool empty = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (!empty && column + 1 + len > WRAP_COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			empty = true;
		}
		fprintf(out, "%s%.*s", empty ? "" : " ", (int)len, text);
		column += len + !empty;
		empty = false;
		text += len;
		text += *text == ' ';
	}
	fputc('\n', out);
}
