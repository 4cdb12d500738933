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

/* The driver writes the first role of an arm before the others. */
const struct result_role *windows_leading(const struct result_point *p,
					  size_t arm)
{
	for (size_t i = 0; i < p->nr_roles; i++)
		if (p->roles[i].arm == arm)
			return &p->roles[i];
	return NULL;
}

/* Windows of no length, or of a role without instances, tell nothing. */
static double quotient(double part, double whole)
{
	return whole > 0 ? part / whole : (double)NAN;
}

static double rate_of(const struct result_role *r, const struct result_steps *s)
{
	(void)r;
	return quotient(s->steps, s->wall_ns / 1e9);
}

static double rate_by_cpu(const struct result_role *r,
			  const struct result_steps *s)
{
	(void)r;
	return quotient(s->steps, s->cpu_ns / 1e9);
}

static double cpu_of(const struct result_role *r, const struct result_steps *s)
{
	return quotient(s->cpu_ns, s->wall_ns * (double)r->instances);
}

static double busy_of(const struct result_role *r, const struct result_steps *s)
{
	double wall_ns = s->wall_ns * (double)r->instances;

	return windows_is_paced(r) ? quotient(s->busy_ns, wall_ns)
				   : (double)NAN;
}

/* The rate, where both were asked for: the duty only bounds it then. */
static double pace_of(const struct result_role *r, const struct result_steps *s)
{
	if (r->pace_per_s > 0)
		return quotient(rate_of(r, s),
				r->pace_per_s * (double)r->instances);
	return r->duty > 0 ? busy_of(r, s) / r->duty : (double)NAN;
}

static double fair_of(const struct result_role *r, const struct result_steps *s)
{
	return r->instances > 1 ? quotient(s->least, s->most) : (double)NAN;
}

typedef double role_value(const struct result_role *r,
			  const struct result_steps *s);

static int level(const struct result_role *role, role_value *value,
		 struct summary_level *ret)
{
	double *values = calloc(role->nr_steps + 1, sizeof(*values));
	size_t n = 0;
	int err = 0;

	if (!values)
		return -ENOMEM;

	for (size_t i = 0; i < role->nr_steps; i++) {
		double v = value(role, &role->steps[i]);

		if (isfinite(v))
			values[n++] = v;
	}
	if (n)
		err = summary_level(values, n, ret);
	free(values);
	return err;
}

static int levels(const struct result_role *role, struct windows_role *w)
{
	const struct {
		role_value *value;
		struct summary_level *level;
	} rows[] = {
		{ rate_of, &w->rate }, { cpu_of, &w->cpu },
		{ pace_of, &w->pace }, { busy_of, &w->busy },
		{ fair_of, &w->fair },
	};
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(rows) / sizeof(rows[0]); i++)
		err = level(role, rows[i].value, rows[i].level);
	return err;
}

static void by_launch(const struct result_role *role, role_value *value,
		      size_t nr, double *values)
{
	for (size_t i = 0; i < nr; i++)
		values[i] = NAN;
	for (size_t i = 0; i < role->nr_steps; i++)
		values[role->steps[i].launch] = value(role, &role->steps[i]);
}

/* One role against another, launch by launch. */
static int compare(const struct result_role *const roles[2], size_t nr,
		   role_value *value, double m,
		   struct stats_judgement *ret_judgement, size_t *ret_nr)
{
	double *values = calloc(2 * nr + 1, sizeof(*values));
	int err;

	if (!values)
		return -ENOMEM;

	by_launch(roles[0], value, nr, values);
	by_launch(roles[1], value, nr, values + nr);
	err = summary_paired(values, values + nr, nr, m, ret_judgement, ret_nr);
	free(values);
	return err;
}

static int arm_by_cpu(struct summary_point *p, size_t arm, double m)
{
	const char *reference = p->point->arms[arm].reference;
	struct summary_by_cpu *by_cpu = &p->arms[arm].by_cpu;
	const struct result_role *roles[2] = { NULL };
	size_t nr;
	long at = reference ? result_find_arm(p->point, reference)
			    : RESULT_NONE;
	int err;

	roles[1] = windows_leading(p->point, arm);
	if (!roles[1])
		return 0;

	err = level(roles[1], rate_by_cpu, &by_cpu->level);
	if (at >= 0)
		roles[0] = windows_leading(p->point, (size_t)at);
	if (!err && roles[0])
		err = compare(roles, p->point->nr_launches, rate_by_cpu, m,
			      &by_cpu->judgement, &nr);
	by_cpu->verdict = by_cpu->judgement.verdict;
	return err;
}

int windows_by_cpu(struct summary_point *p, double m)
{
	int err = 0;

	for (size_t i = 0; !err && i < p->point->nr_arms; i++)
		err = arm_by_cpu(p, i, m);
	return err;
}

int windows_describe(const struct summary_point *p,
		     const struct result_role *role, double m,
		     struct windows_role *ret)
{
	const struct result_arm *arm = &p->point->arms[role->arm];
	struct windows_role w = { .role = role };
	const struct result_role *roles[2] = { NULL, role };
	int err = levels(role, &w);

	if (arm->reference) {
		long at = result_find_arm(p->point, arm->reference);

		if (at >= 0)
			roles[0] = windows_find(p->point, (size_t)at,
						role->name);
	}
	if (!err && roles[0])
		err = compare(roles, p->point->nr_launches, rate_of, m,
			      &w.judgement, &w.nr_ratios);
	if (!err)
		*ret = w;
	return err;
}
