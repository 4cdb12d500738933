/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes one JSON object a line into a buffer of the caller, without malloc.
 * For the agent; everything else uses jansson.
 */
#ifndef COMMON_JSON_WRITER_H
#define COMMON_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer {
	char *buf;
	size_t capacity, len;
	bool overflow; /* something did not fit; the line must not be used */
	bool comma;
};

/* An empty line into @buf. */
void json_writer_init(struct json_writer *w, char *buf, size_t capacity);

/* Objects and arrays; @key is NULL inside an array and for the outermost. */
void json_object_open(struct json_writer *w, const char *key);
void json_object_close(struct json_writer *w);
void json_array_open(struct json_writer *w, const char *key);
void json_array_close(struct json_writer *w);

/*
 * Values; @key is NULL inside an array.  Text may hold any bytes: control
 * characters are escaped, what is no UTF-8 becomes U+FFFD.  A number above
 * INT64_MAX gets ".0" behind it: readers such as jansson take it as a real.
 */
void json_text(struct json_writer *w, const char *key, const char *value);
void json_text_n(struct json_writer *w, const char *key, const char *value,
		 size_t bytes);
void json_u64(struct json_writer *w, const char *key, uint64_t value);
void json_i64(struct json_writer *w, const char *key, int64_t value);
void json_bool(struct json_writer *w, const char *key, bool value);
/*
 * Finite numbers only: NaN and infinity leave the key out.  Not json_real():
 * jansson exports that name, and the driver links both.
 */
void json_f64(struct json_writer *w, const char *key, double value);

/* Ends the line.  Return: its bytes with the newline, 0 after an overflow. */
size_t json_writer_finish(struct json_writer *w);

#endif
