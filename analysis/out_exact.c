// SPDX-License-Identifier: GPL-2.0-only
/* Kernels side by side: how many instructions an op has more. */
#include "out_exact.h"
#include "format.h"
#include "table.h"
#include "text_counters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	MOST_NAMED = 5,
	OTHERS = 3, /* kernels beside the first in a table */
	WHERE_BYTES = 256,
	NAMES_BYTES = 1024,
	SHA_DIGITS = 12
};

struct block {
	const struct exact *x;
	struct groups *groups;
	const struct group *group;
	size_t first, end; /* kernels beside the first, of this table */
	FILE *out;
};

static const char *text_or(const char *text, const char *otherwise)
{
	return text && *text ? text : otherwise;
}

const char *exact_number(double more, char buf[FORMAT_BYTES])
{
	double size = fabs(more);
	int digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 0.005 ? 2 : 4;

	if (isnan(more))
		snprintf(buf, FORMAT_BYTES, "-");
	else
		snprintf(buf, FORMAT_BYTES, "%+.*f", digits, more);
	return buf;
}

const char *exact_percent(double share, char buf[FORMAT_BYTES])
{
	double p = 100 * share;
	int digits = fabs(p) >= 10 ? 1 : fabs(p) >= 0.1 ? 2 : 3;

	if (isnan(p))
		buf[0] = '\0';
	else
		snprintf(buf, FORMAT_BYTES, "%+.*f %%", digits, p);
	return buf;
}

void exact_print_sides(const struct result *const *sides, size_t nr,
		       const char *letters, const char *const *names, FILE *out)
{
	for (size_t i = 0; i < nr; i++) {
		const struct result *r = sides[i];
		const struct result_boot *b = r->nr_boots ? &r->boots[0] : NULL;
		char first[16];

		snprintf(first, sizeof(first), "%c = ", letters[i]);
		format_paragraph(out, first, 4,
				 "%s: Linux %s, image sha256 %.*s", names[i],
				 text_or(b ? b->kernel : NULL, "(unknown)"),
				 SHA_DIGITS,
				 text_or(r->runs[0].guest.sha256, "unknown"));
		if (!r->runs[0].end || strcmp(r->runs[0].end, "done") != 0)
			format_paragraph(out, "  ! ", 4,
					 "INCOMPLETE: its run ended for: %s",
					 text_or(r->runs[0].end, "no reason"));
		for (size_t j = 0; j < r->errors.nr_notes; j++)
			format_paragraph(out, "  ! ", 4, "%s",
					 r->errors.notes[j].value);
	}
}

static const struct result_run *first_run(const struct exact *x)
{
	return &x->sides[0]->runs[0];
}

void exact_print_proof(const struct exact *x, FILE *out)
{
	switch (first_run(x)->again) {
	case RESULT_SAME_AGAIN:
		format_paragraph(out, "", 2,
				 "A was booted twice and wrote the same bytes "
				 "both times: what differs below is the "
				 "kernels', to the instruction.");
		break;
	case RESULT_OTHER_AGAIN:
		format_paragraph(out, "! ", 2,
				 "NOT EXACT: A was booted twice and did not "
				 "write the same bytes. Differences are shown, "
				 "and there is no verdict.");
		break;
	case RESULT_NOT_AGAIN:
	default:
		format_paragraph(out, "! ", 2,
				 "NOT EXACT: A was booted once, so nothing "
				 "shows that it would do the same again. "
				 "Differences are shown, and there is no "
				 "verdict.");
		break;
	}
}

static void print_emulators(const struct exact *x, FILE *out)
{
	for (size_t i = 1; i < x->nr_sides; i++)
		if (!result_same_text(x->sides[i]->runs[0].guest.emulator,
				      first_run(x)->guest.emulator))
			format_paragraph(
				out, "! ", 2,
				"%c ran under another emulator: counts "
				"are comparable within one only.",
				x->letters[i]);
	format_paragraph(out, "", 2,
			 "insn mode, one CPU, %s: instructions an "
			 "op, median over batches; of a difference, "
			 "the median over pairs of batches.",
			 text_or(first_run(x)->guest.emulator, "QEMU"));
}

void exact_where(const struct groups *g, const struct result_point *p,
		 const char *arm, char *buf, size_t size)
{
	const struct group *group = groups_find(g, p);
	char label[WHERE_BYTES] = "";

	for (size_t i = 0; group && i < group->nr_points; i++)
		if (group->points[i]->point == p)
			group_label(group, group->points[i], NULL, label,
				    sizeof(label));
	snprintf(buf, size, "%s%s%s%s%s, %s", p->workload,
		 group && group->what ? " " : "",
		 group && group->what ? group->what : "", *label ? " " : "",
		 label, arm);
}

/* "+1.00", "+70.3 +-29": the half-width where it is not nothing. */
static const char *more_cell(const struct exact *x,
			     const struct exact_cell *cell,
			     char buf[2 * FORMAT_BYTES])
{
	bool proven = first_run(x)->again == RESULT_SAME_AGAIN;
	double half = fmax(cell->hi - cell->more, cell->more - cell->lo);
	const size_t bytes = 2UL * FORMAT_BYTES;
	char more[FORMAT_BYTES], width[FORMAT_BYTES];

	switch (cell->verdict) {
	case EXACT_IDENTICAL:
		return proven ? "identical" : "0";
	case EXACT_WITHIN:
		snprintf(buf, bytes, "none +-%s",
			 exact_number(half, width) + 1);
		return buf;
	case EXACT_DIFFERS:
		exact_number(cell->more, more);
		if (half < 0.005)
			snprintf(buf, bytes, "%s", more);
		else
			snprintf(buf, bytes, "%s +-%s", more,
				 exact_number(half, width) + 1);
		return buf;
	case EXACT_UNLIKE:
		return "other batches";
	case EXACT_MISSING:
	default:
		return "-";
	}
}

void exact_print_row(const struct exact *x, const struct exact_row *row,
		     size_t side, const struct groups *g, FILE *out)
{
	char where[WHERE_BYTES], more[2 * FORMAT_BYTES], part[FORMAT_BYTES];
	const struct exact_cell *cell = &row->cells[side];
	double share = cell->verdict == EXACT_DIFFERS ? exact_share(row, side)
						      : (double)NAN;

	exact_where(g, row->point, row->arm, where, sizeof(where));
	format_paragraph(out, "    ", 6, "%s: %s%s%s", where,
			 more_cell(x, cell, more), isnan(share) ? "" : ", ",
			 exact_percent(share, part));
}

static void print_most(const struct exact *x, size_t side, struct groups *g,
		       FILE *out)
{
	const struct exact_row *rows[MOST_NAMED];
	size_t nr = exact_largest(x, side, MOST_NAMED, rows);

	for (size_t i = 0; i < nr; i++)
		exact_print_row(x, rows[i], side, g, out);
}

static void print_summary(const struct exact *x, struct groups *g, FILE *out)
{
	bool proven = first_run(x)->again == RESULT_SAME_AGAIN;

	for (size_t i = 1; i < x->nr_sides; i++) {
		size_t same = exact_count(x, i, EXACT_IDENTICAL);
		size_t within = exact_count(x, i, EXACT_WITHIN);
		size_t other = exact_count(x, i, EXACT_DIFFERS);
		size_t nr = same + within + other;

		format_paragraph(out, "", 2,
				 "%c against A: of %zu numbers %zu %s, %zu "
				 "cannot be told apart, %zu differ%s",
				 x->letters[i], nr, same,
				 proven ? "are identical" : "agree", within,
				 other, other ? "; the most:" : ".");
		print_most(x, i, g, out);
	}
}

static void heading(const struct block *b, struct table *t)
{
	bool alone = b->x->nr_sides == 2;

	t->nr_columns = 3 + (b->end - b->first) * (alone ? 2 : 1);
	t->right = ~3U;
	table_cell(t, "%s", "");
	table_cell(t, "arm");
	table_cell(t, "A");
	for (size_t i = b->first; i < b->end; i++) {
		table_cell(t, "%c less A", b->x->letters[i]);
		if (alone)
			table_cell(t, "%%");
	}
}

static void add_cells(const struct block *b, struct table *t,
		      const struct exact_row *row)
{
	for (size_t i = b->first; i < b->end; i++) {
		const struct exact_cell *cell = &row->cells[i];
		bool differs = cell->verdict == EXACT_DIFFERS;
		char more[2 * FORMAT_BYTES], part[FORMAT_BYTES] = "";

		if (differs)
			exact_percent(exact_share(row, i), part);
		if (b->x->nr_sides == 2) {
			table_cell(t, "%s", more_cell(b->x, cell, more));
			table_cell(t, "%s", part);
		} else {
			table_cell(t, "%s%s%s", more_cell(b->x, cell, more),
				   *part ? " " : "", part);
		}
	}
}

static void add_row(const struct block *b, struct table *t,
		    const struct summary_point *p, const struct exact_row *row,
		    bool first)
{
	char label[WHERE_BYTES] = "", number[FORMAT_BYTES];
	double a = row->cells[0].per_op;

	if (first)
		group_label(b->group, p, NULL, label, sizeof(label));
	table_cell(t, "%.30s", label);
	table_cell(t, "%.20s", row->arm);
	snprintf(number, sizeof(number), "%.*f", a >= 1e5 ? 0 : 2, a);
	table_cell(t, "%s", number);
	add_cells(b, t, row);
}

static int print_table(const struct block *b)
{
	struct table t = { 0 };

	heading(b, &t);
	for (size_t i = 0; i < b->group->nr_points; i++) {
		const struct summary_point *p = b->group->points[i];
		bool first = true;

		for (size_t j = 0; j < b->x->nr_rows; j++) {
			if (b->x->rows[j].point != p->point)
				continue;
			add_row(b, &t, p, &b->x->rows[j], first);
			first = false;
		}
	}
	return table_print(&t, b->out);
}

static bool has_rows(const struct block *b)
{
	for (size_t i = 0; i < b->group->nr_points; i++)
		for (size_t j = 0; j < b->x->nr_rows; j++)
			if (b->x->rows[j].point == b->group->points[i]->point)
				return true;
	return false;
}

static int print_group(struct block *b)
{
	size_t nr = b->x->nr_sides;
	int err = 0;

	if (!has_rows(b))
		return 0;
	fprintf(b->out, "\n== %.40s%s%.24s == (insn)\n", b->group->workload,
		b->group->what ? " " : "",
		b->group->what ? b->group->what : "");
	for (b->first = 1; !err && b->first < nr; b->first = b->end) {
		b->end = b->first + OTHERS < nr ? b->first + OTHERS : nr;
		err = print_table(b);
	}
	return err;
}

static void print_events(const struct exact *x, struct groups *g, FILE *out)
{
	if (x->nr_events)
		fprintf(out, "\n== Events an op that differ ==\n");
	for (size_t i = 0; i < x->nr_events; i++) {
		const struct exact_event *event = &x->events[i];
		char where[WHERE_BYTES], values[WHERE_BYTES] = "";

		exact_where(g, event->point, event->arm, where, sizeof(where));
		for (size_t j = 0; j < x->nr_sides; j++) {
			char number[FORMAT_BYTES];

			format_append(values, sizeof(values), "%s%c %s",
				      j ? ", " : "", x->letters[j],
				      isnan(event->per_op[j])
					      ? "not counted"
					      : format_number(event->per_op[j],
							      number));
		}
		format_paragraph(out, "  ", 4, "%s: %s%s: %s", where,
				 strcmp(event->scope, "system") ? "" : ">",
				 event->name, values);
	}
}

static bool is_named(const char *names, const char *name)
{
	const char *at = strstr(names, name);

	return at && strchr(", ", at[strlen(name)]);
}

/* Nothing differs only among what was counted. */
static void print_counted(const struct exact *x, FILE *out)
{
	const struct result *first = x->sides[0];
	char names[NAMES_BYTES] = "";

	for (size_t i = 0; i < first->nr_points; i++)
		for (size_t j = 0; j < first->points[i].nr_counters; j++) {
			const struct result_counter *c =
				&first->points[i].counters[j];

			if (c->nr_counted && exact_is_event(c->name) &&
			    !strcmp(c->scope, "thread") &&
			    !is_named(names, c->name))
				format_append(names, sizeof(names), "%s%s",
					      *names ? ", " : "", c->name);
		}
	fputc('\n', out);
	format_paragraph(out, "", 2, "%s: %s.",
			 x->nr_events ? "Events that were counted"
				      : "No event differs of those that were "
					"counted",
			 *names ? names : "none");
}

/* Why a side lacks a point: its launches, or that it was skipped. */
static const char *why_missing(const struct result *r,
			       const struct result_point *p)
{
	long at = result_find_point(r, p->id);

	for (size_t i = 0; i < r->nr_skips; i++)
		if (!strcmp(r->skips[i].id, p->id))
			return r->skips[i].why;
	if (at >= 0 && r->points[at].reasons.nr_notes)
		return r->points[at].reasons.notes[0].value;
	return "it was not run";
}

static void print_missing(const struct exact *x, struct groups *g, FILE *out)
{
	const struct result *first = x->sides[0];

	for (size_t i = 0; i < first->nr_points; i++)
		for (size_t j = 1; j < x->nr_sides; j++) {
			const struct result_point *p = &first->points[i];
			long at = result_find_point(x->sides[j], p->id);
			char where[WHERE_BYTES];

			if (!p->nr_launches ||
			    (at >= 0 && x->sides[j]->points[at].nr_launches))
				continue;
			exact_where(g, p, "all arms", where, sizeof(where));
			format_paragraph(out, "  ! ", 4, "not in %c: %s: %s",
					 x->letters[j], where,
					 why_missing(x->sides[j], p));
		}
	for (size_t i = 0; i < first->nr_skips; i++)
		format_paragraph(out, "  ! ", 4, "not in A: %s: %s",
				 first->skips[i].workload, first->skips[i].why);
}

void exact_print_caveat(FILE *out)
{
	format_paragraph(out, "", 2,
			 "Counts of instructions are the length of a path, not "
			 "its time: a miss of the cache or the TLB, the wait "
			 "for a lock or for another CPU's interrupt count as "
			 "nothing, a flush or a locked instruction as one, and "
			 "`rep` as one a repetition, so that clearing a page "
			 "weighs 512.");
}

int out_exact(const struct exact *x, const char *const *names, struct groups *g,
	      FILE *out)
{
	struct block b = { .x = x, .groups = g, .out = out };
	int err = 0;

	exact_print_sides(x->sides, x->nr_sides, x->letters, names, out);
	print_emulators(x, out);
	exact_print_proof(x, out);
	print_missing(x, g, out);
	fputc('\n', out);
	print_summary(x, g, out);
	for (size_t i = 0; !err && i < g->nr_groups; i++) {
		b.group = &g->groups[i];
		err = print_group(&b);
	}
	print_events(x, g, out);
	print_counted(x, out);
	text_missing(x->sides[0], out);
	fputc('\n', out);
	exact_print_caveat(out);
	return err;
}
