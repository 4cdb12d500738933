// SPDX-License-Identifier: GPL-2.0-only
/* Which CPUs a point gets: the measuring thread's, then one a role. */
#include "plan_internal.h"

#include "common/condition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct placer {
	const struct config *config;
	const struct topology *topology;
	unsigned *list; /* CONFIG_PLACEMENT_LIST: the CPUs as written */
	unsigned nr_list;
	unsigned nr_usable; /* CPUs, or cores under one-per-core */
};

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* CPUs beside the measuring thread's. */
static uint64_t role_wants(const struct plan_point *point,
			   const struct units *units, const struct fl_role *r)
{
	uint64_t count = r->count ? r->count(point->params) : 1;

	if (!condition_when(point->workload, r->when, units, point->params) ||
	    (r->same_cpu && r->same_cpu(point->params)))
		return 0;

	return count && r->first_here ? count - 1 : count;
}

/* The roles of @arm alone; NULL: those of every arm. */
static uint64_t arm_wants(const struct plan_point *point,
			  const struct units *units, const char *arm)
{
	uint64_t nr = 0;

	for (const struct fl_role *r = point->workload->roles; r && r->name;
	     r++)
		if (arm ? r->arm && !strcmp(r->arm, arm) : !r->arm)
			nr = add(nr, role_wants(point, units, r));
	return nr;
}

static uint64_t cpus_wanted(const struct plan_point *point,
			    const struct units *units)
{
	const struct fl_workload *w = point->workload;
	uint64_t most = 0;

	for (const struct fl_arm *a = w->arms; a && a->name; a++) {
		uint64_t nr = 0;

		if (condition_when(w, a->when, units, point->params))
			nr = arm_wants(point, units, a->name);
		if (nr > most)
			most = nr;
	}
	return add(add(1, arm_wants(point, units, NULL)), most);
}

static int set_skip(struct plan_point *point, uint64_t wanted, const char *lack,
		    unsigned nr)
{
	if (asprintf(&point->skip, "needs %" PRIu64 " CPU%s, %s %u", wanted,
		     wanted == 1 ? "" : "s", lack, nr) >= 0)
		return 0;

	point->skip = NULL;
	return -ENOMEM;
}

static int place_by_list(const struct placer *pl, struct plan_point *point,
			 uint64_t wanted)
{
	if (wanted > pl->nr_list)
		return set_skip(point, wanted, "the placement has only",
				pl->nr_list);

	point->cpus = calloc(wanted + 1, sizeof(*point->cpus));
	if (!point->cpus)
		return -ENOMEM;

	memcpy(point->cpus, pl->list, wanted * sizeof(*point->cpus));
	point->nr_cpus = (unsigned)wanted;
	return 0;
}

static int place_by_policy(const struct placer *pl, struct plan_point *point,
			   uint64_t wanted)
{
	bool cores = pl->config->placement == CONFIG_PLACEMENT_ONE_PER_CORE;
	enum topology_policy policy = cores ? TOPOLOGY_ONE_PER_CORE
					    : TOPOLOGY_COMPACT;

	if (wanted > pl->nr_usable)
		return set_skip(point, wanted,
				cores ? "each on its core; the cores that this "
					"machine lets us use:"
				      : "this machine lets us use",
				pl->nr_usable);

	point->cpus = calloc(wanted + 1, sizeof(*point->cpus));
	if (!point->cpus)
		return -ENOMEM;

	point->nr_cpus = (unsigned)wanted;
	return topology_place(pl->topology, policy, point->nr_cpus,
			      point->cpus);
}

/* The most that one-per-core can place, by halving. */
static int count_cores(struct placer *pl)
{
	unsigned fits = 0, too_many = topology_nr_cpus(pl->topology) + 1;
	unsigned *cpus = calloc(too_many, sizeof(*cpus));

	if (!cpus)
		return -ENOMEM;

	while (too_many - fits > 1) {
		unsigned nr = fits + (too_many - fits) / 2;

		if (topology_place(pl->topology, TOPOLOGY_ONE_PER_CORE, nr,
				   cpus))
			too_many = nr;
		else
			fits = nr;
	}
	free(cpus);
	pl->nr_usable = fits;
	return 0;
}

static int read_list(struct placer *pl, struct error *e)
{
	unsigned max = topology_nr_cpus(pl->topology);
	int err;

	pl->list = calloc(max + 1, sizeof(*pl->list));
	if (!pl->list)
		return -ENOMEM;

	err = topology_parse_list(pl->topology, pl->config->cpu_list, pl->list,
				  max, &pl->nr_list, e);
	if (err && e)
		error_prefix(e, "placement");
	return err;
}

static int prepare(struct placer *pl, struct error *e)
{
	switch (pl->config->placement) {
	case CONFIG_PLACEMENT_LIST:
		return read_list(pl, e);
	case CONFIG_PLACEMENT_ONE_PER_CORE:
		return count_cores(pl);
	case CONFIG_PLACEMENT_COMPACT:
	default:
		pl->nr_usable = topology_nr_cpus(pl->topology);
		return 0;
	}
}

int plan_place(struct plan *p, const struct topology *t,
	       const struct units *units, struct error *e)
{
	struct placer pl = { .config = p->config, .topology = t };
	int err = prepare(&pl, e);

	for (size_t i = 0; !err && i < p->nr_points; i++) {
		struct plan_point *point = &p->points[i];
		uint64_t wanted = cpus_wanted(point, units);

		err = pl.list ? place_by_list(&pl, point, wanted)
			      : place_by_policy(&pl, point, wanted);
	}
	free(pl.list);
	return err ? error_set(e, err, "cannot place the points: %s",
			       strerror(-err))
		   : 0;
}
