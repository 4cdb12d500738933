// SPDX-License-Identifier: GPL-2.0-only
/* The product of the axes, less what the skip rules leave out. */
#include "plan.h"

#include "common/condition.h"
#include "common/param.h"

#include "plan_internal.h"

#include <faultline/cpus.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a launch takes beside its samples, seen on small machines. */
#define START_NS       UINT64_C(5000000)
#define COUNTERS_NS    UINT64_C(10000000)
#define CALIBRATION_NS UINT64_C(60000000)
#define WARMUP_MIN_NS  UINT64_C(10000000)

uint64_t plan_warmup_ns(const struct config *c)
{
	uint64_t share = c->launch_ns / 20;

	return share > WARMUP_MIN_NS ? share : WARMUP_MIN_NS;
}

uint64_t plan_launch_cost_ns(const struct config *c)
{
	return START_NS + plan_warmup_ns(c) + c->launch_ns +
	       (c->counters ? COUNTERS_NS : 0);
}

const char *plan_placement(const struct config *c)
{
	switch (c->placement) {
	case CONFIG_PLACEMENT_ONE_PER_CORE:
		return "one-per-core";
	case CONFIG_PLACEMENT_LIST:
		return c->cpu_list;
	case CONFIG_PLACEMENT_COMPACT:
	default:
		return "compact";
	}
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* How long a given number of trials takes is not known before. */
static uint64_t least_cost(const struct config *c, const struct plan_point *p)
{
	uint64_t cost = plan_launch_cost_ns(c);
	bool counted = c->trials && p->workload->mode == FL_MODE_TRIAL;

	return times(c->launches, counted ? cost - c->launch_ns : cost);
}

static void estimate(struct plan *p)
{
	const struct config *c = p->config;
	uint64_t cost = plan_launch_cost_ns(c), calibrations, runnable = 0;

	for (size_t i = 0; i < p->nr_points; i++) {
		if (p->points[i].skip)
			continue;
		runnable++;
		p->least_ns = plus(p->least_ns, least_cost(c, &p->points[i]));
	}
	if (!runnable)
		return;

	calibrations = times(runnable, CALIBRATION_NS + START_NS);
	if (!c->until_settled && p->least_ns < c->budget_ns)
		p->least_ns = c->budget_ns;
	p->least_ns = plus(p->least_ns, calibrations);
	p->most_ns = plus(plus(c->budget_ns, cost), calibrations);
}

/* Parameters and case id; CPUs come after the duplicates are gone. */
static int add_point(struct plan *p, const struct config_sweep *s,
		     const void *params, uint64_t idle)
{
	struct plan_point *point = &p->points[p->nr_points];
	const struct fl_workload *w = s->workload;

	point->workload = w;
	point->sweep = s;
	point->idle = idle;
	point->params = malloc(w->params_size ? w->params_size : 1);
	if (!point->params)
		return -ENOMEM;

	memcpy(point->params, params, w->params_size);
	plan_case_id(w, plan_placement(p->config), params, point->id);
	if (w->memory)
		point->memory_bytes = w->memory(params);
	p->nr_points++;
	return 0;
}

static int parse_skip(const struct config_sweep *s, const struct units *units,
		      struct condition **ret_skip, struct error *e)
{
	struct condition *skip = calloc(s->nr_skip + 1, sizeof(*skip));
	int err = skip ? 0 : error_set(e, -ENOMEM, "out of memory");

	for (size_t i = 0; !err && i < s->nr_skip; i++)
		err = condition_parse(s->workload, s->skip[i], units, &skip[i],
				      e);
	if (err) {
		free(skip);
		return err;
	}

	*ret_skip = skip;
	return 0;
}

static bool left_out(const struct condition *skip, size_t nr_skip,
		     const void *params)
{
	for (size_t i = 0; i < nr_skip; i++)
		if (condition_holds(&skip[i], params))
			return true;

	return false;
}

static uint64_t sweep_points(const struct config_sweep *s)
{
	uint64_t points = 1;

	for (size_t i = 0; i < s->nr_axes; i++)
		points = times(points, s->axes[i].nr_values);
	return points;
}

/* The n-th combination: the last axis is the fastest digit. */
static void set_params(const struct config_sweep *s, uint64_t n, void *params)
{
	for (size_t i = s->nr_axes; i-- > 0;) {
		const struct config_axis *a = &s->axes[i];

		param_set(param_find(s->workload, a->name), params,
			  a->values[n % a->nr_values]);
		n /= a->nr_values;
	}
}

/*
 * Parameters that mean nothing beside the others get their defaults, so that
 * points which differ in nothing else are one.
 */
static uint64_t calm_idle(const struct fl_workload *w,
			  const struct units *units, void *params,
			  const void *defaults)
{
	const struct fl_param *p = w->params;
	uint64_t idle = 0;

	for (unsigned i = 0; p && p->name && i < 64; i++, p++) {
		if (condition_when(w, p->when, units, params))
			continue;
		param_set(p, params, param_get(p, defaults));
		idle |= UINT64_C(1) << i;
	}
	return idle;
}

static int expand_sweep(struct plan *p, const struct config_sweep *s,
			const struct units *units, struct error *e)
{
	struct condition *skip = NULL;
	uint64_t points = sweep_points(s), idle;
	size_t size = s->workload->params_size;
	char *params = calloc(2, size + 1), *defaults;
	int err;

	if (!params)
		return error_set(e, -ENOMEM, "out of memory");

	defaults = params + size;
	err = param_defaults(s->workload, units, defaults, e);
	if (!err)
		err = parse_skip(s, units, &skip, e);
	memcpy(params, defaults, size);
	for (uint64_t n = 0; !err && n < points; n++) {
		set_params(s, n, params);
		idle = calm_idle(s->workload, units, params, defaults);
		if (left_out(skip, s->nr_skip, params))
			continue;
		err = add_point(p, s, params, idle);
		if (err)
			error_set(e, err, "out of memory");
	}
	free(skip);
	free(params);
	return err;
}

static int reserve(struct plan *p, struct error *e)
{
	const struct config *c = p->config;
	uint64_t points = 0;

	for (size_t i = 0; i < c->nr_sweeps; i++)
		points = plus(points, sweep_points(&c->sweeps[i]));
	if (points > PLAN_MAX_POINTS)
		return error_set(e, -ERANGE, "more than %d points",
				 PLAN_MAX_POINTS);

	p->points = calloc(points + 1, sizeof(*p->points));
	return p->points ? 0 : error_set(e, -ENOMEM, "out of memory");
}

static void point_finish(struct plan_point *point)
{
	free(point->params);
	free(point->cpus);
	free(point->skip);
}

struct ranked {
	const struct plan_point *point;
	size_t index;
};

static int by_id(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = strcmp(x->point->id, y->point->id);

	if (order)
		return order;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int drop_repeated(struct plan *p, struct error *e)
{
	struct ranked *r = calloc(p->nr_points + 1, sizeof(*r));
	bool *again = calloc(p->nr_points + 1, sizeof(*again));
	size_t kept = 0;

	if (!r || !again) {
		free(r);
		free(again);
		return error_set(e, -ENOMEM, "out of memory");
	}

	for (size_t i = 0; i < p->nr_points; i++)
		r[i] = (struct ranked){ &p->points[i], i };
	qsort(r, p->nr_points, sizeof(*r), by_id);
	for (size_t i = 1; i < p->nr_points; i++)
		again[r[i].index] = !strcmp(r[i].point->id, r[i - 1].point->id);
	for (size_t i = 0; i < p->nr_points; i++) {
		if (again[i])
			point_finish(&p->points[i]);
		else
			p->points[kept++] = p->points[i];
	}

	p->nr_points = kept;
	free(r);
	free(again);
	return 0;
}

static int expand(struct plan *p, const struct units *units, struct error *e)
{
	int err = reserve(p, e);

	for (size_t i = 0; !err && i < p->config->nr_sweeps; i++)
		err = expand_sweep(p, &p->config->sweeps[i], units, e);
	if (!err && !p->nr_points)
		err = error_set(e, -EINVAL, "the skip rules leave no point");
	if (!err)
		err = drop_repeated(p, e);
	return err;
}

static int make(struct plan *p, const struct topology *t,
		const struct units *units, struct error *e)
{
	int err = expand(p, units, e);

	if (!err)
		err = plan_place(p, t, units, e);
	if (!err)
		err = plan_group(p, units, e);
	if (!err)
		estimate(p);
	return err;
}

int plan_new(const struct config *c, const struct topology *t,
	     const struct units *units, struct plan **ret_plan, struct error *e)
{
	struct plan *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return error_set(e, -ENOMEM, "out of memory");

	p->config = c;
	fl_cpus_set(topology_is_this_machine(t) ? 0 : topology_nr_cpus(t));
	err = make(p, t, units, e);
	fl_cpus_set(0);
	if (err) {
		plan_free(p);
		return err;
	}

	*ret_plan = p;
	return 0;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;

	for (size_t i = 0; i < p->nr_points; i++)
		point_finish(&p->points[i]);
	free(p->points);
	free(p);
}
