// SPDX-License-Identifier: GPL-2.0-only
/* Which rows a model has, and what its fit leaves. */
#include "model.h"
#include "array.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NORMAL_95 1.96
/* Of a level against the others of its point: noise, and what no model has. */
#define OWN_ERROR 0.02

static bool is_word(const struct group_axis *axis)
{
	return axis->nr_values > 1 && !axis->numeric;
}

/* The values of the words that vary: points with the same share a model. */
static void label_of(const struct group *g, const struct summary_point *p,
		     char label[MODEL_LABEL_BYTES])
{
	size_t len = 0;

	label[0] = '\0';
	for (size_t i = 0; i < g->nr_axes && len < MODEL_LABEL_BYTES; i++) {
		const char *value = result_param(p->point, g->axes[i].name);

		if (!is_word(&g->axes[i]) || !value)
			continue;
		len += (size_t)snprintf(label + len, MODEL_LABEL_BYTES - len,
					"%s%s=%s", len ? " " : "",
					g->axes[i].name, value);
	}
}

/* Whether a word that varies means nothing at the point. */
static bool has_idle_word(const struct group *g, const struct summary_point *p)
{
	for (size_t i = 0; i < g->nr_axes; i++)
		if (is_word(&g->axes[i]) &&
		    !result_param(p->point, g->axes[i].name))
			return true;
	return false;
}

/* Whether all words that both points have are the same. */
static bool words_agree(const struct group *g, const struct summary_point *a,
			const struct summary_point *b)
{
	for (size_t i = 0; i < g->nr_axes; i++) {
		const char *x = result_param(a->point, g->axes[i].name);
		const char *y = result_param(b->point, g->axes[i].name);

		if (is_word(&g->axes[i]) && x && y && strcmp(x, y) != 0)
			return false;
	}
	return true;
}

static bool same_terms(const struct result_point *a,
		       const struct result_point *b)
{
	if (a->nr_terms != b->nr_terms)
		return false;
	for (size_t i = 0; i < a->nr_terms; i++)
		if (strcmp(a->terms[i].name, b->terms[i].name) != 0 ||
		    a->terms[i].capped != b->terms[i].capped)
			return false;
	return true;
}

static struct model *model_of(struct models *m, const struct group *g,
			      const struct summary_point *p)
{
	char label[MODEL_LABEL_BYTES];
	struct model *more;

	label_of(g, p, label);
	for (size_t i = 0; i < m->nr_models; i++)
		if (!strcmp(m->models[i].label, label) &&
		    same_terms(m->models[i].first->point, p->point))
			return &m->models[i];

	more = array_more(m->models, m->nr_models, sizeof(*more));
	if (!more)
		return NULL;
	m->models = more;
	more += m->nr_models++;
	*more = (struct model){ .first = p };
	memcpy(more->label, label, sizeof(label));
	return more;
}

static bool takes_part(const struct summary_arm *a, size_t nr_terms)
{
	if (!a->arm->amounts || !result_arm_is_shown(a->arm))
		return false;
	for (size_t i = 0; i < nr_terms; i++)
		if (a->arm->amounts[i].count > 0)
			return true;
	return false;
}

static bool has_level(const struct summary_arm *a)
{
	return isfinite(a->level.ci.lo) && a->level.ci.estimate > 0;
}

static int add_row(struct model *m, const struct summary_point *p, size_t arm)
{
	struct model_row *more = array_more(m->rows, m->nr_rows, sizeof(*more));

	if (!more)
		return -ENOMEM;

	m->rows = more;
	m->rows[m->nr_rows++] = (struct model_row){ .point = p, .arm = arm };
	return 0;
}

static int add_rows(struct model *m, const struct summary_point *p)
{
	size_t before = m->nr_rows;
	int err = 0;

	for (size_t i = 0; !err && i < p->point->nr_arms; i++) {
		const struct summary_arm *a = &p->arms[i];

		if (!takes_part(a, p->point->nr_terms))
			continue;
		if (p->point->nr_launches < STATS_MIN_N || !has_level(a))
			m->nr_left_out++;
		else
			err = add_row(m, p, i);
	}
	if (m->nr_rows > before)
		m->nr_launches += p->point->nr_launches;
	return err;
}

static int add_point(struct models *models, const struct group *g,
		     const struct summary_point *p)
{
	struct model *m;

	if (!p->point->nr_terms || has_idle_word(g, p))
		return 0;

	m = model_of(models, g, p);
	return m ? add_rows(m, p) : -ENOMEM;
}

/* Where a word means nothing, a point fits each model that has one. */
static int add_idle_point(struct models *models, const struct group *g,
			  const struct summary_point *p)
{
	bool added = false;
	struct model *m;
	int err = 0;

	if (!p->point->nr_terms || !has_idle_word(g, p))
		return 0;

	for (size_t i = 0; !err && i < models->nr_models; i++) {
		m = &models->models[i];
		if (!words_agree(g, m->first, p) ||
		    !same_terms(m->first->point, p->point))
			continue;
		err = add_rows(m, p);
		added = true;
	}
	if (err || added)
		return err;

	m = model_of(models, g, p);
	return m ? add_rows(m, p) : -ENOMEM;
}

/* The rows as the fit wants them. */
struct matrix {
	struct stats_model_data data;
	bool *capped;
	double *count, *size, *level, *launches, *shared;
	const double **launch_level;
	size_t *point, *nr_launches;
};

static void matrix_finish(struct matrix *x)
{
	free(x->capped);
	free(x->count);
	free(x->size);
	free(x->level);
	free(x->launches);
	free((void *)x->launch_level);
	free(x->shared);
	free(x->point);
	free(x->nr_launches);
}

static int matrix_alloc(struct matrix *x, const struct model *m)
{
	size_t nr = m->nr_rows, nr_terms = m->first->point->nr_terms;
	size_t nr_launches = 0;

	for (size_t i = 0; i < nr; i++)
		nr_launches += m->rows[i].point->point->nr_launches;

	x->capped = calloc(nr_terms, sizeof(*x->capped));
	x->count = calloc(nr * nr_terms, sizeof(*x->count));
	x->size = calloc(nr * nr_terms, sizeof(*x->size));
	x->level = calloc(nr, sizeof(*x->level));
	x->launches = calloc(nr_launches, sizeof(*x->launches));
	x->launch_level = calloc(nr, sizeof(void *));
	x->shared = calloc(nr, sizeof(*x->shared));
	x->point = calloc(nr, sizeof(*x->point));
	x->nr_launches = calloc(nr, sizeof(*x->nr_launches));
	if (x->capped && x->count && x->size && x->level && x->launches &&
	    x->launch_level && x->shared && x->point && x->nr_launches)
		return 0;

	matrix_finish(x);
	return -ENOMEM;
}

/* A point of the @nr_rows rows from @at on, with all its arms. */
static double shared_of(const struct model *m, size_t at, size_t nr_rows)
{
	const struct summary_arm *a = summary_reference(m->rows[at].point);
	const struct stats_ci *ci = a ? &a->level.ci : NULL;
	double half = ci ? (ci->hi - ci->lo) / 2 / ci->estimate : 0;

	return isfinite(half) ? stats_model_shared(half / NORMAL_95, OWN_ERROR,
						   nr_rows)
			      : 0;
}

static void fill_shared(struct matrix *x, const struct model *m)
{
	size_t end;

	for (size_t at = 0; at < m->nr_rows; at = end) {
		for (end = at; end < m->nr_rows &&
			       m->rows[end].point == m->rows[at].point;
		     end++)
			;
		x->shared[x->point[at]] = shared_of(m, at, end - at);
	}
}

static void fill_row(struct matrix *x, const struct model *m, size_t at,
		     double *launches)
{
	const struct model_row *row = &m->rows[at];
	const struct summary_arm *a = &row->point->arms[row->arm];
	size_t nr_terms = m->first->point->nr_terms;
	bool again = at && m->rows[at - 1].point == row->point;

	x->level[at] = a->level.ci.estimate;
	summary_launch_levels(row->point, row->arm, launches);
	x->launch_level[at] = launches;
	x->data.nr_points += !again;
	x->point[at] = x->data.nr_points - 1;
	x->nr_launches[x->point[at]] = row->point->point->nr_launches;
	for (size_t t = 0; t < nr_terms; t++) {
		x->count[at * nr_terms + t] = a->arm->amounts[t].count;
		x->size[at * nr_terms + t] = a->arm->amounts[t].size;
	}
}

static int matrix_init(struct matrix *x, const struct model *m, bool intervals)
{
	const struct result_point *p = m->first->point;
	double *launches;

	*x = (struct matrix){ 0 };
	if (matrix_alloc(x, m))
		return -ENOMEM;

	launches = x->launches;
	for (size_t i = 0; i < m->nr_rows; i++) {
		fill_row(x, m, i, launches);
		launches += m->rows[i].point->point->nr_launches;
	}
	for (size_t t = 0; t < p->nr_terms; t++)
		x->capped[t] = p->terms[t].capped;
	fill_shared(x, m);
	x->data.shared = x->shared;
	x->data.nr_terms = p->nr_terms;
	x->data.nr_rows = m->nr_rows;
	x->data.capped = x->capped;
	x->data.count = x->count;
	x->data.size = x->size;
	x->data.level = x->level;
	x->data.point = x->point;
	x->data.nr_launches = x->nr_launches;
	x->data.launch_level = intervals ? x->launch_level : NULL;
	return 0;
}

static int judge(struct model *m)
{
	double *off = calloc(m->nr_rows, sizeof(*off));

	if (!off)
		return -ENOMEM;

	for (size_t i = 0; i < m->nr_rows; i++) {
		struct model_row *row = &m->rows[i];
		const struct summary_arm *a = &row->point->arms[row->arm];

		row->predicted = m->fit.predicted[i];
		row->off = row->predicted / a->level.ci.estimate - 1;
		off[i] = fabs(row->off);
		if (off[i] > fabs(m->rows[m->worst].off))
			m->worst = i;
	}
	m->median_off = stats_median(off, m->nr_rows);
	free(off);
	return 0;
}

static int fit(struct model *m, bool intervals)
{
	struct matrix x;
	int err;

	if (!m->nr_rows || m->nr_rows > STATS_MODEL_MAX_ROWS) {
		m->err = m->nr_rows ? -E2BIG : -ERANGE;
		return 0;
	}
	err = matrix_init(&x, m, intervals);
	if (err)
		return err;

	m->err = stats_model_fit(&x.data, &m->fit);
	matrix_finish(&x);
	if (m->err == -ENOMEM)
		return -ENOMEM;
	return m->err ? 0 : judge(m);
}

int models_new(const struct group *g, bool intervals, struct models *ret)
{
	struct models m = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < g->nr_points; i++)
		err = add_point(&m, g, g->points[i]);
	for (size_t i = 0; !err && i < g->nr_points; i++)
		err = add_idle_point(&m, g, g->points[i]);
	if (m.nr_models == 1)
		m.models[0].label[0] = '\0';
	for (size_t i = 0; !err && i < m.nr_models; i++)
		err = fit(&m.models[i], intervals);
	if (err) {
		models_finish(&m);
		return err;
	}
	*ret = m;
	return 0;
}

void models_finish(struct models *m)
{
	for (size_t i = 0; i < m->nr_models; i++) {
		free(m->models[i].rows);
		stats_model_finish(&m->models[i].fit);
	}
	free(m->models);
	*m = (struct models){ 0 };
}

long model_find_row(const struct model *m, const struct summary_point *p,
		    size_t arm)
{
	for (size_t i = 0; i < m->nr_rows; i++)
		if (m->rows[i].point == p && m->rows[i].arm == arm)
			return (long)i;
	return RESULT_NONE;
}
