// SPDX-License-Identifier: GPL-2.0-only
#include "console.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	TAIL_LINES = 20,
	LINE_BYTES = 256
};

struct line {
	const char *text;
	size_t bytes;
};

static bool next_line(const char **at, const char *end, struct line *ret)
{
	const char *newline;

	if (*at >= end)
		return false;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	ret->text = *at;
	ret->bytes = (size_t)((newline ? newline : end) - *at);
	*at = newline ? newline + 1 : end;
	return true;
}

/* ESC [ numbers letter, or ESC and one byte.  Return: behind it. */
static size_t skip_escape(const struct line *l, size_t i)
{
	if (++i < l->bytes && l->text[i] == '[') {
		i++;
		while (i < l->bytes && (l->text[i] < '@' || l->text[i] > '~'))
			i++;
	}
	return i + 1;
}

/* At most LINE_BYTES - 1 printable characters.  Return: how many. */
static size_t clean(const struct line *l, char ret_text[LINE_BYTES])
{
	size_t nr = 0, i = 0;

	while (i < l->bytes && nr < LINE_BYTES - 1) {
		if (l->text[i] == '\033') {
			i = skip_escape(l, i);
			continue;
		}
		if (l->text[i] >= ' ' && l->text[i] <= '~')
			ret_text[nr++] = l->text[i];
		else if (l->text[i] == '\t')
			ret_text[nr++] = ' ';
		i++;
	}
	ret_text[nr] = '\0';
	return nr;
}

/* Behind the time stamp: "[    0.417952] ". */
static const char *message(const char *text)
{
	const char *end;

	if (*text != '[')
		return text;
	end = strchr(text, ']');
	if (!end)
		return text;
	end++;
	return end + strspn(end, " ");
}

/* The name in front of "+0x". */
static bool take_function(const char *text, char ret[CONSOLE_FUNCTION_BYTES])
{
	const char *plus = strstr(text, "+0x"), *start = plus;
	size_t bytes;

	while (start && start > text &&
	       (isalnum((unsigned char)start[-1]) ||
		strchr("_.$", start[-1]) != NULL))
		start--;
	bytes = (size_t)(plus - start);
	if (!plus || !bytes)
		return false;
	if (bytes >= CONSOLE_FUNCTION_BYTES)
		bytes = CONSOLE_FUNCTION_BYTES - 1;
	memcpy(ret, start, bytes);
	ret[bytes] = '\0';
	return true;
}

/* What every trace of a panic begins with. */
static bool is_common(const char *function)
{
	static const char *const names[] = {
		"dump_stack",	  "dump_stack_lvl", "panic", "vpanic",
		"dump_backtrace", "show_stack",	    "die",   "oops_end"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(function, names[i]))
			return true;

	return false;
}

struct search {
	struct console_panic *panic;
	bool found, in_trace, exact;
};

static void take_words(struct search *s, const char *text)
{
	static const char *const heads[] = {
		"Kernel panic - not syncing: ",
		"BUG: ",
		"kernel BUG at ",
		"Internal error: ",
		"Oops: ",
	};

	for (size_t i = 0; !s->found && i < sizeof(heads) / sizeof(heads[0]);
	     i++) {
		const char *at = strstr(text, heads[i]);

		if (!at)
			continue;
		if (i == 0)
			at += strlen(heads[0]);
		s->found = true;
		snprintf(s->panic->what, CONSOLE_WHAT_BYTES, "%s", at);
	}
}

/*
 * The instruction pointer of the first trap in the kernel says it best; else
 * the first function of the trace that is not of the panic itself.
 */
static void take_place(struct search *s, const char *text)
{
	char function[CONSOLE_FUNCTION_BYTES];
	bool pointer = !strncmp(text, "RIP: 0010:", 10) ||
		       !strncmp(text, "pc : ", 5);

	if (pointer && !s->exact)
		s->exact = take_function(text, s->panic->function);
	if (!strncmp(text, "Call Trace:", 11) ||
	    !strncmp(text, "Call trace:", 11)) {
		s->in_trace = true;
		return;
	}
	if (!s->in_trace || s->exact || s->panic->function[0] || *text == '?' ||
	    !take_function(text, function) || is_common(function))
		return;
	memcpy(s->panic->function, function, sizeof(function));
}

bool console_find_panic(const char *text, size_t bytes,
			struct console_panic *ret_panic)
{
	const char *at = text, *end = text + bytes;
	struct search s = { .panic = ret_panic };
	char clean_text[LINE_BYTES];
	struct line line;

	memset(ret_panic, 0, sizeof(*ret_panic));
	while (next_line(&at, end, &line)) {
		clean(&line, clean_text);
		take_words(&s, clean_text);
		if (s.found)
			take_place(&s, message(clean_text));
	}
	return s.found;
}

static const char *last_lines(const char *text, size_t bytes)
{
	const char *at = text + bytes;
	unsigned nr = 0;

	while (at > text) {
		if (at[-1] == '\n' && at != text + bytes && ++nr == TAIL_LINES)
			break;
		at--;
	}
	return at;
}

void console_tail(const char *text, size_t bytes,
		  char ret_tail[CONSOLE_TAIL_BYTES])
{
	const char *at = last_lines(text, bytes), *end = text + bytes;
	char clean_text[LINE_BYTES];
	size_t used = 0;
	struct line line;

	while (next_line(&at, end, &line)) {
		size_t nr = clean(&line, clean_text);

		if (!nr)
			continue;
		if (used + nr + 2 > CONSOLE_TAIL_BYTES)
			break;
		memcpy(ret_tail + used, clean_text, nr);
		used += nr;
		ret_tail[used++] = '\n';
	}
	ret_tail[used] = '\0';
}
