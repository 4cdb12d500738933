// SPDX-License-Identifier: GPL-2.0-only
/* Groups of points and the axes that they differ along. */
#include "group.h"
#include "array.h"

#include "common/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_VALUES = 1000
}; /* that are told apart; axes are not that long */

const struct result_point *group_richest(const struct group *g)
{
	const struct result_point *best = g->points[0]->point;

	for (size_t i = 1; i < g->nr_points; i++)
		if (g->points[i]->point->nr_metrics > best->nr_metrics)
			best = g->points[i]->point;
	return best;
}

double group_number(const char *value)
{
	const struct units none = { 0 };
	uint64_t number = 0;

	if (!units_parse_size(value, &none, &number) ||
	    !units_parse_time(value, &number) ||
	    !units_parse_u64(value, &number))
		return (double)number;
	return NAN;
}

static bool is_size(const char *value)
{
	const struct units none = { 0 };
	uint64_t number;

	return !units_parse_size(value, &none, &number);
}

static bool has_size_suffix(const char *value)
{
	size_t len = strlen(value);

	return is_size(value) && len && strchr("KMGT", value[len - 1]);
}

static const char *value_of(const struct summary_point *p,
			    const struct group_axis *axis)
{
	const char *value = result_param(p->point, axis->name);

	return value ? value : "";
}

/* Where in the group the value of the point came first. */
static size_t first_place(const struct group *g, const struct group_axis *axis,
			  size_t at)
{
	const char *value = value_of(g->points[at], axis);
	size_t i = 0;

	while (i < at && i < MAX_VALUES &&
	       strcmp(value_of(g->points[i], axis), value) != 0)
		i++;
	return i;
}

static void describe_axis(const struct group *g, struct group_axis *axis)
{
	bool suffix = false;

	axis->first = value_of(g->points[0], axis);
	axis->size = axis->numeric = true;
	for (size_t i = 0; i < g->nr_points; i++) {
		const char *value = value_of(g->points[i], axis);

		axis->nr_values += first_place(g, axis, i) == i;
		/* At this point it means nothing. */
		if (!*value)
			continue;
		axis->numeric = axis->numeric && isfinite(group_number(value));
		axis->size = axis->size && is_size(value);
		suffix = suffix || has_size_suffix(value);
	}
	axis->size = axis->size && suffix;
}

/* A parameter that means nothing at a point is not there: take the most. */
static const struct result_point *most_params(const struct group *g)
{
	const struct result_point *most = g->points[0]->point;

	for (size_t i = 1; i < g->nr_points; i++)
		if (g->points[i]->point->nr_params > most->nr_params)
			most = g->points[i]->point;
	return most;
}

static int describe_axes(struct group *g)
{
	const struct result_point *p = most_params(g);

	g->axes = calloc(p->nr_params + 1, sizeof(*g->axes));
	if (!g->axes)
		return -ENOMEM;

	for (size_t i = 0; i < p->nr_params; i++) {
		struct group_axis *axis = &g->axes[g->nr_axes];

		if (!strcmp(p->params[i].name, "what"))
			continue;
		axis->name = p->params[i].name;
		describe_axis(g, axis);
		g->nr_axes++;
	}
	return 0;
}

static struct group *group_of(struct groups *g, const struct result_point *p)
{
	const char *what = result_param(p, "what");
	struct group *more;

	for (size_t i = 0; i < g->nr_groups; i++)
		if (!strcmp(g->groups[i].workload, p->workload) &&
		    result_same_text(g->groups[i].what, what))
			return &g->groups[i];

	more = array_more(g->groups, g->nr_groups, sizeof(*more));
	if (!more)
		return NULL;
	g->groups = more;
	more += g->nr_groups++;
	*more = (struct group){ .workload = p->workload, .what = what };
	return more;
}

const struct group *groups_find(const struct groups *g,
				const struct result_point *p)
{
	const char *what = result_param(p, "what");

	for (size_t i = 0; p->nr_launches && i < g->nr_groups; i++)
		if (!strcmp(g->groups[i].workload, p->workload) &&
		    result_same_text(g->groups[i].what, what))
			return &g->groups[i];
	return NULL;
}

static int place(struct groups *groups, const struct summary_point *p)
{
	struct group *g = group_of(groups, p->point);
	const struct summary_point **more;

	if (!g)
		return -ENOMEM;

	more = array_more((void *)g->points, g->nr_points, sizeof(void *));
	if (!more)
		return -ENOMEM;
	g->points = more;
	g->points[g->nr_points++] = p;
	return 0;
}

int groups_new(const struct summary *s, struct groups *ret_groups)
{
	struct groups g = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < s->result->nr_points; i++)
		if (s->points[i].point->nr_launches)
			err = place(&g, &s->points[i]);
	for (size_t i = 0; !err && i < g.nr_groups; i++) {
		g.groups[i].mode = result_mode(s->result);
		err = describe_axes(&g.groups[i]);
	}
	if (err) {
		groups_finish(&g);
		return err;
	}
	*ret_groups = g;
	return 0;
}

void groups_finish(struct groups *g)
{
	for (size_t i = 0; i < g->nr_groups; i++) {
		free((void *)g->groups[i].points);
		free(g->groups[i].axes);
	}
	free(g->groups);
	*g = (struct groups){ 0 };
}

bool group_has_times(const struct group *g)
{
	return !result_mode_is(g->mode, "func");
}

const struct group_axis *group_size_axis(const struct group *g)
{
	const struct group_axis *best = NULL;

	for (size_t i = 0; i < g->nr_axes; i++)
		if (g->axes[i].size && g->axes[i].nr_values > 1 &&
		    (!best || g->axes[i].nr_values > best->nr_values))
			best = &g->axes[i];
	return best;
}

bool group_same_line(const struct group *g, const struct group_axis *axis,
		     const struct summary_point *a,
		     const struct summary_point *b)
{
	for (size_t i = 0; i < g->nr_axes; i++) {
		const char *name = g->axes[i].name;

		if (g->axes[i].nr_values > 1 && &g->axes[i] != axis &&
		    !result_same_text(result_param(a->point, name),
				      result_param(b->point, name)))
			return false;
	}
	return true;
}

void group_label(const struct group *g, const struct summary_point *p,
		 const struct group_axis *but, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < g->nr_axes && len < size; i++) {
		const char *name = g->axes[i].name;
		const char *value = result_param(p->point, name);

		if (g->axes[i].nr_values < 2 || &g->axes[i] == but || !value)
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%s%.30s=%.30s",
					len ? " " : "", name, value);
	}
}

void group_values(const struct group *g, const struct summary_point *p,
		  const struct group_axis *but, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < g->nr_axes && len < size; i++) {
		const char *value = result_param(p->point, g->axes[i].name);

		if (g->axes[i].nr_values < 2 || &g->axes[i] == but || !value)
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%s%.40s",
					len ? ", " : "", value);
	}
}

struct sort_key {
	const struct summary_point *point;
	double *ranks;
	size_t nr_ranks, at;
};

static int compare_keys(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	for (size_t i = 0; i < x->nr_ranks; i++) {
		if (x->ranks[i] < y->ranks[i])
			return -1;
		if (x->ranks[i] > y->ranks[i])
			return 1;
	}
	return x->at < y->at ? -1 : x->at > y->at;
}

static double rank(const struct group *g, const struct group_axis *axis,
		   size_t at)
{
	if (axis->numeric)
		return group_number(value_of(g->points[at], axis));

	return (double)first_place(g, axis, at);
}

void group_sort(struct group *g, const struct group_axis *const *axes,
		size_t nr_axes)
{
	struct sort_key *keys = calloc(g->nr_points + 1, sizeof(*keys));
	double *ranks = calloc(g->nr_points * nr_axes + 1, sizeof(*ranks));

	for (size_t i = 0; keys && ranks && i < g->nr_points; i++) {
		keys[i] = (struct sort_key){ g->points[i], ranks + i * nr_axes,
					     nr_axes, i };
		for (size_t j = 0; j < nr_axes; j++)
			keys[i].ranks[j] = rank(g, axes[j], i);
	}
	if (keys && ranks) {
		qsort(keys, g->nr_points, sizeof(*keys), compare_keys);
		for (size_t i = 0; i < g->nr_points; i++)
			g->points[i] = keys[i].point;
	}
	free(keys);
	free(ranks);
}

size_t group_arms(const struct group *g, bool contrasts,
		  const struct result_arm ***ret_arms)
{
	const struct result_arm **arms = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct result_point *p = g->points[i]->point;

		for (size_t j = 0; j < p->nr_arms; j++) {
			const struct result_arm **more;
			size_t k = 0;

			while (k < nr &&
			       strcmp(arms[k]->name, p->arms[j].name) != 0)
				k++;
			if (k < nr || !result_arm_is_shown(&p->arms[j]) ||
			    result_arm_is_contrast(&p->arms[j]) != contrasts)
				continue;
			more = array_more((void *)arms, nr, sizeof(void *));
			if (!more)
				break;
			arms = more;
			arms[nr++] = &p->arms[j];
		}
	}
	*ret_arms = arms;
	return nr;
}
