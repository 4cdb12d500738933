// SPDX-License-Identifier: GPL-2.0-only
#include "batches.h"

#include "bench/result_writer.h"

#include "common/hash.h"
#include "common/record.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vm_batches {
	struct batch {
		char point[HASH_TEXT_BYTES];
		uint64_t ops;
	} * of;
	size_t nr, capacity;
};

static int add(struct vm_batches *b, const char *point, uint64_t ops)
{
	if (b->nr == b->capacity) {
		size_t capacity = b->capacity ? 2 * b->capacity : 64;
		struct batch *of = realloc(b->of, capacity * sizeof(*of));

		if (!of)
			return -ENOMEM;
		b->of = of;
		b->capacity = capacity;
	}
	snprintf(b->of[b->nr].point, sizeof(b->of[b->nr].point), "%.16s",
		 point);
	b->of[b->nr++].ops = ops;
	return 0;
}

/* Lines that are no points, or damaged, are none of our business. */
static int take_line(struct vm_batches *b, const char *line, size_t bytes)
{
	struct error ignored = { 0 };
	json_t *record;
	uint64_t ops;
	int err = 0;

	if (!strstr(line, "\"point\""))
		return 0;
	record = record_parse(line, bytes, &ignored);
	if (record && !strcmp(record_text_or(record, "type", ""), "point") &&
	    !record_u64(record, "batch_ops", &ops, &ignored))
		err = add(b, record_text_or(record, "point", ""), ops);
	json_decref(record);
	return err;
}

int vm_batches_read(const char *dir, struct vm_batches **ret_batches,
		    struct error *e)
{
	struct vm_batches *b = calloc(1, sizeof(*b));
	char path[PATH_MAX], *line = NULL;
	size_t capacity = 0;
	ssize_t bytes;
	FILE *in;
	int err = 0;

	snprintf(path, sizeof(path), "%s/" RESULT_FILE, dir);
	in = b ? fopen(path, "re") : NULL;
	if (!in) {
		err = b ? -errno : -ENOMEM;
		free(b);
		return error_set(e, err, "%s: %s", path, strerror(-err));
	}
	while (!err && (bytes = getline(&line, &capacity, in)) > 0)
		err = take_line(b, line,
				(size_t)bytes - (line[bytes - 1] == '\n'));
	free(line);
	fclose(in);
	if (err) {
		vm_batches_free(b);
		return error_set(e, err, "out of memory");
	}
	*ret_batches = b;
	return 0;
}

void vm_batches_free(struct vm_batches *b)
{
	if (!b)
		return;
	free(b->of);
	free(b);
}

uint64_t vm_batches_find(const struct vm_batches *b, const char *point)
{
	for (size_t i = 0; i < b->nr; i++)
		if (!strcmp(b->of[i].point, point))
			return b->of[i].ops;

	return 0;
}
