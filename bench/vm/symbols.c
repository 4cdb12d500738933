// SPDX-License-Identifier: GPL-2.0-only
#include "symbols.h"

#include "cache.h"

#include "common/folder.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void vm_symbols_path(const struct vm_image *image, char *buf, size_t bytes)
{
	char folder[PATH_MAX];

	vm_cache_folder("images", folder, sizeof(folder));
	snprintf(buf, bytes, "%.3900s/%s.kallsyms", folder, image->sha256);
}

/* A word and the blank behind it, which is cut off. */
static bool next_word(FILE *in, char **word, size_t *bytes)
{
	ssize_t got = getdelim(word, bytes, ' ', in);

	if (got < 2 || (*word)[got - 1] != ' ')
		return false;
	(*word)[got - 1] = '\0';
	return !(*word)[strcspn(*word, "\t\n")];
}

/* Pairs of what to add to the last address, and a name: lines of kallsyms. */
static int unpack(void *ctx, FILE *out)
{
	FILE *in = ctx;
	char *word = NULL, *end;
	size_t bytes = 0;
	uint64_t at = 0;

	while (next_word(in, &word, &bytes)) {
		at += strtoull(word, &end, 16);
		if (end == word || *end || !next_word(in, &word, &bytes))
			break;
		fprintf(out, "%016" PRIx64 " t %s\n", at, word);
	}
	free(word);
	return ferror(in) || ferror(out) ? -EIO : 0;
}

int vm_symbols_keep(const struct vm_image *image, const char *shown,
		    struct error *e)
{
	FILE *in = fopen(shown, "re");
	char path[PATH_MAX];
	int err;

	if (!in)
		return error_set(e, -ENOENT,
				 "this kernel shows no /proc/kallsyms "
				 "(CONFIG_KALLSYMS)");
	vm_cache_folder("images", path, sizeof(path));
	err = folder_make(path);
	vm_symbols_path(image, path, sizeof(path));
	if (!err)
		err = vm_cache_store(path, unpack, in);
	fclose(in);
	return err ? error_set(e, err, "%s: %s", path, strerror(-err)) : 0;
}
