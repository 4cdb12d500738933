// SPDX-License-Identifier: GPL-2.0-only
/* Which events could not be counted, and why: each reason once. */
#include "format.h"
#include "text_counters.h"

#include <stdlib.h>
#include <string.h>

/* Names of one status and reason in one paragraph. */
static void add_missing(struct result_notes *notes,
			const struct result_counter *c, char *names[])
{
	char why[RESULT_TEXT_MAX];

	snprintf(why, sizeof(why), "%.40s%s%.300s", c->status ? c->status : "?",
		 c->why ? ", " : "", c->why ? c->why : "");
	for (size_t i = 0; i < notes->nr_notes; i++) {
		char *longer;

		if (strcmp(notes->notes[i].value, why) != 0)
			continue;
		if (asprintf(&longer, "%s, %s", names[i],
			     text_event_name(c->name)) < 0)
			return;
		free(names[i]);
		names[i] = longer;
		return;
	}
	if (notes->nr_notes < RESULT_MAX_NOTES &&
	    !result_note(notes, NULL, why) && !names[notes->nr_notes - 1])
		names[notes->nr_notes - 1] = strdup(text_event_name(c->name));
}

static bool named_before(const struct result *r, size_t point, size_t at)
{
	const struct result_counter *c = &r->points[point].counters[at];

	for (size_t i = 0; i <= point; i++)
		for (size_t j = 0; j < r->points[i].nr_counters; j++) {
			const struct result_counter *x =
				&r->points[i].counters[j];

			if (i == point && j == at)
				return false;
			if (!strcmp(text_event_name(x->name),
				    text_event_name(c->name)))
				return true;
		}
	return false;
}

static bool counted_anywhere(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->nr_points; i++)
		for (size_t j = 0; j < r->points[i].nr_counters; j++)
			if (r->points[i].counters[j].nr_counted &&
			    !strcmp(text_event_name(
					    r->points[i].counters[j].name),
				    text_event_name(name)))
				return true;
	return false;
}

static void collect_missing(const struct result *r, struct result_notes *notes,
			    char *names[])
{
	for (size_t i = 0; i < r->nr_points; i++)
		for (size_t j = 0; j < r->points[i].nr_counters; j++) {
			const struct result_counter *c =
				&r->points[i].counters[j];

			if (!c->nr_counted && !named_before(r, i, j) &&
			    !counted_anywhere(r, c->name))
				add_missing(notes, c, names);
		}
}

void text_missing(const struct result *r, FILE *out)
{
	char *names[RESULT_MAX_NOTES] = { NULL };
	struct result_notes notes = { 0 };

	collect_missing(r, &notes, names);
	for (size_t i = 0; i < notes.nr_notes; i++) {
		format_paragraph(out, "not counted: ", 2, "%s: %s",
				 names[i] ? names[i] : "?",
				 notes.notes[i].value);
	}
	for (size_t i = 0; i < RESULT_MAX_NOTES; i++)
		free(names[i]);
	result_notes_finish(&notes);
}
