// SPDX-License-Identifier: GPL-2.0-only
/* The foot of the report: self-checks, facts, and what is missing and why. */
#include "array.h"
#include "format.h"
#include "out_text.h"
#include "text_counters.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_again(const struct summary_check *c, const char *what,
			FILE *out)
{
	char widest[FORMAT_BYTES], lo[FORMAT_BYTES], hi[FORMAT_BYTES];

	if (!c->nr)
		return;

	format_paragraph(out, "A/A': ", 2,
			 "%s%zu of %zu points CHANGED (no adjustment; 1 in 20 "
			 "is expected), estimates %s to %s, widest half-width "
			 "%s %%",
			 what, c->nr_changed, c->nr,
			 format_percent(c->lowest, lo),
			 format_percent(c->highest, hi),
			 format_number(100 * c->widest, widest));
}

static void print_inject(const struct summary *s, const struct summary_check *c,
			 const char *what, FILE *out)
{
	char known[FORMAT_BYTES], lo[FORMAT_BYTES], hi[FORMAT_BYTES];
	char widest[FORMAT_BYTES];
	double inject = 0;

	if (!c->nr)
		return;

	for (size_t i = 0; i < s->result->nr_runs; i++)
		inject = fmax(inject, s->result->runs[i].inject);
	format_paragraph(out, "injected ", 2,
			 "%s: %sread as %s to %s, CHANGED at %zu of %zu "
			 "points, widest half-width %s %%",
			 format_percent(log1p(inject), known), what,
			 format_percent(c->lowest, lo),
			 format_percent(c->highest, hi), c->nr_changed, c->nr,
			 format_number(100 * c->widest, widest));
}

struct totals {
	size_t blocks, kept, unconfirmed, unsteady, judged, without, launches;
	size_t held, broken, unverified;
};

static struct totals count_totals(const struct result *r)
{
	struct totals t = { 0 };

	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];

		t.blocks += p->nr_blocks;
		t.kept += p->nr_kept;
		t.unconfirmed += p->nr_unconfirmed;
		t.unsteady += p->nr_unsteady;
		t.judged += p->nr_judged_steady;
		t.without += p->nr_without_block;
		t.launches += p->nr_launches;
		for (size_t j = 0; j < p->nr_expects; j++) {
			t.held += p->expects[j].nr_held;
			t.broken += p->expects[j].nr_broken;
			t.unverified += p->expects[j].nr_unverified;
		}
	}
	return t;
}

static double percent_of(size_t part, size_t whole)
{
	return whole ? 100 * (double)part / (double)whole : 0;
}

static void print_blocks(const struct totals *t, FILE *out)
{
	format_paragraph(out, "blocks: ", 2,
			 "%zu, %.1f %% left out (switched away or not "
			 "confirmed), %.1f %% not confirmed; %zu of %zu "
			 "launches that can be judged without a steady state",
			 t->blocks, percent_of(t->blocks - t->kept, t->blocks),
			 percent_of(t->unconfirmed, t->blocks), t->unsteady,
			 t->judged);
	if (t->without)
		format_paragraph(out, "! ", 2,
				 "%zu of %zu launches had no block left and "
				 "count for nothing",
				 t->without, t->launches);
}

static void print_totals(const struct result *r, bool has_times, FILE *out)
{
	struct totals t = count_totals(r);

	if (t.blocks && has_times)
		print_blocks(&t, out);
	if (t.held + t.broken + t.unverified)
		format_paragraph(out, "expectations: ", 2,
				 "%zu held, %zu broken, %zu unverified", t.held,
				 t.broken, t.unverified);
}

/* Which expectations were broken, and how often. */
static void print_broken(const struct result *r, FILE *out)
{
	for (size_t i = 0; i < r->nr_points; i++)
		for (size_t j = 0; j < r->points[i].nr_expects; j++) {
			const struct result_expect *x =
				&r->points[i].expects[j];

			if (x->nr_broken)
				format_paragraph(out, "broken: ", 2,
						 "%s, %zu launches of %s %s",
						 x->counter, x->nr_broken,
						 r->points[i].workload,
						 r->points[i].id);
		}
}

static void print_lost_values(const struct result *r, FILE *out)
{
	for (size_t i = 0; i < r->nr_points; i++)
		for (size_t j = 0; j < r->points[i].nr_observed; j++) {
			const struct result_observed *o =
				&r->points[i].observed[j];

			if (o->lost)
				format_paragraph(out, "! ", 2,
						 "%s of %s %s: %" PRIu64
						 " single values did not fit",
						 o->metric,
						 r->points[i].workload,
						 r->points[i].id, o->lost);
		}
}

/* Why expectations could not be verified, each reason once. */
static int print_unverified(const struct result *r, FILE *out)
{
	struct result_notes notes = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < r->nr_points; i++)
		for (size_t j = 0; !err && j < r->points[i].nr_expects; j++) {
			const struct result_expect *x =
				&r->points[i].expects[j];

			if (x->nr_unverified)
				err = result_note(&notes, x->counter,
						  x->why ? x->why : "unknown");
		}
	for (size_t i = 0; i < notes.nr_notes; i++)
		format_paragraph(out, "unverified: ", 2, "%s: %s",
				 notes.notes[i].name, notes.notes[i].value);
	result_notes_finish(&notes);
	return err;
}

/* Whether it stands in the line about the point's scenario. */
static bool is_told(const struct result_point *p,
		    const struct result_note *fact)
{
	return text_tells_scenario(p) &&
	       (result_same_text(fact->name, "scenario") ||
		result_same_text(fact->name, "path"));
}

/* The notes of all points together; a note counts the points that have it. */
static int merge_notes(const struct result *r, size_t offset,
		       struct result_notes *ret_notes)
{
	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];
		const struct result_notes *notes =
			(const void *)((const char *)p + offset);

		for (size_t j = 0; j < notes->nr_notes; j++)
			if (!is_told(p, &notes->notes[j]) &&
			    result_note(ret_notes, notes->notes[j].name,
					notes->notes[j].value))
				return -ENOMEM;
	}
	return 0;
}

static int print_merged(const struct result *r, size_t offset,
			const char *first, FILE *out)
{
	struct result_notes notes = { 0 };
	int err = merge_notes(r, offset, &notes);

	for (size_t i = 0; !err && i < notes.nr_notes; i++)
		format_paragraph(out, first, 2, "%s: %s (%zu point%s)",
				 notes.notes[i].name, notes.notes[i].value,
				 notes.notes[i].count,
				 notes.notes[i].count == 1 ? "" : "s");
	if (notes.nr_left_out)
		format_paragraph(out, first, 2, "... and %zu more",
				 notes.nr_left_out);
	result_notes_finish(&notes);
	return err;
}

static int print_skips(const struct result *r, FILE *out)
{
	struct result_notes notes = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < r->nr_skips; i++)
		err = result_note(&notes, r->skips[i].workload,
				  r->skips[i].why ? r->skips[i].why
						  : "no reason given");
	for (size_t i = 0; !err && i < notes.nr_notes; i++)
		format_paragraph(out, "SKIP ", 2, "%s, %zu point%s: %s",
				 notes.notes[i].name ? notes.notes[i].name
						     : "?",
				 notes.notes[i].count,
				 notes.notes[i].count == 1 ? "" : "s",
				 notes.notes[i].value);
	result_notes_finish(&notes);
	return err;
}

static void print_lost_launches(const struct result *r, FILE *out)
{
	for (size_t i = 0; i < r->nr_points; i++) {
		const struct result_point *p = &r->points[i];

		for (size_t j = 0; j < p->reasons.nr_notes; j++) {
			const struct result_note *n = &p->reasons.notes[j];

			format_paragraph(out, "", 2, "%s: %zu of %s %s: %s",
					 n->name, n->count, p->workload, p->id,
					 n->value);
		}
	}
}

static void print_statuses(const struct result *r, FILE *out)
{
	size_t sums[RESULT_NR_STATUS] = { 0 }, empty = 0;

	for (size_t i = 0; i < r->nr_points; i++) {
		empty += !r->points[i].nr_launches;
		for (size_t j = 0; j < RESULT_NR_STATUS; j++)
			sums[j] += r->points[i].nr_status[j];
	}
	format_paragraph(out, "launches: ", 2,
			 "%zu ok, %zu invalid, %zu failed, %zu skipped, %zu "
			 "lost; none but the ok ones count",
			 sums[RESULT_OK], sums[RESULT_INVALID],
			 sums[RESULT_FAILED], sums[RESULT_SKIPPED],
			 sums[RESULT_LOST]);
	if (empty)
		format_paragraph(out, "", 2, "%zu of %zu points have none",
				 empty, r->nr_points);
	print_lost_launches(r, out);
}

static void print_legend(const struct summary *s, FILE *out)
{
	if (!s->nr_contrasts)
		return;

	format_paragraph(out, "verdicts: ", 2,
			 "CHANGED: the interval leaves zero out; CHANGED < M: "
			 "so it does, by less than %g %%; EQUIVALENT: the 90 "
			 "%% interval is within %g %%; UNDECIDED, +n: about n "
			 "more launches would tell; UNDECIDED beside an "
			 "interval without zero: not once adjusted for the "
			 "number of contrasts",
			 100 * s->m, 100 * s->m);
}

int text_tail(const struct summary *s, bool verbose, FILE *out)
{
	const struct result *r = s->result;
	bool has_times = !result_mode_is(result_mode(r), "func");
	int err;

	(void)verbose;
	fputs("\n== checks ==\n", out);
	if (has_times) {
		print_again(&s->again, "", out);
		print_again(&s->again_by_cpu, "in CPU time ", out);
		print_inject(s, &s->inject, "", out);
		print_inject(s, &s->inject_by_cpu, "in CPU time ", out);
	}
	print_totals(r, has_times, out);
	print_statuses(r, out);
	print_broken(r, out);
	print_lost_values(r, out);
	text_missing(r, out);
	err = print_unverified(r, out);
	if (!err)
		err = print_merged(r, offsetof(struct result_point, facts),
				   "fact ", out);
	if (!err)
		err = print_merged(r, offsetof(struct result_point, left_out),
				   "arm left out: ", out);
	if (!err)
		err = print_skips(r, out);
	if (has_times)
		print_legend(s, out);
	return err;
}
