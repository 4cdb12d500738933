// SPDX-License-Identifier: GPL-2.0-only
/* What the roles did: steps, times and values. */
#include "observe.h"
#include "role_counts.h"
#include "roles_internal.h"

void roles_take_values(struct fl_observations *o)
{
	observe_add(o->into, o->ns, o->nr);
	o->nr = 0;
}

static void add_instance(struct roles_sum *sum, const struct role_body *b)
{
	uint64_t steps = atomic_load(&b->steps);

	if (!sum->instances || steps < sum->least_steps)
		sum->least_steps = steps;
	if (steps > sum->most_steps)
		sum->most_steps = steps;
	sum->instances++;
	sum->steps += steps;
	sum->wall_ns += b->wall_ns;
	sum->cpu_ns += b->cpu_ns;
	sum->busy_ns += b->busy_ns;
	sum->untimed_ns += b->untimed.wall_ns;
	sum->switches.voluntary += b->switches.voluntary;
	sum->switches.involuntary += b->switches.involuntary;
}

bool roles_sum(const struct roles *r, unsigned row, struct roles_sum *ret_sum)
{
	struct roles_sum sum = { 0 };

	for (unsigned i = 0; r && i < r->nr; i++)
		if (r->body[i].row == row)
			add_instance(&sum, &r->body[i]);
	if (!sum.instances)
		return false;

	sum.wall_ns /= sum.instances;
	*ret_sum = sum;
	return true;
}

bool roles_sum_leading(const struct roles *r, struct roles_sum *ret_sum)
{
	return r && r->nr && roles_sum(r, r->body[0].row, ret_sum);
}

bool roles_at(const struct roles *r, unsigned i, unsigned *ret_row,
	      const struct role_counts **ret_counts)
{
	if (!r || i >= r->nr)
		return false;

	*ret_row = r->body[i].row;
	*ret_counts = r->body[i].counts;
	return true;
}

const struct fl_thread *roles_thread(const struct roles *r, unsigned i)
{
	return r && i < r->nr ? &r->body[i].thread : NULL;
}

void roles_observed(struct roles *r, unsigned metric, struct observe *to)
{
	for (unsigned i = 0; r && i < r->nr; i++) {
		struct fl_observations *o = &r->body[i].thread.observed[metric];

		roles_take_values(o);
		observe_merge(to, o->into);
	}
}
