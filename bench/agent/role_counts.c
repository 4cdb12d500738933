// SPDX-License-Identifier: GPL-2.0-only
#include "role_counts.h"

#include "prefault.h"

struct role_counts *role_counts_new(bool tracepoints)
{
	struct role_counts *c = prefault_alloc(sizeof(*c));

	if (c)
		c->tracepoints = tracepoints;
	return c;
}

void role_counts_free(struct role_counts *c)
{
	prefault_free(c, sizeof(*c));
}

int role_counts_open(struct role_counts *c)
{
	int err = counters_new(c->tracepoints, &c->counters);

	if (err)
		return err;

	counters_reset(c->counters);
	counters_enable(c->counters);
	counters_disable(c->counters);
	counters_collect(c->counters);
	for (size_t i = 0; i < counters_nr(c->counters); i++)
		c->empty[i] = counters_at(c->counters, i)->value;
	counters_reset(c->counters);
	return 0;
}

void role_counts_go(struct role_counts *c)
{
	if (c && c->counters)
		counters_enable(c->counters);
}

void role_counts_pause(struct role_counts *c)
{
	if (c && c->counters)
		counters_disable(c->counters);
}

void role_counts_stop(struct role_counts *c)
{
	if (!c || !c->counters)
		return;

	counters_disable(c->counters);
	counters_collect(c->counters);
	for (size_t i = 0; i < counters_nr(c->counters); i++)
		c->event[c->nr++] = *counters_at(c->counters, i);
}

void role_counts_close(struct role_counts *c)
{
	if (!c)
		return;

	counters_free(c->counters);
	c->counters = NULL;
}
