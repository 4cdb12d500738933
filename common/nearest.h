/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

/**
 * nearest_word() - the word somebody probably meant
 * @word:	what was written
 * @words:	the right ones
 * @nr_words:	how many
 *
 * By the number of insertions, deletions, substitutions and swaps of
 * neighbours; at most a third of the length of @word, and at least one.
 *
 * Return: one of @words, or NULL if none is near.
 */
const char *nearest_word(const char *word, const char *const *words,
			 size_t nr_words);

#endif
