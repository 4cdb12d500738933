// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters per op: a table an arm, point by point.  In windows each role has
 * counted its own: a table a role, arm by arm.
 */
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
	HEADING_BYTES = 22,
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
	bool by_role;
};

/* What a table is of: the points' arm of that name, or all their arms. */
struct view {
	struct group *group;
	struct rows rows;
	const char *arm; /* NULL: a column says which */
	FILE *out;
};

const char *text_event_name(const char *name)
{
	const char *role_end = strstr(name, ": ");

	return role_end ? role_end + 2 : name;
}

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

/* The clocks among the counters tell ns. */
static bool is_clock(const char *name)
{
	const char *dash = strrchr(name, '-');

	return dash && !strcmp(dash, "-clock");
}

static void collect_kinds(const struct group *g, struct kinds *k)
{
	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t j = 0; j < p->nr_counters; j++)
			if (result_arm_is_shown(&p->arms[p->counters[j].arm]) &&
			    (group_has_times(g) ||
			     !is_clock(p->counters[j].name)))
				add_kind(k, &p->counters[j]);
	}
}

/* Without the group of a tracepoint, in two lines if it is long. */
static void split_heading(const struct kind *k, char line[2][HEADING_BYTES])
{
	const char *colon = strrchr(k->name, ':');
	const char *name = colon ? colon + 1 : k->name;
	size_t len = strlen(name), at = len;
	bool system = is_system(k);

	if (len + system >= SPLIT_BYTES) {
		at = SPLIT_BYTES - 2;
		while (at > 4 && !strchr("_-./", name[at - 1]))
			at--;
	}
	snprintf(line[0], HEADING_BYTES, "%s%.*s", system ? ">" : "", (int)at,
		 name);
	snprintf(line[1], HEADING_BYTES, "%.*s", HEADING_BYTES - 1, name + at);
}

static size_t nr_names(const struct view *v)
{
	return v->arm ? 1 : 2;
}

static void headings(const struct view *v, struct table *t,
		     const struct kind *const *kinds, size_t nr)
{
	char label[ROWS_LABEL_BYTES];
	char lines[COLUMNS][2][HEADING_BYTES];
	bool second = false;

	for (size_t i = 0; i < nr; i++) {
		split_heading(kinds[i], lines[i]);
		second = second || lines[i][1][0];
	}
	for (int l = 0; l < 1 + second; l++) {
		bool last = l == second;

		table_cell(t, "%s", last ? rows_heading(&v->rows, label) : "");
		if (!v->arm)
			table_cell(t, "%s", last ? "arm" : "");
		for (size_t i = 0; i < nr; i++)
			table_cell(t, "%s", lines[i][l]);
	}
}

static double per_op(const struct result_point *p, size_t arm,
		     const struct kind *kind)
{
	const struct result_counter *c = text_find_counter(p, arm, kind->name,
							   kind->scope);

	return c && c->nr_counted ? c->value / c->ops : (double)NAN;
}

/* Of arms without the role of the first of them there is no row. */
static bool is_row(const struct view *v, const struct result_point *p,
		   size_t arm, const struct kind *const *kinds)
{
	if (v->arm)
		return !strcmp(p->arms[arm].name, v->arm);

	return result_arm_is_shown(&p->arms[arm]) &&
	       text_find_counter(p, arm, kinds[0]->name, kinds[0]->scope);
}

static const char *format_count(double v, const struct kind *kind,
				char buf[FORMAT_BYTES])
{
	return is_clock(kind->name) && isfinite(v) ? format_value(v, "ns", buf)
						   : format_number(v, buf);
}

static void counter_rows(const struct view *v, struct table *t,
			 const struct summary_point *p,
			 const struct kind *const *kinds, size_t nr)
{
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];
	bool first = true;

	for (size_t a = 0; a < p->point->nr_arms; a++) {
		if (!is_row(v, p->point, a, kinds))
			continue;
		table_cell(t, "%s",
			   first ? rows_label(&v->rows, p, label) : "");
		if (!v->arm)
			table_cell(t, "%.16s", p->point->arms[a].name);
		for (size_t i = 0; i < nr; i++)
			table_cell(t, "%s",
				   format_count(per_op(p->point, a, kinds[i]),
						kinds[i], buf));
		first = false;
	}
}

/* The text that the counter has in all rows, or NULL. */
static const char *same_text(const struct view *v, const struct kind *kind,
			     char buf[FORMAT_BYTES])
{
	bool any = false;

	for (size_t i = 0; i < v->group->nr_points; i++) {
		const struct result_point *p = v->group->points[i]->point;
		char text[FORMAT_BYTES];

		for (size_t a = 0; a < p->nr_arms; a++) {
			if (!is_row(v, p, a, &kind))
				continue;
			format_count(per_op(p, a, kind), kind, text);
			if (any && strcmp(text, buf) != 0)
				return NULL;
			memcpy(buf, text, sizeof(text));
			any = true;
		}
	}
	return any ? buf : NULL;
}

/* Those that differ between rows are left in @kinds. */
static size_t print_same(const struct view *v, const struct kind **kinds,
			 size_t nr)
{
	char text[2048] = "";
	size_t left = 0;

	for (size_t i = 0; i < nr; i++) {
		bool system = is_system(kinds[i]);
		size_t len = strlen(text);
		char buf[FORMAT_BYTES];

		if (!same_text(v, kinds[i], buf))
			kinds[left++] = kinds[i];
		else if (len < sizeof(text))
			snprintf(text + len, sizeof(text) - len, "%s%s%s %s",
				 len ? ", " : "", system ? ">" : "",
				 text_event_name(kinds[i]->name), buf);
	}
	if (*text)
		format_paragraph(
			v->out, v->arm ? "at every point: " : "everywhere: ", 2,
			"%s", text);
	return left;
}

static int print_tables(const struct view *v, const struct kind **list,
			size_t nr_kinds)
{
	size_t names = nr_names(v);
	int err = 0;

	nr_kinds = print_same(v, list, nr_kinds);
	for (size_t i = 0; !err && i < nr_kinds; i += COLUMNS) {
		size_t nr = nr_kinds - i < COLUMNS ? nr_kinds - i : COLUMNS;
		struct table t = { .nr_columns = nr + names,
				   .right = ~0U << names };

		if (i)
			fputc('\n', v->out);
		headings(v, &t, list + i, nr);
		for (size_t j = 0; j < v->group->nr_points; j++)
			counter_rows(v, &t, v->group->points[j], list + i, nr);
		err = table_print(&t, v->out);
	}
	return err;
}

/* What is worth a column for one role is so for all: their 0 tells, too. */
static bool is_shown(const struct kinds *k, const struct kind *of)
{
	if (!k->by_role)
		return of->shown;

	for (size_t i = 0; i < k->nr; i++)
		if (k->kinds[i].shown &&
		    !strcmp(text_event_name(k->kinds[i].name),
			    text_event_name(of->name)))
			return true;
	return false;
}

static int print_arm(const struct view *v, const struct kinds *k)
{
	const struct kind *list[MAX_KINDS];
	size_t nr = 0;

	for (size_t i = 0; i < k->nr; i++)
		if (is_shown(k, &k->kinds[i]))
			list[nr++] = &k->kinds[i];
	if (!nr)
		return 0;

	fprintf(v->out, "\nCounters per op, %.50s\n", v->arm);
	return print_tables(v, list, nr);
}

static int print_arms(struct view *v, const struct kinds *k)
{
	const struct result_point *p = v->group->points[0]->point;
	int err = 0;

	for (size_t i = 0; !err && i < p->nr_arms; i++) {
		v->arm = p->arms[i].name;
		if (result_arm_is_shown(&p->arms[i]))
			err = print_arm(v, k);
	}
	return err;
}

/* How much of the name says whose event it is; 0: the machine's. */
static int role_length(const struct kind *k)
{
	return (int)(text_event_name(k->name) - k->name);
}

static bool same_role(const struct kind *a, const struct kind *b)
{
	return role_length(a) == role_length(b) &&
	       !strncmp(a->name, b->name, (size_t)role_length(a));
}

static int print_role(const struct view *v, const struct kinds *k, size_t first)
{
	const struct kind *list[MAX_KINDS], *of = &k->kinds[first];
	int len = role_length(of);
	size_t nr = 0;

	for (size_t i = first; i < k->nr; i++)
		if (same_role(&k->kinds[i], of) && is_shown(k, &k->kinds[i]))
			list[nr++] = &k->kinds[i];
	if (!nr)
		return 0;

	if (len)
		fprintf(v->out, "\nCounters per step, role %.*s\n", len - 2,
			of->name);
	else
		fprintf(v->out, "\nCounters of the machine per step of the "
				"first role\n");
	return print_tables(v, list, nr);
}

/* The kind that comes first of its role. */
static bool begins_role(const struct kinds *k, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same_role(&k->kinds[i], &k->kinds[at]))
			return false;
	return true;
}

/* The machine last. */
static int print_roles(const struct view *v, const struct kinds *k)
{
	int err = 0;

	for (int machine = 0; machine < 2; machine++)
		for (size_t i = 0; !err && i < k->nr; i++)
			if (machine == !role_length(&k->kinds[i]) &&
			    begins_role(k, i))
				err = print_role(v, k, i);
	return err;
}

static void list_small(const struct kinds *k, FILE *out)
{
	char text[2048] = "";

	for (size_t i = 0; i < k->nr; i++) {
		size_t len = strlen(text);

		if (k->kinds[i].counted && !is_shown(k, &k->kinds[i]) &&
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
	struct view v = { .group = g, .out = out };
	int err;

	k.by_role = !strcmp(g->points[0]->point->mode, "window");
	collect_kinds(g, &k);
	if (!k.nr)
		return 0;

	rows_init(&v.rows, g, ROWS_LABEL_BYTES);
	err = k.by_role ? print_roles(&v, &k) : print_arms(&v, &k);
	list_small(&k, out);
	if (any_system(&k))
		format_paragraph(out, "> ", 2,
				 "counts the whole system, others too: an "
				 "upper bound on what the op did");
	return err;
}
