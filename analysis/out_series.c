// SPDX-License-Identifier: GPL-2.0-only
/* What each commit of a series costs. */
#include "format.h"
#include "out_exact.h"
#include "series.h"
#include "table.h"

#include <math.h>

enum {
	HASH_DIGITS = 12,
	MOST_ROWS = 12,
	SUBJECT_WIDTH = 31
};

/* Numbers that differ, most first; NULL where nothing does. */
static const struct exact_row *most_of(const struct series_step *step,
				       size_t *ret_nr)
{
	const struct exact_row *rows[1];

	*ret_nr = exact_count(step->against, 1, EXACT_DIFFERS);
	return exact_largest(step->against, 1, 1, rows) ? rows[0] : NULL;
}

static void add_numbers(struct table *t, const struct series_step *step)
{
	const struct exact_row *most;
	char more[FORMAT_BYTES], part[FORMAT_BYTES];
	size_t nr;

	most = most_of(step, &nr);
	table_cell(t, "%zu", nr);
	table_cell(t, "%s",
		   most ? exact_number(most->cells[1].more, more) : "");
	table_cell(t, "%s",
		   most ? exact_percent(exact_share(most, 1), part) : "");
}

static void add_step(struct table *t, const struct series_step *step)
{
	table_cell(t, "%.*s", HASH_DIGITS, step->hash);
	if (step->against) {
		add_numbers(t, step);
	} else {
		static const char *const words[] = {
			[SERIES_COUNTED] = "",
			[SERIES_SAME_IMAGE] = "same",
			[SERIES_NOT_BUILT] = "!built",
			[SERIES_NOT_RUN] = "!run",
		};

		table_cell(t, "%s", words[step->state]);
		table_cell(t, "%s", "");
		table_cell(t, "%s", "");
	}
	table_cell(t, "%.*s", SUBJECT_WIDTH, step->subject);
}

static int print_table(const struct series *s, FILE *out)
{
	struct table t = { .nr_columns = 5, .right = 14 };

	table_cell(&t, "commit");
	table_cell(&t, "differ");
	table_cell(&t, "the most");
	table_cell(&t, "%%");
	table_cell(&t, "%s", "");
	for (size_t i = 0; i < s->nr; i++)
		add_step(&t, &s->steps[i]);
	if (s->whole.against) {
		table_cell(&t, "all of it");
		add_numbers(&t, &s->whole);
		table_cell(&t, "%s", "the last against the first");
	}
	return table_print(&t, out);
}

static void print_rows(const struct series_step *step, FILE *out)
{
	const struct exact *x = step->against;
	const struct exact_row *rows[MOST_ROWS];
	size_t all = exact_count(x, 1, EXACT_DIFFERS);
	size_t nr = exact_largest(x, 1, MOST_ROWS, rows);

	for (size_t i = 0; i < nr; i++)
		exact_print_row(x, rows[i], 1, &step->groups, out);
	if (all > nr)
		fprintf(out, "    and %zu more\n", all - nr);
}

static void print_step(const struct series_step *step, FILE *out)
{
	const struct exact *x = step->against;
	size_t missing;

	if (step->why)
		format_paragraph(out, "  ! ", 4, "%.*s is left out: %s",
				 HASH_DIGITS, step->hash, step->why);
	if (!x)
		return;
	missing = exact_count(x, 1, EXACT_MISSING) +
		  exact_count(x, 1, EXACT_UNLIKE);
	if (!exact_count(x, 1, EXACT_DIFFERS) && !missing)
		return;
	format_paragraph(out, "", 2, "%.*s %s", HASH_DIGITS, step->hash,
			 step->subject);
	print_rows(step, out);
	if (missing)
		format_paragraph(out, "  ! ", 4,
				 "%zu numbers of the one before are missing",
				 missing);
}

/* What is the same everywhere, and what was not seen to differ. */
static void print_whole(const struct series *s, FILE *out)
{
	const struct exact *x = s->whole.against;

	format_paragraph(out, "", 2,
			 "All of it, the last against the first: of %zu "
			 "numbers %zu are identical, %zu cannot be told apart, "
			 "%zu differ.",
			 x->nr_rows, exact_count(x, 1, EXACT_IDENTICAL),
			 exact_count(x, 1, EXACT_WITHIN),
			 exact_count(x, 1, EXACT_DIFFERS));
	print_rows(&s->whole, out);
}

static const struct series_step *first_counted(const struct series *s)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->steps[i].result)
			return &s->steps[i];
	return NULL;
}

static void print_base(const struct series *s, FILE *out)
{
	const struct series_step *first = first_counted(s);
	const struct exact base = {
		.sides = (const struct result *const[]){ first->result },
		.nr_sides = 1
	};
	const char *emulator = first->result->runs[0].guest.emulator;

	format_paragraph(out, "", 2,
			 "Each commit against the one before it, insn mode, "
			 "one CPU, %s: numbers that differ, and the most that "
			 "one rose or fell, in instructions an op and in per "
			 "cent. `same`: the image is the same, byte by byte.",
			 emulator ? emulator : "QEMU");
	exact_print_proof(&base, out);
}

static size_t nr_merges(const struct series *s)
{
	size_t nr = 0;

	for (size_t i = 1; i < s->nr; i++)
		nr += s->steps[i].merge;
	return nr;
}

int out_series(const struct series *s, FILE *out)
{
	int err;

	if (!first_counted(s))
		return 0;
	print_base(s, out);
	if (nr_merges(s))
		format_paragraph(out, "! ", 2,
				 "%zu of the commits are merges: each is one "
				 "step, with all that it brought in.",
				 nr_merges(s));
	if (s->cut_short)
		format_paragraph(out, "! ", 2,
				 "INCOMPLETE: it was interrupted, and commits "
				 "are missing at the end.");
	fputc('\n', out);
	err = print_table(s, out);
	fputc('\n', out);
	for (size_t i = 0; i < s->nr; i++)
		print_step(&s->steps[i], out);
	if (s->whole.against)
		print_whole(s, out);
	fputc('\n', out);
	exact_print_caveat(out);
	return err;
}
