// SPDX-License-Identifier: GPL-2.0-only
#include "window_counts.h"

#include "counted.h"
#include "counting.h"
#include "role_counts.h"
#include "role_table.h"
#include "roles.h"
#include "window.h"

enum {
	COUNT_NS = 10000000, /* as long as for an arm of batches */
	COUNT_PERIODS = 5,   /* of the slowest paced role, at least */
};

static uint64_t length_ns(const struct session *s)
{
	uint64_t periods = role_table_longest_period_ns(s) * COUNT_PERIODS;

	return periods > COUNT_NS ? periods : COUNT_NS;
}

static void add_instances(struct session *s, struct counted *to, unsigned row)
{
	const struct role_counts *c;
	unsigned of;

	for (unsigned i = 0; roles_at(s->roles, i, &of, &c); i++)
		for (unsigned e = 0; of == row && c && e < c->nr; e++)
			counted_add(to, &c->event[e], c->empty[e]);
}

static void keep_roles(struct session *s, unsigned slot,
		       const struct system_counts *total)
{
	const struct fl_role *table = s->run.workload->roles;
	struct counted *system = counting_add(s->counting, slot, NULL);
	bool leads = true;

	counted_add_system(system, total);
	for (unsigned row = 0; table && table[row].name; row++) {
		struct roles_sum sum;
		struct counted *to;

		if (!roles_sum(s->roles, row, &sum))
			continue;
		to = counting_add(s->counting, slot, &table[row]);
		to->ops = sum.steps;
		to->leads = leads;
		if (leads)
			system->ops = sum.steps;
		leads = false;
		add_instances(s, to, row);
		counted_judge(s, to, system);
	}
}

int window_counts_run(struct session *s)
{
	unsigned rows = role_table_rows(s);
	int err = counting_start(s, s->schedule.nr_slots * (rows + 1));

	s->count_roles = true;
	for (unsigned i = 0; i < s->schedule.nr_slots && !err; i++)
		if (!slot_is_copy(&s->schedule.slots[i]))
			err = window_once(s, i, length_ns(s), keep_roles);
	s->count_roles = false;
	return err;
}
