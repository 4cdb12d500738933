// SPDX-License-Identifier: GPL-2.0-only
/* Counters per op of each arm, the ones that were counted beside each other. */
#include "text_counters.h"
#include "array.h"
#include "format.h"
#include "rows.h"
#include "table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	COLUMNS = 4,
	HEADING_BYTES = 18,
	SPLIT_BYTES = 14, /* what is longer takes two lines */
	MAX_KINDS = 64
};

/* Less per op, in all points, is said in a line and has no column. */
#define SMALL_COUNT 0.05

/* A counter of the group: the same name and scope in all points. */
struct kind {
	const char *name, *scope;
	bool counted, shown;
};

struct kinds {
	struct kind kinds[MAX_KINDS];
	size_t nr;
	bool verbose; /* with those of the whole system */
};

static bool is_system(const struct kind *k)
{
	return !strcmp(k->scope, "system");
}

const struct result_counter *text_find_counter(const struct result_point *p,
					       size_t arm, const char *name,
					       const char *scope)
{
	for (size_t i = 0; i < p->nr_counters; i++)
		if (p->counters[i].arm == arm &&
		    !strcmp(p->counters[i].name, name) &&
		    !strcmp(p->counters[i].scope, scope))
			return &p->counters[i];
	return NULL;
}

static void add_kind(struct kinds *k, const struct result_counter *c)
{
	struct kind *kind = k->kinds;
	struct kind *end = k->kinds + k->nr;

	if (!c->nr_counted || (!k->verbose && strcmp(c->scope, "thread") != 0))
		return;
	while (kind < end && (strcmp(kind->name, c->name) != 0 ||
			      strcmp(kind->scope, c->scope) != 0))
		kind++;
	if (kind == end) {
		if (k->nr == MAX_KINDS)
			return;
		*kind = (struct kind){ .name = c->name, .scope = c->scope };
		k->nr++;
	}
	kind->counted = kind->counted || c->nr_counted;
	kind->shown = kind->shown || c->value >= SMALL_COUNT * c->ops;
}

static void collect_kinds(const struct group *g, struct kinds *k)
{
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t j = 0; j < p->nr_counters; j++)
			if (result_arm_is_shown(&p->arms[p->counters[j].arm]))
				add_kind(k, &p->counters[j]);
	}
}

/* A role has a line of its own. */
static bool split_role(const struct kind *k, const char *name,
		       char line[2][HEADING_BYTES])
{
	const char *role_end = strstr(k->name, ": ");

	if (!role_end)
		return false;

	snprintf(line[0], HEADING_BYTES, "%.*s", (int)(role_end - k->name),
		 k->name);
	snprintf(line[1], HEADING_BYTES, "%s", name + strspn(name, " "));
	return true;
}

/* Without the group of a tracepoint, in two lines if it is long. */
static void split_heading(const struct kind *k, char line[2][HEADING_BYTES])
{
	const char *colon = strrchr(k->name, ':');
	const char *name = colon ? colon + 1 : k->name;
	size_t len = strlen(name), at = len;
	bool system = is_system(k);

	if (split_role(k, name, line))
		return;
	if (len + system >= SPLIT_BYTES) {
		at = SPLIT_BYTES - 2;
		while (at > 4 && !strchr("_-./", name[at - 1]))
			at--;
	}
	snprintf(line[0], HEADING_BYTES, "%s%.*s", system ? ">" : "", (int)at,
		 name);
	snprintf(line[1], HEADING_BYTES, "%.*s", HEADING_BYTES - 1, name + at);
}

static void headings(const struct rows *rows, struct table *t,
		     const struct kind *const *kinds)
{
	char label[ROWS_LABEL_BYTES];
	char lines[COLUMNS][2][HEADING_BYTES];
	bool second = false;

	for (size_t i = 0; i + 1 < t->nr_columns; i++) {
		split_heading(kinds[i], lines[i]);
		second = second || lines[i][1][0];
	}
	for (int l = 0; l < 1 + second; l++) {
		table_cell(t, "%s",
			   l == second ? rows_heading(rows, label) : "");
		for (size_t i = 0; i + 1 < t->nr_columns; i++)
			table_cell(t, "%s", lines[i][l]);
	}
}

static double per_op(const struct result_point *p, const char *arm,
		     const struct kind *kind)
{
	long at = result_find_arm(p, arm);
	const struct result_counter *c = at < 0 ? NULL
						: text_find_counter(
							  p, (size_t)at,
							  kind->name,
							  kind->scope);

	return c && c->nr_counted ? c->value / c->ops : (double)NAN;
}

/* The clocks among the counters tell ns. */
static const char *format_count(double v, const struct kind *kind,
				char buf[FORMAT_BYTES])
{
	const char *dash = strrchr(kind->name, '-');

	return dash && !strcmp(dash, "-clock") && isfinite(v)
		       ? format_value(v, "ns", buf)
		       : format_number(v, buf);
}

static void counter_row(const struct rows *rows, struct table *t,
			const struct summary_point *p, const char *arm,
			const struct kind *const *kinds)
{
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];

	if (result_find_arm(p->point, arm) < 0)
		return;

	table_cell(t, "%s", rows_label(rows, p, label));
	for (size_t i = 0; i + 1 < t->nr_columns; i++)
		table_cell(t, "%s",
			   format_count(per_op(p->point, arm, kinds[i]),
					kinds[i], buf));
}

/* The text that the counter has at all points with the arm, or NULL. */
static const char *same_text(const struct group *g, const char *arm,
			     const struct kind *kind, char buf[FORMAT_BYTES])
{
	bool any = false;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;
		char text[FORMAT_BYTES];

		if (result_find_arm(p, arm) < 0)
			continue;
		format_count(per_op(p, arm, kind), kind, text);
		if (any && strcmp(text, buf) != 0)
			return NULL;
		memcpy(buf, text, sizeof(text));
		any = true;
	}
	return any ? buf : NULL;
}

/* Those that differ between points are left in @kinds. */
static size_t print_same(const struct group *g, const char *arm,
			 const struct kind **kinds, size_t nr, FILE *out)
{
	char text[2048] = "";
	size_t left = 0;

	for (size_t i = 0; i < nr; i++) {
		bool system = is_system(kinds[i]);
		size_t len = strlen(text);
		char buf[FORMAT_BYTES];

		if (!same_text(g, arm, kinds[i], buf))
			kinds[left++] = kinds[i];
		else if (len < sizeof(text))
			snprintf(text + len, sizeof(text) - len, "%s%s%s %s",
				 len ? ", " : "", system ? ">" : "",
				 kinds[i]->name, buf);
	}
	if (*text)
		format_paragraph(out, "at every point: ", 2, "%s", text);
	return left;
}

static int print_arm(const struct group *g, const struct rows *rows,
		     const char *arm, const struct kinds *k, FILE *out)
{
	const struct kind *list[MAX_KINDS];
	size_t nr_kinds = 0;
	int err = 0;

	for (size_t i = 0; i < k->nr; i++)
		if (k->kinds[i].shown)
			list[nr_kinds++] = &k->kinds[i];
	if (!nr_kinds)
		return 0;

	fprintf(out, "\nCounters per %s, %.50s\n",
		strcmp(g->points[0]->point->mode, "window") != 0 ? "op"
								 : "step",
		arm);
	nr_kinds = print_same(g, arm, list, nr_kinds, out);
	for (size_t i = 0; !err && i < nr_kinds; i += COLUMNS) {
		size_t nr = nr_kinds - i < COLUMNS ? nr_kinds - i : COLUMNS;
		struct table t = { .nr_columns = nr + 1, .right = ~1U };

		if (i)
			fputc('\n', out);
		headings(rows, &t, list + i);
		for (size_t j = 0; j < g->nr_points; j++)
			counter_row(rows, &t, g->points[j], arm, list + i);
		err = table_print(&t, out);
	}
	return err;
}

static void list_small(const struct kinds *k, FILE *out)
{
	char text[2048] = "";

	for (size_t i = 0; i < k->nr; i++) {
		size_t len = strlen(text);

		if (k->kinds[i].counted && !k->kinds[i].shown &&
		    len < sizeof(text))
			snprintf(text + len, sizeof(text) - len, "%s%s%s",
				 len ? ", " : "",
				 is_system(&k->kinds[i]) ? ">" : "",
				 k->kinds[i].name);
	}
	if (*text)
		format_paragraph(out, "under 0.05 everywhere: ", 2, "%s", text);
}

static bool any_system(const struct kinds *k)
{
	for (size_t i = 0; i < k->nr; i++)
		if (is_system(&k->kinds[i]))
			return true;
	return false;
}

int text_counters(struct group *g, bool verbose, FILE *out)
{
	struct kinds k = { .verbose = verbose };
	const struct result_point *p = g->points[0]->point;
	struct rows rows;
	int err = 0;

	collect_kinds(g, &k);
	if (!k.nr)
		return 0;

	rows_init(&rows, g, ROWS_LABEL_BYTES);
	for (size_t i = 0; !err && i < p->nr_arms; i++)
		if (result_arm_is_shown(&p->arms[i]))
			err = print_arm(g, &rows, p->arms[i].name, &k, out);
	list_small(&k, out);
	if (any_system(&k))
		format_paragraph(out, "> ", 2,
				 "counts the whole system, others too: an "
				 "upper bound on what the op did");
	return err;
}

/* Without the role: whether an event is there does not depend on it. */
static const char *event_name(const char *name)
{
	const char *role_end = strstr(name, ": ");

	return role_end ? role_end + 2 : name;
}

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
		if (asprintf(&longer, "%s, %s", names[i], event_name(c->name)) <
		    0)
			return;
		free(names[i]);
		names[i] = longer;
		return;
	}
	if (notes->nr_notes < RESULT_MAX_NOTES &&
	    !result_note(notes, NULL, why) && !names[notes->nr_notes - 1])
		names[notes->nr_notes - 1] = strdup(event_name(c->name));
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
			if (!strcmp(event_name(x->name), event_name(c->name)))
				return true;
		}
	return false;
}

static bool counted_anywhere(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->nr_points; i++)
		for (size_t j = 0; j < r->points[i].nr_counters; j++)
			if (r->points[i].counters[j].nr_counted &&
			    !strcmp(event_name(r->points[i].counters[j].name),
				    event_name(name)))
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
