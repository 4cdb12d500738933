// SPDX-License-Identifier: GPL-2.0-only
#include "common/nearest.h"

#include <string.h>

/* Longer ones are not words of ours. */
enum {
	MAX_WORD = 63
};

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Three rows of the table of distances between beginnings of a and b. */
struct rows {
	size_t before[MAX_WORD + 1], last[MAX_WORD + 1], now[MAX_WORD + 1];
};

static void fill_row(struct rows *r, const char *a, size_t i, const char *b)
{
	r->now[0] = i;
	for (size_t j = 1; b[j - 1]; j++) {
		size_t changed = a[i - 1] != b[j - 1];
		size_t best = r->last[j - 1] + changed;

		best = min_size(best, r->last[j] + 1);
		best = min_size(best, r->now[j - 1] + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
		    a[i - 2] == b[j - 1])
			best = min_size(best, r->before[j - 2] + 1);
		r->now[j] = best;
	}
}

static size_t distance(const char *a, const char *b)
{
	size_t len = strlen(b);
	struct rows r = { 0 };

	for (size_t j = 0; j <= len; j++)
		r.now[j] = j;

	for (size_t i = 1; a[i - 1]; i++) {
		memcpy(r.before, r.last, sizeof(r.before));
		memcpy(r.last, r.now, sizeof(r.last));
		fill_row(&r, a, i, b);
	}
	return r.now[len];
}

const char *nearest_word(const char *word, const char *const *words,
			 size_t nr_words)
{
	size_t len = strnlen(word, MAX_WORD + 1);
	size_t limit = len / 3 ? len / 3 : 1;
	const char *nearest = NULL;

	if (!len || len > MAX_WORD)
		return NULL;

	for (size_t i = 0; i < nr_words; i++) {
		size_t d;

		if (strnlen(words[i], MAX_WORD + 1) > MAX_WORD)
			continue;
		d = distance(word, words[i]);
		if (d > limit || (nearest && d == limit))
			continue;
		nearest = words[i];
		limit = d;
	}
	return nearest;
}
