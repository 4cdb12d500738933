// SPDX-License-Identifier: GPL-2.0-only
/* What a run in a guest says of it, and whether it was the same again. */
#include "loader.h"

#include <errno.h>
#include <string.h>

int loader_guest(const json_t *record, struct result_guest *guest)
{
	const json_t *of = json_object_get(record, "guest");
	const struct {
		const char *key;
		char **text;
	} rows[] = {
		{ "mode", &guest->mode },
		{ "image", &guest->image },
		{ "image_sha256", &guest->sha256 },
		{ "emulator", &guest->emulator },
	};

	for (size_t i = 0; of && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (loader_text(of, rows[i].key, rows[i].text))
			return -ENOMEM;
	return 0;
}

int loader_again(struct loader *l, const json_t *record)
{
	const char *id = loader_id(record, "run");
	const char *first = loader_id(record, "lines_hash");
	const char *second = loader_id(record, "again_hash");
	long run = id ? result_find_run(l->result, id) : RESULT_NONE;

	if (run < 0 || !first || !second)
		return loader_warn(l, "an again of no known run, or without "
				      "its hashes, ignored");
	if (l->result->runs[run].again != RESULT_OTHER_AGAIN)
		l->result->runs[run].again = strcmp(first, second)
						     ? RESULT_OTHER_AGAIN
						     : RESULT_SAME_AGAIN;
	return 0;
}
