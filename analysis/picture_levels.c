// SPDX-License-Identifier: GPL-2.0-only
/*
 * Levels against a size: a line an arm with its interval as a band, and the
 * counters of the same points below.  The sizes close to a power of two would
 * fall on one pixel; they have a picture of their own with categories.
 */
#include "picture.h"
#include "text_counters.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts per op that are smaller in all points are said and not drawn. */
#define SMALL_COUNT 0.05

/* A group that is drawn, and the pages it is measured in. */
struct drawing {
	const struct group *group;
	const struct group_axis *axis;
	uint64_t page_bytes, near_bytes;
	struct picture *pic;
	const struct summary_point *line; /* NULL: all points are drawn */
};

static bool on_line(const struct drawing *d, double x)
{
	return x > 0 &&
	       !picture_is_near((uint64_t)x, d->near_bytes, d->page_bytes);
}

static void title_of(const struct drawing *d, const struct summary_point *p,
		     const char *name, char *buf, size_t size)
{
	char label[PICTURE_TEXT_BYTES];

	label[0] = '\0';
	if (!d->line)
		group_values(d->group, p, d->axis, label, sizeof(label));
	snprintf(buf, size, "%.60s%s%.100s", name, *label ? ", " : "", label);
}

static int add_levels(const struct drawing *d, struct picture_panel *panel,
		      const struct summary_point *p, double x)
{
	char title[2 * PICTURE_TEXT_BYTES];

	for (size_t i = 0; i < p->point->nr_arms; i++) {
		const struct summary_arm *a = &p->arms[i];
		struct picture_series *s;

		if (!result_arm_is_shown(a->arm) ||
		    !isfinite(a->level.ci.estimate))
			continue;
		title_of(d, p, a->arm->name, title, sizeof(title));
		s = picture_series(panel, title);
		if (s && picture_row(s, picture_level(x, &a->level)))
			return -ENOMEM;
	}
	return 0;
}

static void name_panel(const struct drawing *d, struct picture_panel *panel)
{
	const struct group *g = d->group;
	const struct result_metric *m = &g->points[0]->point->metrics[0];

	char label[PICTURE_TEXT_BYTES] = "";

	if (d->line)
		group_label(g, d->line, d->axis, label, sizeof(label));
	snprintf(panel->title, sizeof(panel->title), "%.50s%s%.50s%s%.60s",
		 g->workload, g->what ? ": " : "", g->what ? g->what : "",
		 *label ? ", " : "", label);
	snprintf(panel->x_label, sizeof(panel->x_label), "%.60s",
		 d->axis->name);
	picture_y_label(panel, m);
}

static int add_points(const struct drawing *d, struct picture_panel *panel)
{
	const struct group *g = d->group;
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_points; i++) {
		double x = picture_size(d->axis, g->points[i]);

		if (on_line(d, x) &&
		    (!d->line ||
		     group_same_line(g, d->axis, d->line, g->points[i])))
			err = add_levels(d, panel, g->points[i], x);
	}
	return err;
}

/* One line of points if all of them are too much for a panel. */
static int levels_panel(struct drawing *d, unsigned column)
{
	struct picture_panel *panel = picture_add_panel(d->pic, PICTURE_LEVELS);
	int err;

	d->line = NULL;
	panel->column = column;
	err = add_points(d, panel);
	if (!err && panel->nr_left_out) {
		picture_clear(panel);
		d->line = picture_line(d->group, d->axis, d->group->points,
				       d->group->nr_points);
		err = add_points(d, panel);
	}
	name_panel(d, panel);
	return err;
}

static double per_op(const struct result_counter *c)
{
	return c->nr_counted && c->ops > 0 ? c->value / c->ops : (double)NAN;
}

/* The most per op that the reference has of it in the group. */
static double most_of(const struct group *g, const char *name,
		      const char *scope)
{
	double most = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct summary_arm *a = summary_reference(g->points[i]);
		const struct result_counter *c =
			a ? text_find_counter(g->points[i]->point,
					      (size_t)(a - g->points[i]->arms),
					      name, scope)
			  : NULL;

		if (c)
			most = fmax(most, per_op(c));
	}
	return most;
}

/*
 * No clocks, and what the measuring thread did: not the system, nor the roles
 * of a window, which are many.
 */
static bool is_count(const struct result_counter *c)
{
	const char *dash = strrchr(c->name, '-');

	return !strcmp(c->scope, "thread") && !strstr(c->name, ": ") &&
	       !(dash && !strcmp(dash, "-clock"));
}

static bool is_drawn(const struct group *g, const struct result_counter *c)
{
	return is_count(c) && most_of(g, c->name, c->scope) >= SMALL_COUNT;
}

static int add_counters(const struct drawing *d, struct picture_panel *panel,
			const struct summary_point *p, bool large)
{
	const struct summary_arm *a = summary_reference(p);
	char title[2 * PICTURE_TEXT_BYTES];
	double x = picture_size(d->axis, p);

	for (size_t i = 0; a && i < p->point->nr_counters; i++) {
		const struct result_counter *c = &p->point->counters[i];
		const char *colon = strrchr(c->name, ':');
		struct picture_series *s;

		if (c->arm != (size_t)(a - p->arms) || !isfinite(per_op(c)) ||
		    !is_drawn(d->group, c) ||
		    (most_of(d->group, c->name, c->scope) >
		     PICTURE_LARGE_COUNT) != large)
			continue;
		title_of(d, p, colon ? colon + 1 : c->name, title,
			 sizeof(title));
		s = picture_series(panel, title);
		if (s && picture_row(s, (struct picture_row){ x, per_op(c),
							      per_op(c),
							      per_op(c) }))
			return -ENOMEM;
	}
	return 0;
}

static void name_counters(const struct drawing *d, struct picture_panel *panel)
{
	const struct summary_arm *a = summary_reference(d->group->points[0]);

	if (a)
		snprintf(panel->title, sizeof(panel->title),
			 "counters of %.60s", a->arm->name);
}

/* Return: 0, 1 if there is nothing to draw, or -ENOMEM. */
static int counters_panel(const struct drawing *d, unsigned column,
			  unsigned row, bool large)
{
	struct picture_panel *panel = picture_add_panel(d->pic,
							PICTURE_COUNTERS);
	int err = 0;

	panel->column = column;
	panel->row = row;
	snprintf(panel->x_label, sizeof(panel->x_label), "%.60s",
		 d->axis->name);
	snprintf(panel->y_label, sizeof(panel->y_label), "per op");
	name_counters(d, panel);
	for (size_t i = 0; !err && i < d->group->nr_points; i++) {
		double x = picture_size(d->axis, d->group->points[i]);

		if (on_line(d, x) &&
		    (!d->line || group_same_line(d->group, d->axis, d->line,
						 d->group->points[i])))
			err = add_counters(d, panel, d->group->points[i],
					   large);
	}
	if (err || panel->nr_series)
		return err;

	d->pic->nr_panels--;
	return 1;
}

static void append_name(char *buf, size_t size, const char *first,
			const char *name)
{
	const char *colon = strrchr(name, ':');
	size_t len = strlen(buf);

	if (len < size)
		snprintf(buf + len, size - len, "%s%.40s", len ? ", " : first,
			 colon ? colon + 1 : name);
}

static void note_missing(struct picture *pic, const struct group *g)
{
	const struct result_point *p = g->points[0]->point;
	const struct summary_arm *a = summary_reference(g->points[0]);
	char small[PICTURE_TEXT_BYTES * 2] = "";
	char missing[PICTURE_TEXT_BYTES * 2] = "";

	for (size_t i = 0; a && i < p->nr_counters; i++) {
		const struct result_counter *c = &p->counters[i];

		if (c->arm != (size_t)(a - g->points[0]->arms) || !is_count(c))
			continue;
		if (!c->nr_counted)
			append_name(missing, sizeof(missing),
				    "not counted: ", c->name);
		else if (!is_drawn(g, c))
			append_name(small, sizeof(small),
				    "under 0.05 an op: ", c->name);
	}
	snprintf(pic->note, sizeof(pic->note), "%s%s%s", small,
		 *small && *missing ? "; " : "", missing);
	if (!p->nr_counters)
		snprintf(pic->note, sizeof(pic->note),
			 "no counters in this result");
}

static int draw_group(struct drawing *d, unsigned column)
{
	unsigned row = 1;
	int err = levels_panel(d, column);

	for (int large = 0; err >= 0 && large < 2; large++) {
		err = counters_panel(d, column, row, large);
		row += !err;
	}
	if (err < 0)
		return err;

	note_missing(d->pic, d->group);
	if (row > d->pic->nr_rows)
		d->pic->nr_rows = row;
	d->pic->nr_columns = column + 1;
	return 0;
}

static bool joins(const struct picture *pic, const struct group *of,
		  const struct group *g)
{
	return pic && of && pic->nr_columns < PICTURE_COLUMNS &&
	       !strcmp(of->workload, g->workload);
}

/* Different sizes that the line goes through. */
static size_t count_line_sizes(const struct drawing *d)
{
	double last = -1;
	size_t nr = 0;

	for (size_t i = 0; i < d->group->nr_points; i++) {
		double x = picture_size(d->axis, d->group->points[i]);

		nr += on_line(d, x) && x != last;
		last = x;
	}
	return nr;
}

/* Return: 0, 1 if the group has no line to draw, or -ENOMEM. */
static int add_group(const struct summary *s, struct drawing *d,
		     struct group *group, struct pictures *p)
{
	const struct group *before = d->group;

	d->group = group;
	d->axis = group_size_axis(group);
	if (!d->axis)
		return 1;

	group_sort(group, &d->axis, 1);
	d->near_bytes = picture_near_bytes(s->result, group, d->axis);
	if (count_line_sizes(d) < 2)
		return 1;
	if (joins(d->pic, before, group))
		picture_also(d->pic, group);
	else
		d->pic = picture_add(p, "latency", group);
	if (!d->pic)
		return -ENOMEM;

	snprintf(d->pic->title, sizeof(d->pic->title),
		 "%.100s by %.60s; bands are 95 %% intervals", group->workload,
		 d->axis->name);
	return draw_group(d, d->pic->nr_columns);
}

int picture_levels(const struct summary *s, struct groups *g,
		   struct pictures *p)
{
	struct drawing d = { .page_bytes = picture_page_bytes(s->result) };

	for (size_t i = 0; i < g->nr_groups; i++)
		if (add_group(s, &d, &g->groups[i], p) < 0)
			return -ENOMEM;
	if (d.pic)
		return 0;

	return result_note(&p->remarks, NULL,
			   "no line picture: no parameter of type size has "
			   "two values");
}
