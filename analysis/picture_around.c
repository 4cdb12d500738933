// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sizes around the huge page size as categories: points with intervals,
 * the series beside each other.
 */
#include "array.h"
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Index of the size among the panel's categories; the group is sorted. */
static long category(struct picture_panel *panel, double size)
{
	double *more;

	if (panel->nr_categories &&
	    panel->categories[panel->nr_categories - 1] == size)
		return (long)panel->nr_categories - 1;

	more = array_more(panel->categories, panel->nr_categories,
			  sizeof(*more));
	if (!more)
		return -ENOMEM;
	panel->categories = more;
	panel->categories[panel->nr_categories] = size;
	return (long)panel->nr_categories++;
}

static int add_point(struct picture_panel *panel, const struct group *g,
		     const struct group_axis *axis,
		     const struct summary_point *p, bool labelled)
{
	long x = category(panel, picture_size(axis, p));
	char label[PICTURE_TEXT_BYTES] = "", title[2 * PICTURE_TEXT_BYTES];

	if (x < 0)
		return -ENOMEM;

	if (labelled)
		group_values(g, p, axis, label, sizeof(label));
	for (size_t i = 0; i < p->point->nr_arms; i++) {
		const struct summary_level *l = &p->arms[i].level;
		const struct result_arm *arm = p->arms[i].arm;
		struct picture_series *s;

		if (!result_arm_is_shown(arm) || !isfinite(l->ci.estimate))
			continue;
		snprintf(title, sizeof(title), "%.60s%s%.100s", arm->name,
			 *label ? ", " : "", label);
		s = picture_series(panel, title);
		if (s && picture_row(s, picture_level((double)x, l)))
			return -ENOMEM;
	}
	return 0;
}

static void name_panel(struct picture_panel *panel, const struct group *g,
		       const struct group_axis *axis)
{
	const struct result_metric *m = &g->points[0]->point->metrics[0];

	snprintf(panel->title, sizeof(panel->title), "%.50s%s%.50s",
		 g->workload, g->what ? ": " : "", g->what ? g->what : "");
	panel->time = m->unit && !strcmp(m->unit, "ns");
	snprintf(panel->x_label, sizeof(panel->x_label), "%.60s", axis->name);
	snprintf(panel->y_label, sizeof(panel->y_label), "%.50s", m->name);
}

static bool is_drawn(const struct picture_panel *panel, double size,
		     uint64_t page)
{
	return size == (double)panel->near_bytes ||
	       (size > 0 &&
		picture_is_near((uint64_t)size, panel->near_bytes, page));
}

/* @line: the points that differ from it in the size; NULL: all. */
static int add_points(struct picture_panel *panel, const struct group *g,
		      const struct group_axis *axis, uint64_t page,
		      const struct summary_point *line)
{
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_points; i++)
		if (is_drawn(panel, picture_size(axis, g->points[i]), page) &&
		    (!line || group_same_line(g, axis, line, g->points[i])))
			err = add_point(panel, g, axis, g->points[i], !line);
	return err;
}

static int add_panel(const struct summary *s, struct picture *pic,
		     const struct group *g, const struct group_axis *axis)
{
	struct picture_panel *panel = picture_add_panel(pic, PICTURE_NEAR);
	uint64_t page = picture_page_bytes(s->result);
	const struct summary_point *line;
	char label[PICTURE_TEXT_BYTES];
	size_t len;
	int err;

	panel->near_bytes = picture_near_bytes(s->result, g, axis);
	panel->column = pic->nr_columns++;
	pic->nr_rows = 1;
	name_panel(panel, g, axis);
	err = add_points(panel, g, axis, page, NULL);
	if (err || !panel->nr_left_out)
		return err;

	picture_clear(panel);
	line = picture_line(g, axis, g->points, g->nr_points);
	group_label(g, line, axis, label, sizeof(label));
	len = strlen(panel->title);
	if (*label)
		snprintf(panel->title + len, sizeof(panel->title) - len, ", %s",
			 label);
	return add_points(panel, g, axis, page, line);
}

int picture_around(const struct summary *s, struct groups *g,
		   struct pictures *p)
{
	struct picture *pic = NULL;
	const char *workload = NULL;

	for (size_t i = 0; i < g->nr_groups; i++) {
		struct group *group = &g->groups[i];
		const struct group_axis *axis = group_size_axis(group);

		if (!axis || !picture_near_bytes(s->result, group, axis))
			continue;
		group_sort(group, &axis, 1);
		if (pic && pic->nr_columns < PICTURE_COLUMNS &&
		    !strcmp(workload, group->workload))
			picture_also(pic, group);
		else
			pic = picture_add(p, "around", group);
		if (!pic)
			return -ENOMEM;
		workload = group->workload;
		snprintf(pic->title, sizeof(pic->title),
			 "%.100s around the huge page size; bars are 95 %% "
			 "intervals",
			 workload);
		if (add_panel(s, pic, group, axis))
			return -ENOMEM;
	}
	if (pic)
		return 0;

	return result_note(&p->remarks, NULL,
			   "no picture around the huge page size: no size is "
			   "within two pages of it");
}
