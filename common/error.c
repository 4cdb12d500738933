// SPDX-License-Identifier: GPL-2.0-only
#include "common/error.h"

#include <stdio.h>
#include <string.h>

/* Printable ASCII only; an escape that does not fit whole is left out. */
static size_t add_printable(char *text, size_t len, const char *raw)
{
	for (; *raw; raw++) {
		unsigned char c = (unsigned char)*raw;
		size_t need = c >= 0x20 && c < 0x7f ? 1 : 4;

		if (len + need >= ERROR_TEXT_BYTES)
			break;
		if (need == 1)
			text[len] = *raw;
		else
			snprintf(text + len, need + 1, "\\x%02x", c);
		len += need;
	}
	text[len] = '\0';
	return len;
}

__attribute__((format(printf, 3, 0))) static size_t add_format(char *text,
							       size_t len,
							       const char *fmt,
							       va_list args)
{
	char raw[ERROR_TEXT_BYTES];

	if (vsnprintf(raw, sizeof(raw), fmt, args) < 0)
		return len;

	return add_printable(text, len, raw);
}

static size_t add_place(char *text, const struct place *where)
{
	char number[32];
	size_t len = 0;

	if (where->file) {
		len = add_printable(text, len, where->file);
		len = add_printable(text, len, ":");
	}
	if (where->line) {
		snprintf(number, sizeof(number), "%u:", where->line);
		len = add_printable(text, len, number);
	}
	if (where->line && where->column) {
		snprintf(number, sizeof(number), "%u:", where->column);
		len = add_printable(text, len, number);
	}
	return len ? add_printable(text, len, " ") : 0;
}

int(error_set)(struct error *e, int err, const char *fmt, ...)
{
	va_list args;

	if (!e || e->text[0])
		return err;

	va_start(args, fmt);
	add_format(e->text, 0, fmt, args);
	va_end(args);
	return err;
}

int(error_at)(struct error *e, int err, const struct place *where,
	      const char *fmt, ...)
{
	size_t len = 0;
	va_list args;

	if (!e || e->text[0])
		return err;

	if (where)
		len = add_place(e->text, where);
	va_start(args, fmt);
	add_format(e->text, len, fmt, args);
	va_end(args);
	return err;
}

void error_prefix(struct error *e, const char *fmt, ...)
{
	char old[ERROR_TEXT_BYTES];
	va_list args;
	size_t len;

	if (!e || !e->text[0])
		return;

	memcpy(old, e->text, sizeof(old));
	va_start(args, fmt);
	len = add_format(e->text, 0, fmt, args);
	va_end(args);
	len = add_printable(e->text, len, ": ");
	add_printable(e->text, len, old);
}
