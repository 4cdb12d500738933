// SPDX-License-Identifier: GPL-2.0-only
#include "windows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct result_role *windows_find(const struct result_point *p, size_t arm,
				       const char *name)
{
	for (size_t i = 0; i < p->nr_roles; i++)
		if (p->roles[i].arm == arm && !strcmp(p->roles[i].name, name))
			return &p->roles[i];
	return NULL;
}

/* Windows of no length, or of a role without instances, tell nothing. */
static double rate_of(const struct result_steps *s)
{
	return s->wall_ns > 0 ? s->steps / s->wall_ns * 1e9 : (double)NAN;
}

static double cpu_of(const struct result_role *r, const struct result_steps *s)
{
	double wall = s->wall_ns * (double)r->instances;

	return wall > 0 ? s->cpu_ns / wall : (double)NAN;
}

static double pace_of(const struct result_role *r, const struct result_steps *s)
{
	double asked = r->pace_per_s * (double)r->instances;

	return asked > 0 ? rate_of(s) / asked : (double)NAN;
}

static int level(double *values, size_t n, struct summary_level *ret)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(values[i]))
			values[left++] = values[i];
	return left ? summary_level(values, left, ret) : 0;
}

static int levels(const struct result_role *role, struct windows_role *w)
{
	double *values = calloc(3 * role->nr_steps + 1, sizeof(*values));
	size_t n = role->nr_steps;
	int err;

	if (!values)
		return -ENOMEM;

	for (size_t i = 0; i < n; i++) {
		values[i] = rate_of(&role->steps[i]);
		values[n + i] = cpu_of(role, &role->steps[i]);
		values[2 * n + i] = pace_of(role, &role->steps[i]);
	}
	err = level(values, n, &w->rate);
	if (!err)
		err = level(values + n, n, &w->cpu);
	if (!err)
		err = level(values + 2 * n, n, &w->pace);
	free(values);
	return err;
}

static void rates_by_launch(const struct result_role *role, size_t nr,
			    double *values)
{
	for (size_t i = 0; i < nr; i++)
		values[i] = NAN;
	for (size_t i = 0; i < role->nr_steps; i++)
		values[role->steps[i].launch] = rate_of(&role->steps[i]);
}

static int compare(const struct result_point *p, const struct result_role *a,
		   const struct result_role *b, double m,
		   struct windows_role *w)
{
	size_t nr = p->nr_launches;
	double *values = calloc(2 * nr + 1, sizeof(*values));
	int err;

	if (!values)
		return -ENOMEM;

	rates_by_launch(a, nr, values);
	rates_by_launch(b, nr, values + nr);
	err = summary_paired(values, values + nr, nr, m, &w->judgement,
			     &w->nr_ratios);
	free(values);
	return err;
}

int windows_describe(const struct summary_point *p,
		     const struct result_role *role, double m,
		     struct windows_role *ret)
{
	const struct result_arm *arm = &p->point->arms[role->arm];
	struct windows_role w = { .role = role };
	const struct result_role *a = NULL;
	int err = levels(role, &w);

	if (arm->reference) {
		long at = result_find_arm(p->point, arm->reference);

		a = at < 0 ? NULL
			   : windows_find(p->point, (size_t)at, role->name);
	}
	if (!err && a)
		err = compare(p->point, a, role, m, &w);
	if (!err)
		*ret = w;
	return err;
}
