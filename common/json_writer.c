// SPDX-License-Identifier: GPL-2.0-only
#include "common/json_writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_writer_init(struct json_writer *w, char *buf, size_t capacity)
{
	*w = (struct json_writer){ .buf = buf, .capacity = capacity };
}

/* All or nothing, and nothing more once something was lost. */
static void put(struct json_writer *w, const char *bytes, size_t len)
{
	if (w->overflow || len > w->capacity - w->len) {
		w->overflow = true;
		return;
	}
	memcpy(w->buf + w->len, bytes, len);
	w->len += len;
}

static void put_escape(struct json_writer *w, unsigned char c)
{
	char text[8];

	snprintf(text, sizeof(text), "\\u%04x", c);
	put(w, text, 6);
}

static bool is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The least and the largest second byte: no overlong form, no surrogate. */
static bool second_is_right(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

/* Bytes of the character at the start of @p; 0 if it is no UTF-8. */
static size_t utf8_length(const unsigned char *p, size_t bytes)
{
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;

	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > bytes || !second_is_right(p[0], p[1]))
		return 0;

	for (size_t i = 1; i < len; i++)
		if (!is_continuation(p[i]))
			return 0;
	return len;
}

static void put_string(struct json_writer *w, const char *text, size_t bytes)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t len;

	put(w, "\"", 1);
	for (size_t i = 0; i < bytes && !w->overflow; i += len) {
		len = utf8_length(p + i, bytes - i);
		if (!len) {
			put(w, "\xef\xbf\xbd", 3);
			len = 1;
		} else if (p[i] < 0x20 || p[i] == 0x7f) {
			put_escape(w, p[i]);
		} else {
			if (p[i] == '"' || p[i] == '\\')
				put(w, "\\", 1);
			put(w, text + i, len);
		}
	}
	put(w, "\"", 1);
}

/* What comes before a value: the comma and the key. */
static void put_key(struct json_writer *w, const char *key)
{
	if (w->comma)
		put(w, ",", 1);
	if (key) {
		put_string(w, key, strlen(key));
		put(w, ":", 1);
	}
	w->comma = true;
}

static void open_nest(struct json_writer *w, const char *key, const char *open)
{
	put_key(w, key);
	put(w, open, 1);
	w->comma = false;
}

static void close_nest(struct json_writer *w, const char *close)
{
	put(w, close, 1);
	w->comma = true;
}

void json_object_open(struct json_writer *w, const char *key)
{
	open_nest(w, key, "{");
}

void json_object_close(struct json_writer *w)
{
	close_nest(w, "}");
}

void json_array_open(struct json_writer *w, const char *key)
{
	open_nest(w, key, "[");
}

void json_array_close(struct json_writer *w)
{
	close_nest(w, "]");
}

void json_text(struct json_writer *w, const char *key, const char *value)
{
	json_text_n(w, key, value, strlen(value));
}

void json_text_n(struct json_writer *w, const char *key, const char *value,
		 size_t bytes)
{
	put_key(w, key);
	put_string(w, value, bytes);
}

void json_u64(struct json_writer *w, const char *key, uint64_t value)
{
	char text[32];
	int len;

	len = snprintf(text, sizeof(text), "%" PRIu64 "%s", value,
		       value > INT64_MAX ? ".0" : "");
	put_key(w, key);
	put(w, text, (size_t)len);
}

void json_i64(struct json_writer *w, const char *key, int64_t value)
{
	char text[32];
	int len;

	len = snprintf(text, sizeof(text), "%" PRId64, value);
	put_key(w, key);
	put(w, text, (size_t)len);
}

void json_bool(struct json_writer *w, const char *key, bool value)
{
	put_key(w, key);
	put(w, value ? "true" : "false", value ? 4 : 5);
}

/* The fewest digits that read back as the same number. */
void json_f64(struct json_writer *w, const char *key, double value)
{
	char text[32];
	int len = 0;

	if (!isfinite(value))
		return;

	for (int digits = 15; digits <= 17; digits++) {
		len = snprintf(text, sizeof(text), "%.*g", digits, value);
		if (!(strtod(text, NULL) < value) &&
		    !(strtod(text, NULL) > value))
			break;
	}
	put_key(w, key);
	put(w, text, (size_t)len);
}

size_t json_writer_finish(struct json_writer *w)
{
	put(w, "\n", 1);
	return w->overflow ? 0 : w->len;
}
