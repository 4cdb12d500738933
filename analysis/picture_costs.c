// SPDX-License-Identifier: GPL-2.0-only
/*
 * What trials cost against a number that was varied: a panel a cost, a line an
 * arm.  The numbers stand side by side as they are, for 0 may be among them;
 * of other axes the line with most launches is drawn.
 */
#include "costs.h"
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_TICS = 12,
};

struct drawing {
	const struct group *group;
	struct costs costs;
	const struct group_axis *axis;
	const struct summary_point *line;
	const struct summary_point *points[MAX_TICS];
	size_t nr;
};

/* Of the axes whose values are numbers and no sizes, the longest. */
static const struct group_axis *find_axis(const struct group *g)
{
	const struct group_axis *best = NULL;

	for (size_t i = 0; i < g->nr_axes; i++) {
		const struct group_axis *a = &g->axes[i];

		if (a->numeric && !a->size && a->nr_values > 1 &&
		    (!best || a->nr_values > best->nr_values))
			best = a;
	}
	return best;
}

/* Launches of all points that differ from this one along the axis alone. */
static size_t launches_of(const struct drawing *d,
			  const struct summary_point *line)
{
	const struct group *g = d->group;
	size_t sum = 0;

	for (size_t i = 0; i < g->nr_points; i++)
		if (group_same_line(g, d->axis, line, g->points[i]))
			sum += g->points[i]->point->nr_launches;
	return sum;
}

/* The line that is known best; the first of those that are known alike. */
static void find_points(struct drawing *d)
{
	const struct group *g = d->group;
	size_t most = 0;

	for (size_t i = 0; i < g->nr_points && i < PICTURE_MAX_POINTS; i++) {
		size_t launches = launches_of(d, g->points[i]);

		if (launches <= most)
			continue;
		most = launches;
		d->line = g->points[i];
	}
	for (size_t i = 0; d->line && i < g->nr_points; i++)
		if (d->nr < MAX_TICS &&
		    group_same_line(g, d->axis, d->line, g->points[i]))
			d->points[d->nr++] = g->points[i];
}

static int name_categories(const struct drawing *d, struct picture_panel *panel)
{
	panel->names = calloc(d->nr, sizeof(*panel->names));
	if (!panel->names)
		return -ENOMEM;

	for (size_t i = 0; i < d->nr; i++) {
		const char *value = result_param(d->points[i]->point,
						 d->axis->name);

		snprintf(panel->names[i], PICTURE_TEXT_BYTES, "%.40s",
			 value ? value : "-");
	}
	panel->nr_categories = d->nr;
	return 0;
}

static struct picture_row row_of(size_t x, const struct summary_level *l,
				 double factor)
{
	struct picture_row row = picture_level((double)x, l);

	row.y *= factor;
	row.lo *= factor;
	row.hi *= factor;
	return row;
}

static int add_point(const struct drawing *d, struct picture_panel *panel,
		     const struct result_metric *m, size_t x)
{
	const struct summary_point *p = d->points[x];
	char unit[COSTS_UNIT_BYTES];
	double factor = costs_unit(m, unit);
	int err = 0;

	for (size_t a = 0; a < p->point->nr_arms && !err; a++) {
		const struct summary_observed *o = costs_of(p, a, m);
		struct picture_series *s;
		struct picture_row row;

		if (!result_arm_is_shown(p->arms[a].arm))
			continue;
		/* Each arm has its colour, in panels without it too. */
		s = picture_series(panel, p->arms[a].arm->name);
		if (!s || !o)
			continue;
		row = row_of(x, &o->median, factor);
		if (row.lo > 0)
			err = picture_row(s, row);
	}
	return err;
}

static int add_panel(const struct drawing *d, struct picture *pic, size_t at)
{
	const struct result_metric *m = d->costs.metrics[at];
	struct picture_panel *panel = picture_add_panel(pic, PICTURE_COSTS);
	char unit[COSTS_UNIT_BYTES];
	int err;

	if (!panel)
		return 0;

	costs_unit(m, unit);
	snprintf(panel->title, sizeof(panel->title), "%.40s", m->name);
	snprintf(panel->y_label, sizeof(panel->y_label), "%s", unit);
	snprintf(panel->x_label, sizeof(panel->x_label), "%.60s",
		 d->axis->name);
	panel->logarithmic = true;
	panel->column = at % PICTURE_COLUMNS;
	panel->row = (unsigned)at / PICTURE_COLUMNS;
	err = name_categories(d, panel);
	for (size_t i = 0; i < d->nr && !err; i++)
		err = add_point(d, panel, m, i);
	return err;
}

static int draw(const struct drawing *d, struct pictures *p)
{
	struct picture *pic = picture_add(p, "costs", d->group);
	char label[PICTURE_TEXT_BYTES];
	int err = 0;

	if (!pic)
		return -ENOMEM;

	group_label(d->group, d->line, d->axis, label, sizeof(label));
	snprintf(pic->title, sizeof(pic->title),
		 "%.50s%s%.80s: costs by %.30s; bars are 95 %% intervals",
		 d->group->workload, *label ? ", " : "", label, d->axis->name);
	for (size_t i = 0; i < d->costs.nr && !err; i++)
		err = add_panel(d, pic, i);
	pic->nr_columns = PICTURE_COLUMNS;
	pic->nr_rows = ((unsigned)pic->nr_panels + 1) / PICTURE_COLUMNS;
	pic->height = 130 + 250 * pic->nr_rows;
	return err;
}

int picture_costs(struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 0; i < g->nr_groups && !err; i++) {
		struct group *group = &g->groups[i];
		struct drawing d = { .group = group, .axis = find_axis(group) };

		costs_find(group, &d.costs);
		if (!d.costs.nr || !d.axis || !group_has_times(group))
			continue;
		group_sort(group, &d.axis, 1);
		find_points(&d);
		if (d.nr > 1)
			err = draw(&d, p);
	}
	return err;
}
