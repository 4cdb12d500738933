// SPDX-License-Identifier: GPL-2.0-only
#include "common/knob_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int knob_value_check(const char *value, struct error *e)
{
	if (strlen(value) >= KNOB_VALUE_BYTES - 1)
		return error_set(e, -EINVAL, "a value of more than %d bytes",
				 KNOB_VALUE_BYTES - 2);
	for (const char *p = value; *p; p++)
		if (*p != '\t' && (*p < 0x20 || *p > 0x7e))
			return error_set(e, -EINVAL,
					 "the value `%s` is not one line of "
					 "printable text",
					 value);
	return 0;
}

char *knob_value_selected(char *text)
{
	char *open = strchr(text, '['), *close;

	if (!open)
		return NULL;

	close = strchr(open, ']');
	if (!close)
		return NULL;

	*close = '\0';
	return open + 1;
}

char *knob_value_of(char *text)
{
	size_t len = strlen(text);
	char *selected;

	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	text[len] = '\0';

	selected = knob_value_selected(text);
	return selected ? selected : text + strspn(text, " \t");
}

static bool same_words(const char *a, const char *b)
{
	static const char blanks[] = " \t";

	for (;;) {
		size_t len;

		a += strspn(a, blanks);
		b += strspn(b, blanks);
		len = strcspn(a, blanks);
		if (len != strcspn(b, blanks) || strncmp(a, b, len) != 0)
			return false;
		if (!len)
			return true;
		a += len;
		b += len;
	}
}

static bool to_number(const char *text, long long *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoll(text, &end, 0);
	return !errno && end != text && !*end;
}

static bool same_numbers(const char *a, const char *b)
{
	long long x, y;

	return to_number(a, &x) && to_number(b, &y) && x == y;
}

/* 1, 0, or -1 for what is no boolean. */
static int to_boolean(const char *text)
{
	if (!strcmp(text, "1") || !strcmp(text, "Y") || !strcmp(text, "y"))
		return 1;
	if (!strcmp(text, "0") || !strcmp(text, "N") || !strcmp(text, "n"))
		return 0;
	return -1;
}

bool knob_same(const char *a, const char *b)
{
	return same_words(a, b) || same_numbers(a, b) ||
	       (to_boolean(a) >= 0 && to_boolean(a) == to_boolean(b));
}
