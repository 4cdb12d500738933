// SPDX-License-Identifier: GPL-2.0-only
#include "symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_SYMBOLS = 4 << 20
};

struct symbol {
	uint64_t at;
	char *text; /* NULL behind the last of the kernel's code */
	size_t number;
};

struct symbols {
	struct symbol *by_address;
	size_t nr, capacity;
	const char **names; /* of by_address[].text */
	size_t nr_names;
};

void symbols_free(struct symbols *s)
{
	if (!s)
		return;

	for (size_t i = 0; i < s->nr; i++)
		free(s->by_address[i].text);
	free(s->by_address);
	free(s->names);
	free(s);
}

size_t symbols_count(const struct symbols *s)
{
	return s->nr_names;
}

const char *symbols_name(const struct symbols *s, size_t number)
{
	return s->names[number];
}

static bool is_code(char type)
{
	return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

/* A name never begins with what is appended. */
static void cut_suffix(char *name)
{
	char *dot = strchr(name + 1, '.');

	if (dot)
		*dot = '\0';
}

static int add(struct symbols *s, uint64_t at, const char *name)
{
	struct symbol *grown = s->by_address;

	if (s->nr == MAX_SYMBOLS)
		return -E2BIG;
	if (s->nr == s->capacity) {
		size_t capacity = s->capacity ? 2 * s->capacity : 4096;

		grown = realloc(grown, capacity * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		s->by_address = grown;
		s->capacity = capacity;
	}
	grown[s->nr] = (struct symbol){ .at = at, .text = strdup(name) };
	if (!grown[s->nr].text)
		return -ENOMEM;

	cut_suffix(grown[s->nr++].text);
	return 0;
}

/* Modules lie elsewhere: what is behind the kernel's own code is no function. */
static int take_line(struct symbols *s, char *line)
{
	char *end;
	uint64_t at = strtoull(line, &end, 16);

	if (end == line || !at || end[0] != ' ' || !is_code(end[1]) ||
	    end[2] != ' ')
		return 0;
	line = end + 3;
	line[strcspn(line, " \t\n")] = '\0';
	return *line ? add(s, at, line) : 0;
}

/*
 * Of several names for one address the last counts: the one without leading
 * underscores, and the same in another kernel.
 */
static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->text, y->text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void number_symbols(struct symbols *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		const char *text = s->by_address[i].text;
		const char **found = bsearch(&text, s->names, s->nr_names,
					     sizeof(*s->names), by_name);

		s->by_address[i].number = (size_t)(found - s->names);
	}
}

static int index_names(struct symbols *s)
{
	size_t nr = 0;

	s->names = calloc(s->nr, sizeof(*s->names));
	if (!s->names)
		return -ENOMEM;

	qsort(s->by_address, s->nr, sizeof(*s->by_address), by_address);
	for (size_t i = 0; i < s->nr; i++)
		s->names[i] = s->by_address[i].text;
	qsort(s->names, s->nr, sizeof(*s->names), by_name);
	for (size_t i = 0; i < s->nr; i++)
		if (!nr || strcmp(s->names[nr - 1], s->names[i]) != 0)
			s->names[nr++] = s->names[i];
	s->nr_names = nr;
	number_symbols(s);
	return 0;
}

static int read_lines(struct symbols *s, FILE *f)
{
	char *line = NULL;
	size_t bytes = 0;
	int err = 0;

	while (!err && getline(&line, &bytes, f) > 0)
		err = take_line(s, line);
	if (!err && ferror(f))
		err = -EIO;
	free(line);
	return err;
}

int symbols_load(const char *path, struct symbols **ret, struct error *e)
{
	struct symbols *s = calloc(1, sizeof(*s));
	FILE *f = fopen(path, "re");
	int err = f ? 0 : -errno;

	if (!s)
		err = -ENOMEM;
	if (!err)
		err = read_lines(s, f);
	if (f)
		fclose(f);
	if (!err && !s->nr)
		err = error_set(e, -EINVAL,
				"%s: no function of a kernel has an address "
				"here: copy /proc/kallsyms as root",
				path);
	if (!err)
		err = index_names(s);
	if (err) {
		symbols_free(s);
		return error_set(e, err, "%s: %s", path, strerror(-err));
	}
	*ret = s;
	return 0;
}

size_t symbols_find(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->by_address[middle].at <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? s->by_address[low - 1].number : SIZE_MAX;
}
