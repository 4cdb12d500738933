// SPDX-License-Identifier: GPL-2.0-only
/* Functions and what they did on both sides, in 72 columns. */
#include "explain.h"
#include "format.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	NAME_COLUMNS = 38
};

/* Two decimals, or fewer where there is no room for them. */
static void print_number(double v, bool sign, FILE *out)
{
	int decimals = fabs(v) < 1e6 ? 2 : 0;

	if (isnan(v))
		fprintf(out, " %10s", "-");
	else if (sign)
		fprintf(out, " %+11.*f", decimals, v);
	else
		fprintf(out, " %10.*f", decimals, v);
}

static void print_name(const char *name, FILE *out)
{
	if (strlen(name) > NAME_COLUMNS)
		fprintf(out, "%.*s..", NAME_COLUMNS - 2, name);
	else
		fprintf(out, "%-*s", NAME_COLUMNS, name);
}

static void print_row(const char *name, double a, double b, FILE *out)
{
	print_name(name, out);
	print_number(a, false, out);
	print_number(b, false, out);
	/* A change that rounds to nothing has no sign. */
	print_number(fabs(b - a) < EXPLAIN_LEAST ? 0 : b - a, true, out);
	fputc('\n', out);
}

static void print_side(const char *letter, const struct explain_side *s,
		       double ops, FILE *out)
{
	fprintf(out, "  %s  %.24s (%.40s), %" PRIu64 " op%s a batch\n", letter,
		s->label, s->launch.kernel ? s->launch.kernel : "?",
		(uint64_t)ops, ops > 1 ? "s" : "");
}

static void print_head(const struct explain *x, FILE *out)
{
	fprintf(out, "%.40s, arm %.24s\n",
		x->a->launch.workload ? x->a->launch.workload : "?", x->arm);
	print_side(x->b ? "A" : " ", x->a, x->ops_a, out);
	if (x->b)
		print_side("B", x->b, x->ops_b, out);
	fprintf(out, "  insn mode: instructions an op, %s of %zu batches",
		x->counted ? "mean" : "median", x->nr_pairs);
	if (x->nr_left_out)
		fprintf(out, "\n  (%zu more left out: an interrupt came)",
			x->nr_left_out);
	fputs("\n\n", out);
}

/* In @more_*: the changes that are not in the table. */
static void print_changes(const struct explain *x, size_t nr, FILE *out)
{
	double more_a = 0, more_b = 0;
	char text[64];
	size_t left = 0;

	for (size_t i = 0; i < x->nr; i++) {
		const struct functions_change *c = &x->changes[i];

		if (i < nr) {
			if (i == x->nr_steady && i < x->nr_changed)
				fputs("in few batches only:\n", out);
			print_row(c->name, c->a, c->b, out);
		} else if (i < x->nr_changed) {
			more_a += c->a;
			more_b += c->b;
			left++;
		}
	}
	if (left) {
		snprintf(text, sizeof(text), "%zu more that changed", left);
		print_row(text, more_a, more_b, out);
	}
	if (nr < x->nr && x->nr_changed < x->nr) {
		snprintf(text, sizeof(text), "%zu that did not change",
			 x->nr - x->nr_changed);
		print_row(text, x->rest_a, x->rest_b, out);
	}
}

static void print_comparison(const struct explain *x, bool all, FILE *out)
{
	size_t nr = x->nr_changed < EXPLAIN_ROWS ? x->nr_changed : EXPLAIN_ROWS;

	fprintf(out, "%-*s %10s %10s %11s\n", NAME_COLUMNS, "", "A", "B",
		"B - A");
	print_row("by the guest's clock", x->clock_a, x->clock_b, out);
	if (!x->counted)
		return;

	print_changes(x, all ? x->nr : nr, out);
	print_name("all functions", out);
	print_number(x->sum_a, false, out);
	print_number(x->sum_b, false, out);
	print_number(x->sum_b - x->sum_a, true, out);
	fputc('\n', out);
	print_row("residual: clock less functions", x->clock_a - x->sum_a,
		  x->clock_b - x->sum_b, out);
	if (!x->nr_changed)
		fputs("\nNo function changed.\n", out);
	else if (!x->nr_steady)
		fputs("\nNo function changed in most batches.\n", out);
}

static void print_profile_row(const char *name, double v, double share,
			      double sum, FILE *out)
{
	print_name(name, out);
	print_number(v, false, out);
	fprintf(out, " %9.1f%% %10.1f%%\n", 100 * share, 100 * sum);
}

static void print_profile(const struct explain *x, bool all, FILE *out)
{
	size_t nr = all || x->nr < EXPLAIN_ROWS ? x->nr : EXPLAIN_ROWS;
	double sum = 0;

	fprintf(out, "%-*s %10s %10s %11s\n", NAME_COLUMNS, "", "an op",
		"share", "up to here");
	for (size_t i = 0; i < nr; i++) {
		double v = x->changes[i].a;

		sum += v;
		print_profile_row(x->changes[i].name, v, v / x->sum_a,
				  sum / x->sum_a, out);
	}
	if (nr < x->nr) {
		char text[64];

		snprintf(text, sizeof(text), "%zu more", x->nr - nr);
		print_profile_row(text, x->sum_a - sum,
				  (x->sum_a - sum) / x->sum_a, 1, out);
	}
	print_name("all functions", out);
	print_number(x->sum_a, false, out);
	fputc('\n', out);
	print_name("by the guest's clock", out);
	print_number(x->clock_a, false, out);
	fputc('\n', out);
}

static void print_missing(const struct explain_side *s, FILE *out)
{
	if (s && s->why)
		format_paragraph(out, "  ", 2,
				 "%s: instructions were not counted by "
				 "function: %s",
				 s->label, s->why);
}

void text_explain(const struct explain *x, bool all, FILE *out)
{
	print_head(x, out);
	if (x->b)
		print_comparison(x, all, out);
	else if (x->counted)
		print_profile(x, all, out);
	else
		fprintf(out, "  by the guest's clock: %.2f\n", x->clock_a);
	if (x->counted)
		return;
	fputc('\n', out);
	print_missing(x->a, out);
	print_missing(x->b, out);
}

void text_explain_notes(const struct explain *x, FILE *out)
{
	format_paragraph(
		out, "", 0,
		"Instructions are path length, not time: what a cache or TLB "
		"miss, an IPI or a locked access costs does not show, and each "
		"turn of a `rep` instruction counts as one.");
	if (!x->counted)
		return;
	format_paragraph(
		out, "", 0,
		"A function that the compiler put into its callers counts as "
		"them; where it did so on one side only, one function vanishes "
		"and another grows. Parts like .cold and .isra.0 count as "
		"their function.");
	format_paragraph(
		out, "", 0,
		"What differs in few batches may be a list that ran empty at "
		"another time, and no change of the code.");
	format_paragraph(
		out, "", 0,
		"The residual is what the clock saw and no function has: blocks "
		"that a fault left before their end are counted whole, and the "
		"marks and the reading of the clock lie at the edges.");
}
