// SPDX-License-Identifier: GPL-2.0-only
/* What was observed beside the headline, against a size: a picture a metric. */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct drawing {
	const struct group *group;
	const struct group_axis *axis;
	const struct result_metric *metric;
	const struct summary_point *line; /* NULL: all of them are drawn */
	struct picture_panel *panel;
};

static bool observes(const struct drawing *d, const struct summary_point *p)
{
	for (size_t i = 0; i < p->point->nr_observed; i++)
		if (!strcmp(p->point->observed[i].metric, d->metric->name) &&
		    result_arm_is_shown(
			    &p->point->arms[p->point->observed[i].arm]))
			return picture_size(d->axis, p) > 0;
	return false;
}

static int add_point(const struct drawing *d, const struct summary_point *p)
{
	char label[PICTURE_TEXT_BYTES] = "", title[2 * PICTURE_TEXT_BYTES];
	double x = picture_size(d->axis, p);

	if (!d->line)
		group_values(d->group, p, d->axis, label, sizeof(label));
	for (size_t i = 0; i < p->point->nr_observed; i++) {
		const struct summary_observed *o = &p->observed[i];
		const struct result_arm *arm =
			&p->point->arms[o->observed->arm];
		struct picture_series *s;

		if (strcmp(o->observed->metric, d->metric->name) != 0 ||
		    !result_arm_is_shown(arm) || !o->median.n)
			continue;
		snprintf(title, sizeof(title), "%.60s%s%.100s", arm->name,
			 *label ? ", " : "", label);
		s = picture_series(d->panel, title);
		if (s && picture_row(s, picture_level(x, &o->median)))
			return -ENOMEM;
	}
	return 0;
}

static int add_points(const struct drawing *d)
{
	const struct group *g = d->group;
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_points; i++)
		if (observes(d, g->points[i]) &&
		    (!d->line ||
		     group_same_line(g, d->axis, d->line, g->points[i])))
			err = add_point(d, g->points[i]);
	return err;
}

/* The most arms that observed it at a point. */
static size_t count_arms(const struct drawing *d)
{
	size_t most = 0;

	for (size_t i = 0; i < d->group->nr_points; i++) {
		const struct result_point *p = d->group->points[i]->point;
		size_t nr = 0;

		for (size_t j = 0; j < p->nr_observed; j++)
			nr += !strcmp(p->observed[j].metric, d->metric->name) &&
			      result_arm_is_shown(&p->arms[p->observed[j].arm]);
		most = nr > most ? nr : most;
	}
	return most;
}

static void name_picture(const struct drawing *d, struct picture *pic)
{
	char label[PICTURE_TEXT_BYTES] = "";

	if (d->line)
		group_label(d->group, d->line, d->axis, label, sizeof(label));
	snprintf(pic->title, sizeof(pic->title),
		 "%.50s%s%.30s%s%.80s: median %.30s by %.30s; bands are 95 %% "
		 "intervals",
		 d->group->workload, d->group->what ? " " : "",
		 d->group->what ? d->group->what : "", *label ? ", " : "",
		 label, d->metric->name, d->axis->name);
	snprintf(d->panel->x_label, sizeof(d->panel->x_label), "%.60s",
		 d->axis->name);
	picture_y_label(d->panel, d->metric);
	d->panel->logarithmic = true;
	pic->nr_columns = pic->nr_rows = 1;
}

/* Two sizes at least of one line of points. */
static bool is_line(const struct drawing *d,
		    const struct summary_point **points, size_t nr)
{
	const struct summary_point *line = picture_line(d->group, d->axis,
							points, nr);
	size_t length = 0;

	for (size_t i = 0; i < nr; i++)
		length += group_same_line(d->group, d->axis, line, points[i]);
	return length > 1;
}

static int draw_metric(struct drawing *d, struct pictures *p)
{
	const struct group *g = d->group;
	const struct summary_point **points;
	struct picture *pic;
	size_t nr = 0;
	int err = 0;

	points = calloc(g->nr_points + 1, sizeof(void *));
	if (!points)
		return -ENOMEM;
	for (size_t i = 0; i < g->nr_points; i++)
		if (observes(d, g->points[i]))
			points[nr++] = g->points[i];
	if (is_line(d, points, nr)) {
		pic = picture_add(p, d->metric->name, g);
		d->panel = pic ? picture_add_panel(pic, PICTURE_LEVELS) : NULL;
		d->line = count_arms(d) > 1
				  ? picture_line(g, d->axis, points, nr)
				  : NULL;
		err = pic ? add_points(d) : -ENOMEM;
		if (!err)
			name_picture(d, pic);
	}
	free((void *)points);
	return err;
}

int picture_observed(struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 0; i < g->nr_groups; i++) {
		struct group *group = &g->groups[i];
		struct drawing d = { .group = group,
				     .axis = group_size_axis(group) };
		const struct result_point *first = group_richest(group);

		if (!d.axis)
			continue;
		group_sort(group, &d.axis, 1);
		for (size_t m = 1; !err && m < first->nr_metrics; m++) {
			d.metric = &first->metrics[m];
			err = draw_metric(&d, p);
		}
	}
	return err;
}
