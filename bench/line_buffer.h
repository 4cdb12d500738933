/* SPDX-License-Identifier: GPL-2.0-only */
/* Cuts a stream of bytes into lines that may come in pieces. */
#ifndef BENCH_LINE_BUFFER_H
#define BENCH_LINE_BUFFER_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Zeroed, it is empty. */
struct line_buffer {
	char *text; /* of the line so far; ends with a NUL once there is any */
	size_t len; /* set to 0 when a whole line is done with */
	size_t capacity;
};

/**
 * line_buffer_take() - the bytes up to the end of the line
 * @data, @bytes: what has come; moved behind what was taken
 * @who:	writes this, for the error: "agent"
 * @ret_whole:	whether the line is whole: then there is room for its end
 *
 * Return: 0; -EPROTO for a line of over FL_RECORD_MAX_BYTES; -ENOMEM.
 */
int line_buffer_take(struct line_buffer *b, const char **data, size_t *bytes,
		     const char *who, bool *ret_whole, struct error *e);
void line_buffer_finish(struct line_buffer *b);

#endif
