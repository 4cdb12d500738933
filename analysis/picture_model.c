// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cost model over what was measured: the levels as points, what is predicted
 * as lines, and below how far they are apart.  Of several lines of sizes (as
 * many remote CPUs) the longest is drawn, the one with the largest numbers.
 */
#include "model.h"
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct drawing {
	const struct group *group;
	const struct group_axis *axis;
	const struct model *model;
	const struct summary_point *line; /* a point of what is drawn */
	struct picture *pic;
};

static const char *arm_name(const struct model_row *row)
{
	return row->point->arms[row->arm].arm->name;
}

/* The rows that are drawn. */
static bool is_drawn(const struct drawing *d, const struct model_row *row)
{
	return picture_size(d->axis, row->point) > 0 &&
	       group_same_line(d->group, d->axis, d->line, row->point);
}

static int add_rows(const struct drawing *d, struct picture_panel *panel)
{
	for (size_t i = 0; i < d->model->nr_rows; i++) {
		const struct model_row *row = &d->model->rows[i];
		const struct summary_level *l =
			&row->point->arms[row->arm].level;
		double x = picture_size(d->axis, row->point);
		double off = 100 * row->off;
		struct picture_row drawn = { x, off, off, off, NAN };
		struct picture_series *s;

		if (!is_drawn(d, row))
			continue;
		if (panel->kind == PICTURE_MODEL) {
			drawn = picture_level(x, l);
			drawn.more = row->predicted;
		}
		s = picture_series(panel, arm_name(row));
		if (s && picture_row(s, drawn))
			return -ENOMEM;
	}
	return 0;
}

static void name_picture(const struct drawing *d)
{
	struct picture *pic = d->pic;
	struct picture_panel *top = &pic->panels[0], *below = &pic->panels[1];
	char label[PICTURE_TEXT_BYTES];

	group_label(d->group, d->line, d->axis, label, sizeof(label));
	snprintf(pic->title, sizeof(pic->title),
		 "%.60s%s%.30s%s%.100s: points measured, lines predicted",
		 d->group->workload, d->group->what ? " " : "",
		 d->group->what ? d->group->what : "", *label ? ", " : "",
		 label);
	picture_y_label(top, &d->line->point->metrics[0]);
	snprintf(below->title, sizeof(below->title), "predicted less measured");
	snprintf(below->y_label, sizeof(below->y_label), "%% of measured");
	snprintf(top->x_label, sizeof(top->x_label), "%.60s", d->axis->name);
	snprintf(below->x_label, sizeof(below->x_label), "%.60s",
		 d->axis->name);
	pic->nr_columns = 1;
	pic->nr_rows = 2;
	below->row = 1;
	top->logarithmic = true;
}

/* NULL if no line has two sizes. */
static const struct summary_point *choose_line(const struct drawing *d)
{
	const struct model *m = d->model;
	const struct summary_point **points;
	const struct summary_point *line;
	size_t nr = 0, length = 0;

	points = calloc(m->nr_rows + 1, sizeof(void *));
	if (!points)
		return NULL;

	for (size_t i = 0; i < m->nr_rows; i++)
		if (!i || m->rows[i].point != m->rows[i - 1].point)
			points[nr++] = m->rows[i].point;
	line = picture_line(d->group, d->axis, points, nr);
	for (size_t i = 0; i < nr; i++)
		length += group_same_line(d->group, d->axis, line, points[i]);
	free((void *)points);
	return length > 1 ? line : NULL;
}

/* "model", or "model-thp" where the backing tells models apart. */
static void name_kind(const struct drawing *d, char *buf, size_t size)
{
	const struct group *g = d->group;
	size_t len = (size_t)snprintf(buf, size, "model");

	for (size_t i = 0; i < g->nr_axes && len < size; i++) {
		const char *value = result_param(d->line->point,
						 g->axes[i].name);

		if (g->axes[i].nr_values > 1 && !g->axes[i].numeric && value)
			len += (size_t)snprintf(buf + len, size - len, "-%.20s",
						value);
	}
}

static int draw(struct drawing *d, struct pictures *p)
{
	char kind[PICTURE_TEXT_BYTES];
	int err;

	d->line = choose_line(d);
	if (d->model->err || !d->line)
		return 0;
	name_kind(d, kind, sizeof(kind));
	d->pic = picture_add(p, kind, d->group);
	if (!d->pic)
		return -ENOMEM;

	picture_add_panel(d->pic, PICTURE_MODEL);
	picture_add_panel(d->pic, PICTURE_RESIDUAL);
	name_picture(d);
	err = add_rows(d, &d->pic->panels[0]);
	if (!err)
		err = add_rows(d, &d->pic->panels[1]);
	return err;
}

static int draw_group(struct group *g, struct pictures *p)
{
	struct drawing d = { .group = g, .axis = group_size_axis(g) };
	struct models models;
	int err;

	if (!d.axis)
		return 0;

	group_sort(g, &d.axis, 1);
	err = models_new(g, false, &models);
	if (err)
		return err;
	for (size_t i = 0; !err && i < models.nr_models; i++) {
		d.model = &models.models[i];
		err = draw(&d, p);
	}
	models_finish(&models);
	return err;
}

int picture_model(struct groups *g, struct pictures *p)
{
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_groups; i++)
		err = draw_group(&g->groups[i], p);
	return err;
}
