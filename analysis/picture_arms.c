// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arms beside each other where no size varies: a panel for the headline and
 * for each observed metric.
 */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_PANELS = 4
};

/* The arms of the group, in the order in which they come. */
struct names {
	char (*names)[PICTURE_TEXT_BYTES];
	size_t nr;
};

static long place_of(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->nr; i++)
		if (!strncmp(names->names[i], name, PICTURE_TEXT_BYTES - 1))
			return (long)i;
	return RESULT_NONE;
}

static int find_names(const struct group *g, struct names *names)
{
	size_t most = 0;

	for (size_t i = 0; i < g->nr_points; i++)
		most += g->points[i]->point->nr_arms;
	names->names = calloc(most + 1, sizeof(*names->names));
	if (!names->names)
		return -ENOMEM;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t a = 0; a < p->nr_arms; a++)
			if (result_arm_is_shown(&p->arms[a]) &&
			    place_of(names, p->arms[a].name) < 0)
				snprintf(names->names[names->nr++],
					 PICTURE_TEXT_BYTES, "%.*s",
					 PICTURE_TEXT_BYTES - 1,
					 p->arms[a].name);
	}
	return 0;
}

/* A panel that is being filled. */
struct drawing {
	struct picture_panel *panel;
	const struct group *group;
	const struct names *names;
};

static int add_row(const struct drawing *d, const struct summary_point *p,
		   const char *arm, const struct summary_level *level,
		   double more)
{
	char title[PICTURE_TEXT_BYTES];
	long x = place_of(d->names, arm);
	struct picture_series *s;
	struct picture_row row;

	group_label(d->group, p, NULL, title, sizeof(title));
	s = picture_series(d->panel, title);
	if (!s || x < 0 || !isfinite(level->ci.estimate))
		return 0;

	row = picture_level((double)x, level);
	row.more = more;
	return picture_row(s, row);
}

static int add_headline(const struct drawing *d, const struct summary_point *p)
{
	int err = 0;

	for (size_t a = 0; !err && a < p->point->nr_arms; a++)
		if (result_arm_is_shown(p->arms[a].arm))
			err = add_row(d, p, p->arms[a].arm->name,
				      &p->arms[a].level, NAN);
	return err;
}

static int add_observed(const struct drawing *d, const struct summary_point *p,
			const struct result_metric *m)
{
	bool tail = m->kind && !strcmp(m->kind, "latency");
	int err = 0;

	for (size_t i = 0; !err && i < p->point->nr_observed; i++) {
		const struct summary_observed *o = &p->observed[i];
		const struct result_arm *arm =
			&p->point->arms[o->observed->arm];

		if (!result_arm_is_shown(arm) ||
		    strcmp(o->observed->metric, m->name) != 0)
			continue;
		err = add_row(d, p, arm->name, &o->median,
			      tail ? o->p99.ci.estimate : (double)NAN);
	}
	return err;
}

/* A panel of the metric @at, unless there is nothing in it. */
static int add_panel(struct picture *pic, const struct group *g,
		     const struct names *names, size_t at)
{
	const struct result_metric *m = &g->points[0]->point->metrics[at];
	struct picture_panel *panel = picture_add_panel(pic, PICTURE_ARMS);
	const struct drawing d = { panel, g, names };
	int err = 0;

	picture_y_label(panel, m);
	for (size_t i = 0; !err && i < g->nr_points; i++)
		err = at ? add_observed(&d, g->points[i], m)
			 : add_headline(&d, g->points[i]);
	if (err)
		return err;
	if (!panel->nr_series) {
		pic->nr_panels--;
		return 0;
	}
	panel->names = calloc(names->nr, sizeof(*panel->names));
	if (!panel->names)
		return -ENOMEM;
	memcpy(panel->names, names->names, names->nr * sizeof(*panel->names));
	panel->nr_categories = names->nr;
	return 0;
}

/* Two beside each other, the others below. */
static void place_panels(struct picture *pic)
{
	for (size_t i = 0; i < pic->nr_panels; i++) {
		pic->panels[i].column = i % PICTURE_COLUMNS;
		pic->panels[i].row = (unsigned)i / PICTURE_COLUMNS;
	}
	pic->nr_columns = pic->nr_panels > 1 ? PICTURE_COLUMNS : 1;
	pic->nr_rows = pic->nr_panels > PICTURE_COLUMNS ? 2 : 1;
}

static int draw(struct group *g, const struct names *names, struct pictures *p)
{
	struct picture *pic = picture_add(p, "arms", g);
	size_t nr = g->points[0]->point->nr_metrics;
	int err = 0;

	if (!pic)
		return -ENOMEM;

	snprintf(pic->title, sizeof(pic->title),
		 "%.60s%s%.30s: bars are 95 %% intervals, crosses are p99",
		 g->workload, g->what ? " " : "", g->what ? g->what : "");
	for (size_t i = 0; !err && i < nr && pic->nr_panels < MAX_PANELS; i++)
		err = add_panel(pic, g, names, i);
	place_panels(pic);
	return err;
}

int picture_arms(struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_groups; i++) {
		struct names names = { 0 };

		if (group_size_axis(&g->groups[i]) ||
		    picture_is_of_contrasts(&g->groups[i]))
			continue;
		err = find_names(&g->groups[i], &names);
		if (!err && names.nr > 1)
			err = draw(&g->groups[i], &names, p);
		free(names.names);
	}
	return err;
}
