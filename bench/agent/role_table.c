// SPDX-License-Identifier: GPL-2.0-only
#include "role_table.h"

#include "session.h"

#include "common/condition.h"

#include <string.h>

enum {
	MAX_INSTANCES = 4096
};

static bool is_on(const struct session *s, const struct fl_role *role)
{
	return condition_when(s->run.workload, role->when, &s->units,
			      s->run.params);
}

static bool is_of_arm(const struct session *s, const struct fl_role *role)
{
	const struct fl_arm *arms = s->run.workload->arms;

	return !role->arm || !strcmp(role->arm, arms[s->thread.arm].name);
}

unsigned role_table_rows(const struct session *s)
{
	const struct fl_role *table = s->run.workload->roles;
	unsigned nr = 0;

	while (table && table[nr].name)
		nr++;
	return nr;
}

unsigned role_table_count(const struct session *s, const struct fl_role *role)
{
	uint64_t nr;

	if (!is_on(s, role) || !is_of_arm(s, role))
		return 0;

	nr = role->count ? role->count(s->run.params) : 1;
	return nr < MAX_INSTANCES ? (unsigned)nr : MAX_INSTANCES;
}

unsigned role_table_total(const struct session *s)
{
	const struct fl_role *role = s->run.workload->roles;
	unsigned nr = 0;

	for (; role && role->name; role++)
		nr += role_table_count(s, role);
	return nr;
}

/* Whether the instance runs where the measuring thread does. */
static bool is_here(const struct session *s, const struct fl_role *role,
		    unsigned index)
{
	if (role->first_here && !index)
		return true;

	return role->same_cpu && role->same_cpu(s->run.params);
}

struct role_places role_table_places(const struct session *s)
{
	const struct fl_role *role = s->run.workload->roles;
	struct role_places p = { .of_all = 1, .of_arm = 1 };

	for (; role && role->name; role++) {
		unsigned nr = role->arm ? 0 : role_table_count(s, role);

		for (unsigned i = 0; i < nr; i++)
			p.of_arm += !is_here(s, role, i);
	}
	return p;
}

int role_table_place(struct session *s, struct role_places *places,
		     const struct fl_role *role, unsigned index,
		     unsigned *ret_cpu)
{
	unsigned at = 0;

	if (!is_here(s, role, index))
		at = role->arm ? places->of_arm++ : places->of_all++;
	if (at >= s->job->nr_cpus)
		return fl_fail(&s->run, -EINVAL,
			       "the job names %u CPUs, too few for its roles",
			       s->job->nr_cpus);
	*ret_cpu = s->job->cpus[at];
	return 0;
}

uint64_t role_table_longest_period_ns(const struct session *s)
{
	const struct fl_role *role = s->run.workload->roles;
	double longest = 0;

	for (; role && role->name; role++) {
		struct fl_pace pace = { 0 };

		if (role->pace && is_on(s, role))
			pace = role->pace(s->run.params);
		if (pace.per_s > 0 && 1e9 / pace.per_s > longest)
			longest = 1e9 / pace.per_s;
	}
	return (uint64_t)longest;
}
