// SPDX-License-Identifier: GPL-2.0-only
/* Trials: the share of items that went as expected, and the mistakes. */
#include "format.h"
#include "out_text.h"
#include "rows.h"
#include "table.h"
#include "trials.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum {
	LABEL_ROOM = 22,
	ARM_ROOM = 16,
	MAX_COLUMNS = RESULT_MAX_OUTCOMES + 1
};

struct block {
	struct group *group;
	struct rows rows;
	struct trials_arms arms;
	struct trials_mistakes mistakes;
	size_t first, end, nr; /* of the mistakes; behind them are others */
	size_t widths[MAX_COLUMNS]; /* of theirs */
	size_t width;		    /* of what stands before them */
	size_t exposed;		    /* of that column alone */
	bool by_arm;		    /* rows of more than one */
	bool by_exposure;	    /* a column of them */
	bool has_few;		    /* a share without an interval */
	bool has_blind;
	double least, most; /* trials at a place */
	FILE *out;
};

static const struct result_trials *shown_trials(const struct block *b,
						const struct summary_point *p,
						size_t arm)
{
	return trials_to_show(&b->arms, p->point, arm);
}

static const char *mistake_name(const struct block *b, size_t at)
{
	return at < b->mistakes.nr ? b->mistakes.names[at] : "other";
}

static const char *rate_cell(const struct trials_rate *rate,
			     char buf[FORMAT_BYTES])
{
	return rate->blind ? "blind" : format_share_ci(&rate->share.ci, buf);
}

static void widen(size_t *width, size_t len)
{
	*width = len > *width ? len : *width;
}

static int look_at(struct block *b, const struct summary_point *p, size_t arm)
{
	const struct result_trials *t = shown_trials(b, p, arm);
	struct trials_shares s;
	char buf[FORMAT_BYTES];
	int err = trials_describe(p->point, t, &b->mistakes, &s);

	if (err)
		return err == -ERANGE ? 0 : err;
	b->least = fmin(b->least, trials_count(t));
	b->most = fmax(b->most, trials_count(t));
	widen(&b->width, (size_t)snprintf(NULL, 0, "%.0f", s.expected.items));
	widen(&b->exposed, (size_t)snprintf(NULL, 0, "%.0f", s.exposed));
	for (size_t i = 0; i < b->nr; i++)
		widen(&b->widths[i], strlen(rate_cell(&s.mistake[i], buf)));
	return 0;
}

/* What there is to print and how wide it will be. */
static int look(struct block *b)
{
	int err = 0;

	b->least = INFINITY;
	b->width = sizeof("items") - 1;
	b->exposed = sizeof("exposed") - 1;
	for (size_t i = 0; i < b->nr; i++)
		b->widths[i] = strnlen(mistake_name(b, i), ARM_ROOM);
	for (size_t i = 0; i < b->group->nr_points; i++) {
		const struct summary_point *p = b->group->points[i];

		for (size_t a = 0; !err && a < p->point->nr_arms; a++)
			if (shown_trials(b, p, a))
				err = look_at(b, p, a);
	}
	b->width += sizeof("  expected") - 1 + (b->by_arm ? ARM_ROOM + 1 : 0) +
		    (b->by_exposure ? b->exposed + 1 : 0);
	return err;
}

/* As many mistakes as fit beside each other, one at least. */
static void next_table(struct block *b)
{
	size_t width = b->width + 2;

	b->first = b->end;
	while (b->end < b->nr &&
	       b->end - b->first <
		       TABLE_MAX_COLUMNS - 3U - b->by_arm - b->by_exposure &&
	       (b->end == b->first ||
		width + b->widths[b->end] + 1 <= FORMAT_COLUMNS))
		width += b->widths[b->end++] + 1;
}

static void heading(const struct block *b, struct table *t)
{
	char label[ROWS_LABEL_BYTES];

	t->nr_columns = 3 + b->by_arm + b->by_exposure + (b->end - b->first);
	t->right = (b->by_exposure ? 7U : 3U) << (1 + b->by_arm);
	table_cell(t, "%s", rows_heading(&b->rows, label));
	if (b->by_arm)
		table_cell(t, "arm");
	table_cell(t, "items");
	table_cell(t, "expected");
	if (b->by_exposure)
		table_cell(t, "exposed");
	for (size_t i = b->first; i < b->end; i++)
		table_cell(t, "%.*s", ARM_ROOM, mistake_name(b, i));
}

static int row(struct block *b, struct table *t, const struct summary_point *p,
	       size_t arm, bool first)
{
	const struct result_trials *trials = shown_trials(b, p, arm);
	char label[ROWS_LABEL_BYTES], buf[FORMAT_BYTES];
	struct trials_shares s;
	int err = trials_describe(p->point, trials, &b->mistakes, &s);

	if (err)
		return err == -ERANGE ? 0 : err;

	table_cell(t, "%s", first ? rows_label(&b->rows, p, label) : "");
	if (b->by_arm)
		table_cell(t, "%.*s", ARM_ROOM, p->point->arms[arm].name);
	table_cell(t, "%.0f", s.expected.items);
	table_cell(t, "%s", format_share(s.expected.ci.estimate, buf));
	if (b->by_exposure && p->point->exposure)
		table_cell(t, "%.0f", s.exposed);
	else if (b->by_exposure)
		table_cell(t, "-");
	for (size_t i = b->first; i < b->end; i++) {
		const struct trials_rate *rate = &s.mistake[i];

		b->has_blind = b->has_blind || rate->blind;
		b->has_few = b->has_few ||
			     (!rate->blind && !isfinite(rate->share.ci.lo));
		table_cell(t, "%s", rate_cell(rate, buf));
	}
	return 0;
}

static int print_table(struct block *b)
{
	const struct group *g = b->group;
	struct table t = { 0 };
	char section[ROWS_SECTION_BYTES];
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_points; i++) {
		bool begins = rows_section(&b->rows, g, i, section,
					   sizeof(section));
		bool first = true;

		if (i == 0 || begins) {
			err = i ? table_print(&t, b->out) : 0;
			if (begins)
				format_paragraph(b->out, "", 2, "%s", section);
			heading(b, &t);
		}
		for (size_t a = 0; !err && a < g->points[i]->point->nr_arms;
		     a++) {
			if (!shown_trials(b, g->points[i], a))
				continue;
			err = row(b, &t, g->points[i], a, first);
			first = false;
		}
	}
	if (err)
		t.failed = true;
	return table_print(&t, b->out) ? -ENOMEM : err;
}

static void print_method(const struct block *b, FILE *out)
{
	char trials[96] = "";

	if (b->least > 0 && b->least < b->most)
		snprintf(trials, sizeof(trials), "%.0f to %.0f trials each; ",
			 b->least, b->most);
	else if (b->least > 0 && isfinite(b->least))
		snprintf(trials, sizeof(trials), "%.0f trials each; ",
			 b->least);
	fputc('\n', out);
	format_paragraph(out, "Trials: ", 2,
			 "%sshares of items in %% with 95 %% intervals over "
			 "launches, 0 [<17] for one from 0 to 17; where all "
			 "are alike, a trial counts for one item",
			 trials);
}

/* The words of the first point that has some. */
static const char *exposure_of(const struct group *g)
{
	for (size_t i = 0; i < g->nr_points; i++)
		if (g->points[i]->point->exposure)
			return g->points[i]->point->exposure;
	return NULL;
}

static void print_exposure(const struct group *g, FILE *out)
{
	const char *words = exposure_of(g);

	if (words)
		format_paragraph(out, "exposed: ", 2,
				 "%s; mistakes are in %% of them, and where "
				 "none was made each counts for one",
				 words);
}

static void print_blind(FILE *out)
{
	format_paragraph(out, "blind: ", 2,
			 "none was seen, and that says nothing: none that was "
			 "planted at the point was found, not all of them "
			 "were, or nothing was exposed");
}

/* What the mistakes are, in the words of the workload. */
static void print_words(const struct block *b, FILE *out)
{
	const struct group *g = b->group;

	for (size_t i = 0; i < b->mistakes.nr; i++)
		for (size_t j = 0; j < g->nr_points; j++) {
			const struct result_point *p = g->points[j]->point;
			long at = result_find_word(p->outcomes, p->nr_outcomes,
						   b->mistakes.names[i]);

			if (at < 0)
				continue;
			if (*p->outcomes[at].words)
				format_paragraph(out, "- ", 2, "%s: %s",
						 p->outcomes[at].name,
						 p->outcomes[at].words);
			break;
		}
	if (b->mistakes.other)
		format_paragraph(out, "- ", 2,
				 "other: neither as expected nor a mistake "
				 "that has a name");
}

/* The one arm whose rows are shown, if there are others; NULL otherwise. */
static const char *only_arm(const struct trials_arms *arms)
{
	for (size_t i = 0; i < arms->nr; i++)
		if (!arms->arms[i].quiet && arms->nr_loud == 1 && arms->nr > 1)
			return arms->arms[i].name;
	return NULL;
}

static int print_quiet(const struct block *b, FILE *out)
{
	const struct trials_arms *arms = &b->arms;
	int err = 0;

	for (size_t i = 0; !err && i < arms->nr; i++) {
		char blind[48] = "";
		size_t nr_blind;

		if (!arms->arms[i].quiet || !arms->nr_loud)
			continue;
		err = trials_count_blind(b->group, &b->mistakes,
					 arms->arms[i].name, &nr_blind);
		if (!err && nr_blind)
			snprintf(blind, sizeof(blind), ", blind at %zu",
				 nr_blind);
		if (!err)
			format_paragraph(
				out, "- ", 2,
				"arm %.40s: all of %.0f items as "
				"expected, at %zu point%s%s",
				arms->arms[i].name, arms->arms[i].items,
				arms->arms[i].nr_points,
				arms->arms[i].nr_points == 1 ? "" : "s", blind);
	}
	return err;
}

int text_trials(struct group *g, FILE *out)
{
	struct block b = { .group = g, .out = out };
	const char *only;
	int err;

	rows_init(&b.rows, g, LABEL_ROOM);
	trials_find_arms(g, &b.arms);
	b.by_arm = b.arms.nr_loud ? b.arms.nr_loud > 1 : b.arms.nr > 1;
	only = only_arm(&b.arms);
	b.by_exposure = exposure_of(g);
	b.mistakes = trials_find_mistakes(g);
	b.nr = b.mistakes.nr + b.mistakes.other;
	err = look(&b);
	print_method(&b, out);
	print_exposure(g, out);
	if (only)
		format_paragraph(out, "", 2, "Arm %.40s", only);
	do {
		next_table(&b);
		if (b.first)
			fputc('\n', out);
		err = err ? err : print_table(&b);
	} while (!err && b.end < b.nr);
	if (b.has_few)
		format_paragraph(out, "? ", 2, "one launch: no interval");
	if (b.has_blind)
		print_blind(out);
	text_planted(g, out);
	if (!err)
		err = print_quiet(&b, out);
	print_words(&b, out);
	text_scenarios(g, out);
	return err;
}
