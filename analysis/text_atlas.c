// SPDX-License-Identifier: GPL-2.0-only
/* The era matrix as text: 72 columns of ASCII. */
#include "array.h"
#include "atlas.h"
#include "format.h"
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_WHYS = 64,
	LEAST_LABEL = 8,
};

/* What tables have to say, each once, by a letter. */
struct text {
	const struct atlas *a;
	const char *whys[MAX_WHYS];
	size_t nr_whys;
	size_t first, end; /* of the columns */
	FILE *out;
};

/* Reasons differ in feature bits and numbers; they are the same up to there. */
static size_t why_length(const char *why)
{
	const char *bits = strstr(why, " (feature bits");

	return bits ? (size_t)(bits - why) : strlen(why);
}

static const char *letter(struct text *t, const char *why, char buf[4])
{
	size_t i = 0, len = why_length(why);

	buf[0] = '\0';
	if (!*why)
		return buf;
	while (i < t->nr_whys && (why_length(t->whys[i]) != len ||
				  strncmp(t->whys[i], why, len) != 0))
		i++;
	if (i == MAX_WHYS)
		return buf;
	if (i == t->nr_whys)
		t->whys[t->nr_whys++] = why;
	snprintf(buf, 4, "%c%s", 'a' + (int)(i % 26), i < 26 ? "" : "'");
	return buf;
}

static void heading(const struct text *t, struct table *table)
{
	table->nr_columns = 1 + t->end - t->first;
	table->right = ~1U;
	table_cell(table, "%s", "");
	for (size_t c = t->first; c < t->end; c++)
		table_cell(table, "%.*s", 10, t->a->columns[c].name);
}

static void print_cell(struct text *t, struct table *table,
		       const struct atlas_cell *cell)
{
	char buf[4];

	switch (cell->state) {
	case ATLAS_TOLD:
		table_cell(table, "%s%s", cell->mistake ? "!" : "", cell->text);
		break;
	case ATLAS_COUNTED:
		table_cell(table, "%s", cell->text);
		break;
	case ATLAS_SKIPPED:
	case ATLAS_FAILED:
		table_cell(table, "%s %s", cell->text,
			   letter(t, cell->why, buf));
		break;
	case ATLAS_ABSENT:
	default:
		table_cell(table, "-");
	}
}

static void print_row(struct text *t, struct table *table,
		      const struct atlas_row *row)
{
	table_cell(table, "  %s", row->label);
	for (size_t c = t->first; c < t->end; c++)
		print_cell(t, table, &row->cells[c]);
}

/* Outcomes that are the same everywhere and right are said in a line. */
static const char *quiet(const struct text *t, const struct atlas_row *row)
{
	const struct atlas_cell *cell = row->section == ATLAS_OUTCOMES
						? atlas_uniform(t->a, row)
						: NULL;

	return cell ? cell->text : NULL;
}

/* Whether both are quiet, and say the same. */
static bool quiet_alike(const struct text *t, const struct atlas_row *a,
			const struct atlas_row *b)
{
	const char *one = quiet(t, a), *other = quiet(t, b);

	return one && other && !strcmp(one, other);
}

static bool same_block(const struct atlas_row *a, const struct atlas_row *b)
{
	return a->section == b->section && !strcmp(a->block, b->block);
}

static bool is_lacking(const struct atlas *a, const struct atlas_row *row)
{
	for (size_t c = 0; c < a->nr_columns; c++)
		if (row->cells[c].state == ATLAS_SKIPPED)
			return true;
	return false;
}

/* "reused everywhere: T1-child-pipe, ..." of rows from @at on. */
static void print_quiet(const struct text *t, size_t at)
{
	const struct atlas_row *rows = t->a->rows;
	char *words;
	size_t bytes;
	FILE *out = open_memstream(&words, &bytes);
	bool first = true;

	if (!out)
		return;
	for (size_t i = at; i < t->a->nr_rows; i++) {
		if (!same_block(&rows[i], &rows[at]) ||
		    !quiet_alike(t, &rows[i], &rows[at]))
			continue;
		fprintf(out, "%s%s%s", first ? "" : ", ", rows[i].label,
			is_lacking(t->a, &rows[i]) ? "*" : "");
		first = false;
	}
	fclose(out);
	format_paragraph(t->out, "  ", 4, "%s everywhere: %s",
			 quiet(t, &rows[at]), words);
	free(words);
}

/* Whether a row of the block before said the same. */
static bool was_said(const struct text *t, size_t first, size_t at)
{
	const struct atlas_row *rows = t->a->rows;

	for (size_t i = first; i < at; i++)
		if (quiet_alike(t, &rows[i], &rows[at]))
			return true;
	return false;
}

static size_t end_of_block(const struct atlas *a, size_t first)
{
	size_t end = first;

	while (end < a->nr_rows && same_block(&a->rows[end], &a->rows[first]))
		end++;
	return end;
}

/* All rows of the block are quiet and say the same. */
static bool is_alike(const struct text *t, size_t first, size_t end)
{
	const struct atlas_row *rows = t->a->rows;

	for (size_t i = first; i < end; i++)
		if (!quiet_alike(t, &rows[i], &rows[first]))
			return false;
	return end - first > 2;
}

static int print_block(struct text *t, size_t first, size_t end)
{
	const struct atlas_row *rows = t->a->rows;
	struct table table = { 0 };
	bool any = false;

	if (is_alike(t, first, end)) {
		format_paragraph(t->out, "", 2, "%s: %s everywhere, %zu rows",
				 rows[first].block, quiet(t, &rows[first]),
				 end - first);
		return 0;
	}
	if (*rows[first].block)
		format_paragraph(t->out, "", 2, "%s", rows[first].block);
	for (size_t i = first; i < end; i++) {
		if (quiet(t, &rows[i]))
			continue;
		if (!any)
			heading(t, &table);
		any = true;
		print_row(t, &table, &rows[i]);
	}
	if (any && table_print(&table, t->out))
		return -ENOMEM;
	for (size_t i = first; i < end; i++)
		if (quiet(t, &rows[i]) && !was_said(t, first, i))
			print_quiet(t, i);
	return 0;
}

static int print_section(struct text *t, enum atlas_section s)
{
	const struct atlas *a = t->a;
	bool begun = false;
	int err = 0;

	for (size_t i = 0; i < a->nr_rows && !err;) {
		size_t end = end_of_block(a, i);

		if (a->rows[i].section == s) {
			if (!begun)
				fprintf(t->out, "\n== %s ==\n",
					atlas_section_words[s]);
			begun = true;
			err = print_block(t, i, end);
		}
		i = end;
	}
	return err;
}

static void print_columns(const struct atlas *a, FILE *out)
{
	for (size_t i = 0; i < a->nr_columns; i++) {
		const struct atlas_column *c = &a->columns[i];

		format_paragraph(out, "  ", 4, "%s: Linux %s%s%s", c->name,
				 *c->release ? c->release : "(it never said)",
				 *c->why ? "; " : "", c->why);
	}
}

static void print_whys(const struct text *t)
{
	if (t->nr_whys)
		fputs("\nSKIP and failed, why\n", t->out);
	for (size_t i = 0; i < t->nr_whys; i++) {
		char first[8];

		snprintf(first, sizeof(first), "  %c%s: ", 'a' + (int)(i % 26),
			 i < 26 ? "" : "'");
		format_paragraph(t->out, first, 5, "%.*s",
				 (int)why_length(t->whys[i]), t->whys[i]);
	}
}

/* Of each workload once; scenarios with a place of their own are in the JSON. */
static void print_places(const struct atlas *a, FILE *out)
{
	fputs("\nWhere it is in the kernel, and the discussion\n", out);
	for (size_t i = 0; i < a->nr_rows; i++) {
		const struct atlas_row *row = &a->rows[i];
		bool known = false;

		if (!*row->path || !*row->point)
			continue;
		for (size_t j = 0; j < i; j++)
			known = known ||
				(!strcmp(a->rows[j].workload, row->workload) &&
				 *a->rows[j].path);
		if (known)
			continue;
		format_paragraph(out, "- ", 2, "%s: %s%s%s", row->workload,
				 row->path, *row->source ? "; " : "",
				 row->source);
	}
}

int atlas_text(const struct atlas *a, FILE *out)
{
	struct text t = { .a = a, .out = out };
	int err = 0;

	fprintf(out, "The era matrix of %zu kernels\n", a->nr_columns);
	print_columns(a, out);
	format_paragraph(out, "", 2, "%s", atlas_limits);
	do {
		t.first = t.end;
		t.end = t.first + ATLAS_SIDE_BY_SIDE;
		if (t.end > a->nr_columns)
			t.end = a->nr_columns;
		if (a->nr_columns > ATLAS_SIDE_BY_SIDE)
			fprintf(out, "\nKernels %zu to %zu of %zu\n",
				t.first + 1, t.end, a->nr_columns);
		for (int s = 0; s < ATLAS_SECTIONS && !err; s++)
			err = print_section(&t, (enum atlas_section)s);
	} while (t.end < a->nr_columns && !err);
	fputs("\n! a mistake: the share of items that came out so; - nothing "
	      "is known\n* on those kernels that have what is needed\n",
	      out);
	print_whys(&t);
	print_places(a, out);
	return err;
}
