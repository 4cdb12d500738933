// SPDX-License-Identifier: GPL-2.0-only
/* Names of rows and sections. */
#include "rows.h"

#include <stdio.h>
#include <string.h>

static const char *value_of(const struct summary_point *p,
			    const struct group_axis *axis)
{
	const char *value = result_param(p->point, axis->name);

	return value ? value : "-";
}

static int axis_width(const struct group *g, const struct group_axis *axis)
{
	size_t width = strlen(axis->name);

	for (size_t i = 0; i < g->nr_points; i++) {
		size_t len = strlen(value_of(g->points[i], axis));

		width = len > width ? len : width;
	}
	return width > 20 ? 20 : (int)width;
}

static int label_width(const struct rows *r)
{
	int sum = -1;

	for (size_t i = 0; i < r->nr_axes; i++)
		sum += r->widths[i] + 1;
	return sum;
}

/* The row axis with the fewest values becomes a section. */
static void move_axis(struct rows *r)
{
	size_t least = 0;

	for (size_t i = 1; i < r->nr_axes; i++)
		if (r->axes[i]->nr_values < r->axes[least]->nr_values)
			least = i;

	r->sections[r->nr_sections++] = r->axes[least];
	r->nr_axes--;
	for (size_t i = least; i < r->nr_axes; i++) {
		r->axes[i] = r->axes[i + 1];
		r->widths[i] = r->widths[i + 1];
	}
}

void rows_init(struct rows *r, struct group *g, int room)
{
	const struct group_axis *order[2 * ROWS_MAX_AXES];
	size_t nr = 0;

	*r = (struct rows){ 0 };
	for (size_t i = 0; i < g->nr_axes && r->nr_axes < ROWS_MAX_AXES; i++) {
		if (g->axes[i].nr_values < 2)
			continue;
		r->axes[r->nr_axes] = &g->axes[i];
		r->widths[r->nr_axes++] = axis_width(g, &g->axes[i]);
	}
	while (r->nr_axes > 1 && label_width(r) > room)
		move_axis(r);

	for (size_t i = 0; i < r->nr_sections; i++)
		order[nr++] = r->sections[i];
	for (size_t i = 0; i < r->nr_axes; i++)
		order[nr++] = r->axes[i];
	group_sort(g, order, nr);
}

static void append(char *buf, size_t size, const char *text, int width)
{
	size_t len = strlen(buf);

	if (len < size)
		snprintf(buf + len, size - len, "%s%-*.*s", len ? " " : "",
			 width, width, text);
}

const char *rows_label(const struct rows *r, const struct summary_point *p,
		       char buf[ROWS_LABEL_BYTES])
{
	buf[0] = '\0';
	for (size_t i = 0; i < r->nr_axes; i++)
		append(buf, ROWS_LABEL_BYTES, value_of(p, r->axes[i]),
		       r->widths[i]);
	if (!r->nr_axes)
		snprintf(buf, ROWS_LABEL_BYTES, "all");
	return buf;
}

const char *rows_heading(const struct rows *r, char buf[ROWS_LABEL_BYTES])
{
	buf[0] = '\0';
	for (size_t i = 0; i < r->nr_axes; i++)
		append(buf, ROWS_LABEL_BYTES, r->axes[i]->name, r->widths[i]);
	return buf;
}

bool rows_section(const struct rows *r, const struct group *g, size_t at,
		  char *buf, size_t size)
{
	bool begins = at == 0 && r->nr_sections;

	buf[0] = '\0';
	for (size_t i = 0; i < r->nr_sections; i++) {
		const char *value = value_of(g->points[at], r->sections[i]);
		size_t len = strlen(buf);

		begins = begins ||
			 (at && strcmp(value, value_of(g->points[at - 1],
						       r->sections[i])) != 0);
		if (len < size)
			snprintf(buf + len, size - len, "%s%s=%s",
				 len ? " " : "", r->sections[i]->name, value);
	}
	return begins;
}
