// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an observed metric is distributed: all launches' reservoirs together,
 * and the interval of the median over launches.
 *
 * Of several observed metrics the one with the largest median is drawn: the
 * others are its parts.
 */
#include "picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By an arm; of the reference if it is NULL. */
static const struct summary_observed *find(const struct summary_point *p,
					   const struct summary_arm *a,
					   const char *metric)
{
	a = a ? a : summary_reference(p);
	for (size_t i = 0; a && i < p->point->nr_observed; i++)
		if (p->point->observed[i].arm == (size_t)(a - p->arms) &&
		    !strcmp(p->point->observed[i].metric, metric))
			return &p->observed[i];
	return NULL;
}

static double total(const struct group *g, const char *metric)
{
	double sum = 0;

	for (size_t i = 0; i < g->nr_points; i++) {
		const struct summary_observed *o = find(g->points[i], NULL,
							metric);

		if (o && o->median.n)
			sum += o->median.ci.estimate;
	}
	return sum;
}

static const struct result_metric *choose_metric(const struct group *g)
{
	const struct result_point *p = group_richest(g);
	const struct result_metric *best = NULL;
	double most = 0;

	for (size_t i = 1; i < p->nr_metrics; i++) {
		double sum = total(g, p->metrics[i].name);
		const char *kind = p->metrics[i].kind;

		if (sum > most && (!kind || !strcmp(kind, "latency"))) {
			best = &p->metrics[i];
			most = sum;
		}
	}
	return best;
}

/* All quantiles of all launches, sorted; the caller frees. */
static double *pool(const struct result_observed *o, size_t *ret_nr)
{
	size_t nr = 0;
	double *values = calloc(o->nr_sights * RESULT_QUANTILES + 1,
				sizeof(*values));

	for (size_t i = 0; values && i < o->nr_sights; i++)
		for (size_t j = 0; j < o->sights[i].nr_quantiles; j++)
			values[nr++] = (double)o->sights[i].quantiles[j];
	if (values)
		stats_sort(values, nr);
	*ret_nr = nr;
	return values;
}

static int add_series(struct picture_panel *panel, const char *title,
		      const struct summary_observed *o)
{
	struct picture_series *s;
	double *values;
	size_t nr;
	int err = 0;

	s = picture_series(panel, title);
	if (!s)
		return 0;

	values = pool(o->observed, &nr);
	if (!values)
		return -ENOMEM;
	for (int i = 0; !err && nr && i < PICTURE_ECDF_STEPS; i++) {
		double q = (i + 0.5) / PICTURE_ECDF_STEPS;
		double x = stats_quantile(values, nr, q);

		err = picture_row(s, (struct picture_row){ x, q, q, q });
	}
	free(values);
	s->median = o->median.ci.estimate;
	s->median_lo = o->median.ci.lo;
	s->median_hi = o->median.ci.hi;
	return err;
}

/* A series a point, or a series an arm where there is one point. */
static int add_point(struct picture_panel *panel, const struct group *g,
		     const struct summary_point *p, const char *metric)
{
	const struct summary_observed *o;
	char label[PICTURE_TEXT_BYTES];
	int err = 0;

	if (g->nr_points > 1) {
		o = find(p, NULL, metric);
		group_values(g, p, NULL, label, sizeof(label));
		return o && o->median.n ? add_series(panel, label, o) : 0;
	}
	for (size_t i = 0; !err && i < p->point->nr_arms; i++) {
		o = find(p, &p->arms[i], metric);
		if (o && o->median.n && result_arm_is_shown(p->arms[i].arm))
			err = add_series(panel, p->arms[i].arm->name, o);
	}
	return err;
}

static int add_panel(struct picture *pic, const struct group *g,
		     const struct result_metric *m)
{
	struct picture_panel *panel = picture_add_panel(pic, PICTURE_ECDF);
	int err = 0;

	panel->time = m->unit && !strcmp(m->unit, "ns");
	snprintf(panel->x_label, sizeof(panel->x_label), "%.50s of single ops",
		 m->name);
	snprintf(panel->y_label, sizeof(panel->y_label), "share of ops");
	pic->nr_columns = pic->nr_rows = 1;
	for (size_t i = 0; !err && i < g->nr_points; i++)
		err = add_point(panel, g, g->points[i], m->name);
	return err;
}

static void sort_by_words(struct group *g)
{
	const struct group_axis *axes[16];
	size_t nr = 0;

	for (size_t i = 0; i < g->nr_axes && nr < 16; i++)
		if (g->axes[i].nr_values > 1)
			axes[nr++] = &g->axes[i];
	group_sort(g, axes, nr);
}

int picture_ecdf(struct groups *g, struct pictures *p)
{
	bool any = false;

	for (size_t i = 0; i < g->nr_groups; i++) {
		struct group *group = &g->groups[i];
		const struct result_metric *m = choose_metric(group);
		struct picture *pic;

		if (!m)
			continue;
		any = true;
		sort_by_words(group);
		pic = picture_add(p, "ecdf", group);
		if (!pic)
			return -ENOMEM;
		snprintf(pic->title, sizeof(pic->title),
			 "%.60s: how %.60s is distributed; bars are 95 %% "
			 "intervals of the median",
			 group->workload, m->name);
		if (add_panel(pic, group, m))
			return -ENOMEM;
	}
	if (any)
		return 0;

	return result_note(
		&p->remarks, NULL,
		"no distribution picture: no op was observed singly");
}
