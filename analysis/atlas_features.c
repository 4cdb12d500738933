// SPDX-License-Identifier: GPL-2.0-only
/*
 * What some kernels lack, by the reasons of points that were skipped: those say
 * the feature first, then how it was found to be missing.
 */
#include "atlas_build.h"

#include <errno.h>
#include <string.h>

enum {
	MOST_WORDS = 40 /* longer is a sentence and no name */
};

/* The words before the colon; false if the reason has none. */
static bool feature_of(const char *why, char buf[MOST_WORDS + 1])
{
	const char *end = why ? strstr(why, ": ") : NULL;

	if (!end || end == why || end - why > MOST_WORDS)
		return false;
	snprintf(buf, MOST_WORDS + 1, "%.*s", (int)(end - why), why);
	return true;
}

int atlas_add_features(struct atlas_build *b, const struct result *r)
{
	for (size_t i = 0; i < r->nr_skips; i++) {
		char feature[MOST_WORDS + 1];
		struct atlas_key key = { .section = ATLAS_FEATURES,
					 .what = feature };
		struct atlas_row *row;

		if (!feature_of(r->skips[i].why, feature))
			continue;
		row = atlas_row(b, &key);
		if (!row)
			return -ENOMEM;
		atlas_say(atlas_cell(b, row), ATLAS_SKIPPED,
			  r->skips[i].why + strlen(feature) + 2);
		snprintf(atlas_cell(b, row)->text, ATLAS_TEXT_BYTES, "no");
	}
	return 0;
}

void atlas_fill_features(struct atlas_build *b)
{
	struct atlas *a = b->atlas;

	for (size_t i = 0; i < a->nr_rows; i++)
		for (size_t c = 0; c < a->nr_columns; c++) {
			struct atlas_cell *cell = &a->rows[i].cells[c];

			if (a->rows[i].section != ATLAS_FEATURES ||
			    cell->state != ATLAS_ABSENT ||
			    !b->inputs[c].of[ATLAS_LOOK])
				continue;
			cell->state = ATLAS_TOLD;
			cell->value = 1;
			snprintf(cell->text, sizeof(cell->text), "yes");
		}
}
