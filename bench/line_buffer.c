// SPDX-License-Identifier: GPL-2.0-only
#include "line_buffer.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	END_BYTES = 2 /* the line's end, and a NUL */
};

static int keep(struct line_buffer *b, const char *data, size_t bytes,
		const char *who, struct error *e)
{
	size_t need = b->len + bytes + END_BYTES;

	if (b->len + bytes > FL_RECORD_MAX_BYTES)
		return error_set(e, -EPROTO,
				 "the %s wrote a line of over %d bytes", who,
				 FL_RECORD_MAX_BYTES);
	if (need > b->capacity) {
		size_t capacity = need < 8192 ? 16384 : need * 2;
		char *text = realloc(b->text, capacity);

		if (!text)
			return error_set(e, -ENOMEM, "out of memory");
		b->text = text;
		b->capacity = capacity;
	}
	memcpy(b->text + b->len, data, bytes);
	b->len += bytes;
	b->text[b->len] = '\0';
	return 0;
}

int line_buffer_take(struct line_buffer *b, const char **data, size_t *bytes,
		     const char *who, bool *ret_whole, struct error *e)
{
	const char *end = memchr(*data, '\n', *bytes);
	size_t part = end ? (size_t)(end - *data) : *bytes;
	int err = keep(b, *data, part, who, e);

	if (err)
		return err;

	part += end ? 1 : 0;
	*data += part;
	*bytes -= part;
	*ret_whole = end;
	return 0;
}

void line_buffer_finish(struct line_buffer *b)
{
	free(b->text);
	*b = (struct line_buffer){ 0 };
}
