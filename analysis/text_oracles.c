// SPDX-License-Identifier: GPL-2.0-only
/* Which rule the kernel behaves as, and what speaks against the others. */
#include "format.h"
#include "oracles.h"
#include "out_text.h"
#include "rows.h"
#include "table.h"

#include <errno.h>
#include <string.h>

enum {
	LABEL_ROOM = 22,
	MAX_RULES = 6,	  /* columns of a table; the next has the others */
	MAX_EVIDENCE = 3, /* that is said */
	MAX_FOUND = 16,
	TEXT_BYTES = 1024,
	WHERE_BYTES = 160,
	NAME_BYTES = 40
};

struct block {
	struct group *group;
	const struct oracles *o;
	struct rows rows;
	bool by_arm;
	bool letters; /* names of rules are too long for columns */
	size_t first, end;
	FILE *out;
};

static const char *arm_of(const struct oracles_place *p)
{
	return p->point->point->arms[p->trials->arm].name;
}

static void look(struct block *b)
{
	size_t width = 0;

	for (size_t i = 1; i < b->o->nr_places; i++)
		if (strcmp(arm_of(&b->o->places[i]), arm_of(b->o->places)) != 0)
			b->by_arm = true;
	for (size_t i = 0; i < b->o->nr_rules; i++)
		width += strlen(b->o->rules[i].name) + 2;
	b->letters = width + LABEL_ROOM > FORMAT_COLUMNS ||
		     b->o->nr_rules > MAX_RULES;
}

/* "A" or the name itself. */
static const char *heading_of(const struct block *b, size_t rule,
			      char buf[NAME_BYTES])
{
	if (b->letters)
		snprintf(buf, NAME_BYTES, "%c", 'A' + (int)rule);
	else
		snprintf(buf, NAME_BYTES, "%.30s", b->o->rules[rule].name);
	return buf;
}

static void heading(const struct block *b, struct table *t)
{
	char label[ROWS_LABEL_BYTES], name[NAME_BYTES];

	t->nr_columns = 1 + b->by_arm + (b->end - b->first);
	t->right = ~0U << (1 + b->by_arm);
	table_cell(t, "%s", rows_heading(&b->rows, label));
	if (b->by_arm)
		table_cell(t, "arm");
	for (size_t i = b->first; i < b->end; i++)
		table_cell(t, "%s  ", heading_of(b, i, name));
}

static void row(const struct block *b, struct table *t,
		const struct oracles_place *p, bool first)
{
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];

	table_cell(t, "%s", first ? rows_label(&b->rows, p->point, label) : "");
	if (b->by_arm)
		table_cell(t, "%.20s", arm_of(p));
	for (size_t i = b->first; i < b->end; i++) {
		const struct oracles_mark *m = &p->mark[i];

		table_cell(
			t, "%s %c",
			m->against.items > 0
				? format_share(1 - m->against.ci.estimate, buf)
				: "-",
			m->contradicted && p->counts ? '!' : ' ');
	}
}

/* The rows so far, and the name of the section that comes. */
static int begin_section(const struct block *b, struct table *t,
			 const char *section)
{
	if (t->nr_cells && table_print(t, b->out))
		return -ENOMEM;
	if (*section)
		format_paragraph(b->out, "", 2, "%s", section);
	heading(b, t);
	return 0;
}

/* Places come point by point, in the order of the group. */
static int print_table(const struct block *b)
{
	const struct group *g = b->group;
	struct table t = { 0 };
	char section[ROWS_SECTION_BYTES], name[ROWS_SECTION_BYTES] = "";
	bool begins = true;
	size_t at = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		bool first = true;

		if (rows_section(&b->rows, g, i, section, sizeof(section))) {
			snprintf(name, sizeof(name), "%s", section);
			begins = true;
		}
		for (; at < b->o->nr_places &&
		       b->o->places[at].point == g->points[i];
		     at++) {
			if (begins && begin_section(b, &t, name))
				return -ENOMEM;
			begins = false;
			row(b, &t, &b->o->places[at], first);
			first = false;
		}
	}
	return t.nr_cells && table_print(&t, b->out) ? -ENOMEM : 0;
}

static void print_legend(const struct block *b)
{
	fputc('\n', b->out);
	format_paragraph(b->out, "Rules: ", 2,
			 "share of items in %% that came out as a rule "
			 "predicts, - where it cannot tell, ! where more than "
			 "%g %% came out otherwise and that is more than "
			 "chance",
			 100 * ORACLES_LIMIT);
	for (size_t i = 0; i < b->o->nr_rules; i++) {
		const struct oracles_rule *r = &b->o->rules[i];
		char letter[8] = "";

		if (b->letters)
			snprintf(letter, sizeof(letter), "%c = ", 'A' + (int)i);
		format_paragraph(b->out, "- ", 2, "%s%s%s%s", letter, r->name,
				 *r->words ? ": " : "", r->words);
	}
	fputc('\n', b->out);
}

/* "T2, 4k (arm)"; a number has its name: "T2, pages=64". */
static void name_place(const struct block *b, const struct oracles_place *p,
		       char buf[WHERE_BYTES])
{
	const struct group *g = b->group;
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < g->nr_axes && len < WHERE_BYTES / 2; i++) {
		const struct group_axis *axis = &g->axes[i];
		const char *value = result_param(p->point->point, axis->name);

		if (axis->nr_values < 2 || !value)
			continue;
		len += (size_t)snprintf(buf + len, WHERE_BYTES - len,
					"%s%.20s%s%.30s", len ? ", " : "",
					axis->numeric ? axis->name : "",
					axis->numeric ? "=" : "", value);
	}
	if (!len)
		snprintf(buf, WHERE_BYTES, "%.60s", arm_of(p));
	else if (b->by_arm && len < WHERE_BYTES)
		snprintf(buf + len, WHERE_BYTES - len, " (%.60s)", arm_of(p));
}

/* Whether both have the same value of what names a row first. */
static bool are_alike(const struct block *b, const struct oracles_place *x,
		      const struct oracles_place *y)
{
	const struct group_axis *axis = b->rows.nr_axes ? b->rows.axes[0]
							: NULL;

	return axis &&
	       result_same_text(result_param(x->point->point, axis->name),
				result_param(y->point->point, axis->name));
}

/* The first ones of which no two are alike; how many. */
static size_t choose(const struct block *b, struct oracles_evidence *e,
		     size_t nr)
{
	size_t chosen = 0;

	for (size_t i = 0; i < nr && chosen < MAX_EVIDENCE; i++) {
		bool like = false;

		for (size_t j = 0; j < chosen && !like; j++)
			like = are_alike(b, e[i].place, e[j].place);
		if (!like)
			e[chosen++] = e[i];
	}
	return chosen;
}

static void print_evidence(const struct block *b, size_t rule)
{
	const struct oracles_rule *r = &b->o->rules[rule];
	struct oracles_evidence evidence[MAX_FOUND];
	size_t nr = oracles_find_evidence(b->o, rule, MAX_FOUND, evidence);
	char text[TEXT_BYTES] = "", where[WHERE_BYTES];

	nr = choose(b, evidence, nr);
	for (size_t i = 0; i < nr; i++) {
		const struct oracles_evidence *e = &evidence[i];

		name_place(b, e->place, where);
		format_append(
			text, TEXT_BYTES,
			"%s%s would have been %.24s, %.0f of %.0f were %.24s",
			i ? "; " : "", where, e->predicted, e->seen_items,
			e->items, e->seen);
	}
	if (r->nr_against > nr)
		format_append(text, TEXT_BYTES, "; and %zu more",
			      r->nr_against - nr);
	format_paragraph(b->out, "- ", 2, "not %.40s: %s", r->name, text);
}

static void print_left(const struct block *b)
{
	for (size_t i = 0; i < b->o->nr_rules; i++) {
		const struct oracles_rule *r = &b->o->rules[i];
		char share[FORMAT_BYTES];

		if (!oracles_is_left(r))
			continue;
		format_paragraph(
			b->out, "- ", 2,
			"%.40s: %s %% of %.0f items as it predicts, at "
			"%zu of %zu %s",
			r->name, format_share(r->agreed / r->items, share),
			r->items, r->nr_places, b->o->nr_counted,
			b->by_arm ? "arms of points" : "points");
	}
}

/* "a", "a or b", "a, b or c" */
static void name_left(const struct oracles *o, char *text)
{
	size_t left = 0;

	for (size_t i = 0; i < o->nr_rules; i++)
		left += oracles_is_left(&o->rules[i]);
	for (size_t i = 0, nr = 0; i < o->nr_rules; i++) {
		if (!oracles_is_left(&o->rules[i]))
			continue;
		format_append(text, TEXT_BYTES, "%s%.40s",
			      !nr	       ? ""
			      : nr + 1 == left ? " or "
					       : ", ",
			      o->rules[i].name);
		nr++;
	}
}

static bool all_were_tried(const struct oracles *o)
{
	for (size_t i = 0; i < o->nr_rules; i++)
		if (!o->rules[i].nr_places)
			return false;
	return true;
}

static void print_verdict(const struct block *b)
{
	char names[TEXT_BYTES] = "";

	name_left(b->o, names);
	fputc('\n', b->out);
	switch (b->o->verdict) {
	case ORACLES_NONE:
		format_paragraph(b->out, "", 2,
				 "No rule predicted anything here.");
		break;
	case ORACLES_FEW:
		format_paragraph(b->out, "", 2,
				 "No verdict: a point of one launch has no "
				 "interval, and cannot contradict a rule.");
		break;
	case ORACLES_ONE:
		format_paragraph(
			b->out, "", 2,
			"This kernel behaves as %s: no other rule%s "
			"is left.",
			names,
			all_were_tried(b->o) ? "" : " that predicted anything");
		break;
	case ORACLES_MANY:
		format_paragraph(b->out, "", 2,
				 "This kernel behaves as %s: nothing that was "
				 "measured here tells them apart.",
				 names);
		break;
	case ORACLES_MIXED:
		format_paragraph(b->out, "", 2,
				 "Mixed: this kernel behaves as none of these "
				 "rules throughout.");
		break;
	}
}

static void print_others(const struct block *b)
{
	for (size_t i = 0; i < b->o->nr_rules; i++) {
		const struct oracles_rule *r = &b->o->rules[i];

		if (r->nr_against)
			print_evidence(b, i);
		else if (!r->nr_places)
			format_paragraph(b->out, "- ", 2,
					 "%.40s: not tried, it predicted "
					 "nothing",
					 r->name);
	}
}

static size_t arms_at(const struct summary_point *p)
{
	size_t nr = 0;

	for (size_t i = 0; i < p->point->nr_arms; i++)
		nr += result_arm_is_shown(&p->point->arms[i]);
	return nr;
}

int text_oracles(struct group *g, FILE *out)
{
	struct block b = { .group = g, .out = out };
	struct oracles o;
	int err;

	rows_init(&b.rows, g, LABEL_ROOM);
	err = oracles_new(g, &o);
	if (err || !o.nr_rules)
		return err;

	b.o = &o;
	look(&b);
	print_legend(&b);
	if (!b.by_arm && o.nr_places && arms_at(o.places[0].point) > 1)
		format_paragraph(out, "", 2, "Arm %.40s", arm_of(o.places));
	do {
		b.first = b.end;
		b.end = o.nr_rules - b.first > MAX_RULES ? b.first + MAX_RULES
							 : o.nr_rules;
		err = print_table(&b);
	} while (!err && b.end < o.nr_rules);
	print_verdict(&b);
	if (o.verdict > ORACLES_FEW) {
		print_left(&b);
		print_others(&b);
	}
	oracles_finish(&o);
	return err;
}
