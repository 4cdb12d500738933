// SPDX-License-Identifier: GPL-2.0-only
/*
 * More points than there are colours, where no size varies: what each arm is
 * against its reference, a panel an arm.  The parameter with the most values
 * goes along the x axis, the others tell the series apart.
 */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_PANELS = 4,
	AROUND_HEIGHT = 190, /* titles, key, note */
	PANEL_HEIGHT = 230
};

/* Of words or numbers alike. */
static const struct group_axis *widest_axis(const struct group *g)
{
	const struct group_axis *best = NULL;

	for (size_t i = 0; i < g->nr_axes; i++)
		if (g->axes[i].nr_values > 1 &&
		    (!best || g->axes[i].nr_values > best->nr_values))
			best = &g->axes[i];
	return best;
}

/* The outcomes of trials have a picture of their own. */
bool picture_is_of_contrasts(const struct group *g)
{
	return strcmp(g->points[0]->point->mode, "trial") != 0 &&
	       !group_size_axis(g) && g->nr_points > PICTURE_MAX_SERIES &&
	       widest_axis(g);
}

/* A panel that is being filled. */
struct drawing {
	struct picture_panel *panel;
	const struct group *group;
	const struct group_axis *axis;
	const char *arm;
};

/* Where a value of the axis stands, or -1. */
static long place_of(const struct picture_panel *panel, const char *value)
{
	for (size_t i = 0; i < panel->nr_categories; i++)
		if (!strncmp(panel->names[i], value, PICTURE_TEXT_BYTES - 1))
			return (long)i;
	return -1;
}

/* All values of the axis, also those that an arm does not have. */
static int name_places(const struct group *g, const struct group_axis *axis,
		       struct picture_panel *panel)
{
	panel->names = calloc(g->nr_points, sizeof(*panel->names));
	if (!panel->names)
		return -ENOMEM;

	for (size_t i = 0; i < g->nr_points; i++) {
		const char *value = result_param(g->points[i]->point,
						 axis->name);

		if (value && place_of(panel, value) < 0)
			snprintf(panel->names[panel->nr_categories++],
				 PICTURE_TEXT_BYTES, "%.*s",
				 PICTURE_TEXT_BYTES - 1, value);
	}
	return 0;
}

static double percent(double log_ratio)
{
	return 100 * expm1(log_ratio);
}

/* Each panel has all series, so that they look alike in all of them. */
static int add_point(const struct drawing *d, const struct summary_point *p)
{
	const struct summary_arm *arm = summary_arm(p, d->arm);
	const char *value = result_param(p->point, d->axis->name);
	long place = value ? place_of(d->panel, value) : -1;
	char title[PICTURE_TEXT_BYTES];
	struct picture_series *s;
	const struct stats_ci *ci;

	group_label(d->group, p, d->axis, title, sizeof(title));
	s = picture_series(d->panel, title);
	if (!s || !arm || place < 0 || arm->judgement.verdict == STATS_TOO_FEW)
		return 0;

	ci = &arm->judgement.ci95;
	return picture_row(s, (struct picture_row){ .x = (double)place,
						    .y = percent(ci->estimate),
						    .lo = percent(ci->lo),
						    .hi = percent(ci->hi),
						    .more = NAN });
}

static bool has_rows(const struct picture_panel *panel)
{
	for (size_t i = 0; i < panel->nr_series; i++)
		if (panel->series[i].nr_rows)
			return true;
	return false;
}

static int add_panel(struct picture *pic, const struct group *g,
		     const struct result_arm *arm)
{
	struct picture_panel *panel = picture_add_panel(pic, PICTURE_CONTRASTS);
	const struct drawing d = { panel, g, widest_axis(g), arm->name };
	int err = name_places(g, d.axis, panel);

	snprintf(panel->title, sizeof(panel->title), "%.40s against %.40s",
		 arm->name, arm->reference ? arm->reference : "?");
	snprintf(panel->y_label, sizeof(panel->y_label), "%.60s, %%",
		 g->points[0]->point->metrics[0].name);
	snprintf(panel->x_label, sizeof(panel->x_label), "%.60s", d.axis->name);
	for (size_t i = 0; !err && i < g->nr_points; i++)
		err = add_point(&d, g->points[i]);
	if (!err && !has_rows(panel)) {
		free(panel->names);
		pic->nr_panels--;
	}
	return err;
}

static int draw(const struct group *g, struct pictures *p)
{
	struct picture *pic = picture_add(p, "contrasts", g);
	const struct result_arm **arms;
	size_t nr;
	int err = 0;

	if (!pic)
		return -ENOMEM;

	snprintf(pic->title, sizeof(pic->title),
		 "%.60s%s%.30s: what an arm changes; bars are 95 %% intervals",
		 g->workload, g->what ? " " : "", g->what ? g->what : "");
	nr = group_arms(g, true, &arms);
	for (size_t i = 0; !err && i < nr; i++) {
		if (pic->nr_panels == MAX_PANELS)
			snprintf(pic->note, sizeof(pic->note),
				 "not drawn: arm %.60s%s", arms[i]->name,
				 i + 1 < nr ? " and others" : "");
		if (pic->nr_panels == MAX_PANELS)
			break;
		err = add_panel(pic, g, arms[i]);
	}
	free((void *)arms);
	for (size_t i = 0; i < pic->nr_panels; i++)
		pic->panels[i].row = (unsigned)i;
	pic->nr_columns = 1;
	pic->nr_rows = (unsigned)pic->nr_panels;
	pic->height = AROUND_HEIGHT + PANEL_HEIGHT * pic->nr_rows;
	return err;
}

int picture_contrasts(struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_groups; i++)
		if (picture_is_of_contrasts(&g->groups[i]))
			err = draw(&g->groups[i], p);
	return err;
}
