// SPDX-License-Identifier: GPL-2.0-only
#include "bench/swaps.h"

#include "bench/environment_read.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_COLUMNS = 16,
	COLUMN_NAME = 0,
	COLUMN_TYPE,
	COLUMN_SIZE,
	COLUMN_USED,
	COLUMN_PRIORITY,
	NR_COLUMNS
};

static const char *const titles[NR_COLUMNS] = {
	[COLUMN_NAME] = "Filename",	[COLUMN_TYPE] = "Type",
	[COLUMN_SIZE] = "Size",		[COLUMN_USED] = "Used",
	[COLUMN_PRIORITY] = "Priority",
};

/* Words between blanks, in place. */
static unsigned split(char *line, char *words[MAX_COLUMNS])
{
	static const char blanks[] = " \t\n";
	unsigned nr = 0;
	char *rest;

	for (char *word = strtok_r(line, blanks, &rest);
	     word && nr < MAX_COLUMNS; word = strtok_r(NULL, blanks, &rest))
		words[nr++] = word;
	return nr;
}

static int find_columns(char *line, unsigned ret_at[NR_COLUMNS])
{
	char *words[MAX_COLUMNS];
	unsigned nr = split(line, words);

	for (unsigned i = 0; i < NR_COLUMNS; i++) {
		ret_at[i] = 0;
		while (ret_at[i] < nr &&
		       strcmp(words[ret_at[i]], titles[i]) != 0)
			ret_at[i]++;
		if (ret_at[i] == nr)
			return -EINVAL;
	}
	return 0;
}

static bool is_octal(const char *text)
{
	for (int i = 0; i < 3; i++)
		if (text[i] < '0' || text[i] > '7')
			return false;

	return true;
}

/* "\040" is a blank. */
static void unescape(const char *word, char *ret, size_t bytes)
{
	size_t len = 0;

	while (*word && len + 1 < bytes) {
		if (*word == '\\' && is_octal(word + 1)) {
			ret[len++] = (char)((word[1] - '0') << 6 |
					    (word[2] - '0') << 3 |
					    (word[3] - '0'));
			word += 4;
		} else {
			ret[len++] = *word++;
		}
	}
	ret[len] = '\0';
}

static bool to_bytes(const char *kib, uint64_t *ret)
{
	uint64_t value;

	if (environment_numbers(kib, &value, 1) != 1 ||
	    value > UINT64_MAX >> 10)
		return false;
	*ret = value << 10;
	return true;
}

static int read_row(char *line, const unsigned at[NR_COLUMNS],
		    struct swap_area *ret)
{
	char *words[MAX_COLUMNS], *end;
	unsigned nr = split(line, words);
	long priority;

	for (unsigned i = 0; i < NR_COLUMNS; i++)
		if (at[i] >= nr)
			return -EINVAL;

	unescape(words[at[COLUMN_NAME]], ret->name, sizeof(ret->name));
	unescape(words[at[COLUMN_TYPE]], ret->type, sizeof(ret->type));
	priority = strtol(words[at[COLUMN_PRIORITY]], &end, 10);
	if (*end || priority < INT_MIN || priority > INT_MAX ||
	    !to_bytes(words[at[COLUMN_SIZE]], &ret->size_bytes) ||
	    !to_bytes(words[at[COLUMN_USED]], &ret->used_bytes))
		return -EINVAL;
	ret->priority = (int)priority;
	return 0;
}

int swaps_read(const char *root, struct swap_area *ret_areas)
{
	FILE *file = environment_open(root, "/proc/swaps");
	char line[ENVIRONMENT_LINE_BYTES];
	unsigned at[NR_COLUMNS];
	int nr = 0, err;

	if (!file)
		return -ENOENT;

	err = fgets(line, sizeof(line), file) ? find_columns(line, at)
					      : -EINVAL;
	while (!err && nr < SWAPS_MAX && fgets(line, sizeof(line), file)) {
		err = read_row(line, at, &ret_areas[nr]);
		nr++;
	}
	fclose(file);
	return err ? err : nr;
}

bool swaps_in_memory(const struct swap_area *area)
{
	static const char *const prefixes[] = { "zram", "ram", "pmem" };
	const char *slash = strrchr(area->name, '/');
	const char *base = slash ? slash + 1 : area->name;

	if (!strcmp(area->type, "file"))
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(base, prefixes[i], strlen(prefixes[i])))
			return true;

	return false;
}

static bool is_full(const struct swap_area *area)
{
	return area->used_bytes >= area->size_bytes;
}

uint64_t swaps_free_on_disk(const struct swap_area *areas, int nr)
{
	int64_t least = INT64_MIN; /* above it nothing in memory is filled */
	uint64_t sum = 0;

	for (int i = 0; i < nr; i++)
		if (swaps_in_memory(&areas[i]) && !is_full(&areas[i]) &&
		    areas[i].priority > least)
			least = areas[i].priority;
	for (int i = 0; i < nr; i++)
		if (!swaps_in_memory(&areas[i]) && !is_full(&areas[i]) &&
		    areas[i].priority > least)
			sum += areas[i].size_bytes - areas[i].used_bytes;

	return sum;
}
