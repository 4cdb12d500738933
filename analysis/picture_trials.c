// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of the items of trials: a bar a point and arm, what was expected
 * on the left, mistakes on the right; beside it what single items took.
 */
#include "picture.h"
#include "trials.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ROWS = 60,
	MAX_AXES = 16,
	HEAD_PIXELS = 148, /* title, keys and axes */
	ROW_PIXELS = 21,
	LEAST_ROWS = 5,
	MAX_DOTS = 4 /* metrics; more colours would be those of the bars */
};

/* A bar: an arm at a point. */
struct bar {
	const struct summary_point *point;
	const struct result_trials *trials;
	bool blind[RESULT_MAX_OUTCOMES]; /* by mistake */
};

struct drawing {
	const struct group *group;
	struct trials_mistakes mistakes;
	struct trials_arms arms;
	struct bar bars[MAX_ROWS];
	size_t nr_bars, nr_left_out, nr_as_expected;
	bool by_arm;
	struct picture *pic;
	struct picture_panel *panel;
};

static void sort_group(struct group *g)
{
	const struct group_axis *axes[MAX_AXES];
	size_t nr = 0;

	for (size_t i = 0; i < g->nr_axes && nr < MAX_AXES; i++)
		if (g->axes[i].nr_values > 1)
			axes[nr++] = &g->axes[i];
	group_sort(g, axes, nr);
}

static double items_of(const struct result_trials *t)
{
	double sum = 0;

	for (size_t i = 0; i < t->nr_launches; i++)
		sum += t->launches[i].items;
	return sum;
}

static bool is_as_expected(const struct result_trials *t)
{
	for (size_t i = 0; i < t->nr_launches; i++)
		if (t->launches[i].as_expected < t->launches[i].items)
			return false;
	return true;
}

static void add_bar(struct drawing *d, const struct summary_point *p,
		    const struct result_trials *t, bool only_others)
{
	if (only_others && is_as_expected(t))
		d->nr_as_expected++;
	else if (d->nr_bars == MAX_ROWS)
		d->nr_left_out++;
	else
		d->bars[d->nr_bars++] = (struct bar){ .point = p, .trials = t };
}

static void add_bars(struct drawing *d, bool only_others)
{
	d->nr_bars = d->nr_left_out = 0;
	for (size_t i = 0; i < d->group->nr_points; i++) {
		const struct summary_point *p = d->group->points[i];

		for (size_t a = 0; a < p->point->nr_arms; a++) {
			const struct result_trials *t = trials_to_show(
				&d->arms, p->point, a);

			if (t)
				add_bar(d, p, t, only_others);
		}
	}
}

/* Where they are too many, those that went as expected are not drawn. */
static void find_bars(struct drawing *d)
{
	const struct trials_arms *arms = &d->arms;

	trials_find_arms(d->group, &d->arms);
	d->by_arm = arms->nr_loud ? arms->nr_loud > 1 : arms->nr > 1;
	add_bars(d, false);
	if (d->nr_left_out && arms->nr_loud)
		add_bars(d, true);
}

static int find_blind(struct drawing *d)
{
	for (size_t i = 0; i < d->nr_bars; i++) {
		struct bar *bar = &d->bars[i];
		struct trials_shares s;
		int err = trials_describe(bar->point->point, bar->trials,
					  &d->mistakes, &s);

		if (err == -ERANGE)
			continue;
		if (err)
			return err;
		for (size_t j = 0; j < d->mistakes.nr; j++)
			bar->blind[j] = s.mistake[j].blind;
	}
	return 0;
}

static int name_bars(const struct drawing *d, struct picture_panel *panel)
{
	panel->names = calloc(d->nr_bars + 1, sizeof(*panel->names));
	if (!panel->names)
		return -ENOMEM;

	for (size_t i = 0; i < d->nr_bars; i++) {
		const struct bar *bar = &d->bars[i];
		const char *arm =
			bar->point->point->arms[bar->trials->arm].name;
		char *name = panel->names[i];
		size_t len;

		group_values(d->group, bar->point, NULL, name,
			     PICTURE_TEXT_BYTES / 2);
		len = strlen(name);
		if (!len || d->by_arm)
			snprintf(name + len, PICTURE_TEXT_BYTES - len,
				 "%s%.40s", len ? ", " : "", arm);
	}
	panel->nr_categories = d->nr_bars;
	return 0;
}

/* Items of a bar with an outcome, those that expected it or the others. */
static double count(const struct bar *bar, const char *outcome, bool expected)
{
	const struct result_point *p = bar->point->point;
	long at = result_find_word(p->outcomes, p->nr_outcomes, outcome);
	double as_due;

	if (at < 0)
		return 0;
	as_due = result_as_due(p, bar->trials, (size_t)at);
	return expected ? as_due
			: result_seen(p, bar->trials, (size_t)at) - as_due;
}

struct part {
	const char *title;
	enum picture_part part;
	size_t colour;
};

/* Puts a part of each bar to the right of what is there; @ends by bar. */
static int add_part(const struct drawing *d, const struct part *part,
		    const double *items, double *ends)
{
	struct picture_series *s;
	double sum = 0;
	int err = 0;

	for (size_t i = 0; i < d->nr_bars; i++)
		sum += items[i];
	s = sum > 0 ? picture_series(d->panel, part->title) : NULL;
	if (s) {
		s->part = part->part;
		s->colour = (unsigned)part->colour;
	}
	for (size_t i = 0; i < d->nr_bars; i++) {
		double share = items[i] / items_of(d->bars[i].trials);

		if (s && share > 0 && !err)
			err = picture_row(s, (struct picture_row){
						     .x = (double)i,
						     .y = share,
						     .lo = ends[i],
						     .hi = ends[i] + share });
		ends[i] += share;
	}
	return err;
}

/* What came as expected, outcome by outcome. */
static int add_expected(const struct drawing *d, double *ends)
{
	const struct result_point *p = trials_most_outcomes(d->group);
	double items[MAX_ROWS];
	int err = 0;

	for (size_t i = 0; !err && i < p->nr_outcomes; i++) {
		const struct part part = { p->outcomes[i].name,
					   PICTURE_EXPECTED, i };

		for (size_t j = 0; j < d->nr_bars; j++)
			items[j] = count(&d->bars[j], part.title, true);
		err = add_part(d, &part, items, ends);
	}
	return err;
}

/* "never: a, b", to what the note says already. */
static void note(struct picture *pic, const char *what, const char *name)
{
	size_t len = strlen(pic->note);
	bool begun = strstr(pic->note, what);

	snprintf(pic->note + len, sizeof(pic->note) - len, "%s%s%.40s",
		 !len	 ? ""
		 : begun ? ", "
			 : "; ",
		 begun ? "" : what, name);
}

static int note_quiet(const struct drawing *d)
{
	int err = 0;

	for (size_t i = 0; !err && i < d->arms.nr; i++) {
		const char *arm = d->arms.arms[i].name;
		size_t nr_blind;

		if (!d->arms.arms[i].quiet || !d->arms.nr_loud)
			continue;
		err = trials_count_blind(d->group, &d->mistakes, arm,
					 &nr_blind);
		if (!err)
			note(d->pic,
			     nr_blind ? "all as expected, not all seen in arm "
				      : "all as expected in arm ",
			     arm);
	}
	return err;
}

/* A mistake that was made nowhere, or was it not seen? */
static void note_undrawn(const struct drawing *d)
{
	char nr[32];

	if (!d->nr_as_expected)
		return;
	snprintf(nr, sizeof(nr), "%zu", d->nr_as_expected);
	note(d->pic, "not drawn, as all went as expected: ", nr);
}

static void note_absent(const struct drawing *d, size_t mistake)
{
	size_t nr_blind = 0;

	for (size_t i = 0; i < d->nr_bars; i++)
		nr_blind += d->bars[i].blind[mistake];
	note(d->pic,
	     !nr_blind		     ? "never: "
	     : nr_blind < d->nr_bars ? "never, where not blind: "
				     : "blind: ",
	     d->mistakes.names[mistake]);
}

static int add_mistakes(const struct drawing *d, double *ends)
{
	double items[MAX_ROWS];
	int err = 0;

	for (size_t i = 0; !err && i < d->mistakes.nr; i++) {
		const struct part part = { d->mistakes.names[i],
					   PICTURE_MISTAKE, i };
		double sum = 0;

		for (size_t j = 0; j < d->nr_bars; j++) {
			items[j] = count(&d->bars[j], part.title, false);
			sum += items[j];
		}
		if (sum <= 0)
			note_absent(d, i);
		err = add_part(d, &part, items, ends);
	}
	return err;
}

/* Items that are neither, to the end of the bar. */
static int add_others(const struct drawing *d, double *ends)
{
	const struct part part = { "otherwise", PICTURE_MISTAKE,
				   d->mistakes.nr };
	double items[MAX_ROWS] = { 0 };

	for (size_t i = 0; d->mistakes.other && i < d->nr_bars; i++) {
		double all = items_of(d->bars[i].trials);

		items[i] = nearbyint((1 - ends[i]) * all);
	}
	return add_part(d, &part, items, ends);
}

/* Hatches on bars where a mistake would not have been seen. */
static int add_blind(const struct drawing *d)
{
	int err = 0;

	for (size_t i = 0; !err && i < d->nr_bars; i++) {
		struct picture_series *s;
		bool blind = false;

		for (size_t j = 0; j < d->mistakes.nr; j++)
			blind = blind || d->bars[i].blind[j];
		s = blind ? picture_series(d->panel, "blind") : NULL;
		if (!s)
			continue;
		s->part = PICTURE_BLIND;
		err = picture_row(s, (struct picture_row){
					     .x = (double)i, .y = 1, .hi = 1 });
	}
	return err;
}

/* The interval of what came as expected, where its part of the bar ends. */
static int add_intervals(const struct drawing *d)
{
	struct picture_series *s = NULL;
	int err = 0;

	for (size_t i = 0; !err && i < d->nr_bars; i++) {
		struct stats_share share;

		err = trials_share(
			d->bars[i].trials,
			offsetof(struct result_verdicts, items),
			offsetof(struct result_verdicts, as_expected), &share);
		if (err || !isfinite(share.ci.lo))
			continue;
		s = picture_series(d->panel, "95 % interval");
		if (!s)
			return 0;
		s->part = PICTURE_INTERVAL;
		err = picture_row(s,
				  (struct picture_row){ .x = (double)i,
							.y = share.ci.estimate,
							.lo = share.ci.lo,
							.hi = share.ci.hi });
	}
	return err == -ERANGE ? 0 : err;
}

static int add_shares(struct drawing *d)
{
	double ends[MAX_ROWS] = { 0 };
	int err;

	d->panel = picture_add_panel(d->pic, PICTURE_SHARES);
	snprintf(d->panel->x_label, sizeof(d->panel->x_label),
		 "share of items, %%");
	err = find_blind(d);
	if (!err)
		err = name_bars(d, d->panel);
	if (!err)
		err = add_expected(d, ends);
	if (!err)
		err = add_mistakes(d, ends);
	if (!err)
		err = add_others(d, ends);
	if (!err)
		err = add_blind(d);
	if (!err)
		err = note_quiet(d);
	note_undrawn(d);
	return err ? err : add_intervals(d);
}

static int add_dots(const struct drawing *d, struct picture_panel *panel,
		    const struct result_metric *m)
{
	int err = 0;

	for (size_t i = 0; !err && i < d->nr_bars; i++) {
		const struct summary_point *p = d->bars[i].point;

		for (size_t j = 0; !err && j < p->point->nr_observed; j++) {
			const struct summary_observed *o = &p->observed[j];
			struct picture_series *s;

			if (o->observed->arm != d->bars[i].trials->arm ||
			    strcmp(o->observed->metric, m->name) != 0 ||
			    !o->median.n)
				continue;
			s = picture_series(panel, m->name);
			err = s ? picture_row(s, picture_level((double)i,
							       &o->median))
				: 0;
		}
	}
	return err;
}

/* Medians of what is a time, in the same rows. */
static int add_times(struct drawing *d)
{
	const struct result_point *p = group_richest(d->group);
	struct picture_panel *panel = picture_add_panel(d->pic, PICTURE_DOTS);
	size_t nr = 0;
	int err = name_bars(d, panel);

	panel->time = true;
	panel->column = 1;
	snprintf(panel->x_label, sizeof(panel->x_label), "median of an item");
	for (size_t i = 1; !err && i < p->nr_metrics && nr < MAX_DOTS; i++) {
		const struct result_metric *m = &p->metrics[i];

		if (!m->unit || strcmp(m->unit, "ns") != 0)
			continue;
		err = add_dots(d, panel, m);
		nr++;
	}
	if (!panel->nr_series) {
		free(panel->names);
		panel->names = NULL;
		d->pic->nr_panels--;
	}
	return err;
}

static int draw(struct drawing *d, struct pictures *p)
{
	const struct group *g = d->group;
	size_t rows = d->nr_bars > LEAST_ROWS ? d->nr_bars : LEAST_ROWS;
	int err;

	d->pic = picture_add(p, "trials", g);
	if (!d->pic)
		return -ENOMEM;

	snprintf(d->pic->title, sizeof(d->pic->title),
		 "%.60s%s%.30s: %.60s, and what came otherwise", g->workload,
		 g->what ? " " : "", g->what ? g->what : "",
		 g->points[0]->point->metrics[0].name);
	d->pic->height = HEAD_PIXELS + ROW_PIXELS * (unsigned)rows;
	d->pic->nr_rows = 1;
	err = add_shares(d);
	if (!err)
		err = add_times(d);
	d->pic->nr_columns = (unsigned)d->pic->nr_panels;
	if (!err && d->nr_left_out) {
		char text[2 * PICTURE_TEXT_BYTES];

		snprintf(text, sizeof(text),
			 "%s: the first %d bars, %zu more are in the table",
			 d->pic->name, MAX_ROWS, d->nr_left_out);
		err = result_note(&p->remarks, NULL, text);
	}
	return err;
}

int picture_trials(struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_groups; i++) {
		struct drawing d = { .group = &g->groups[i] };

		if (!trials_are_in(d.group))
			continue;
		sort_group(&g->groups[i]);
		d.mistakes = trials_find_mistakes(d.group);
		find_bars(&d);
		if (d.nr_bars)
			err = draw(&d, p);
	}
	return err;
}
