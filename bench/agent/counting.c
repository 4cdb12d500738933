// SPDX-License-Identifier: GPL-2.0-only
#include "counting.h"

#include "batch.h"
#include "counted.h"
#include "prefault.h"

#include <assert.h>

enum {
	BATCHES = 20,
	PHASE_NS = 10000000, /* for an arm, unless one batch takes longer */
};

struct counting {
	struct counters *counters; /* of the measuring thread */
	uint64_t empty[COUNTED_MAX_EVENTS];
	size_t bytes;
	unsigned nr, capacity;
	struct counted of[];
};

/* What enabling and disabling count by themselves. */
static void count_nothing(struct session *s)
{
	struct counting *c = s->counting;

	counters_reset(c->counters);
	for (unsigned i = 0; i < BATCHES; i++) {
		prefault_again(&s->prefault);
		counters_enable(c->counters);
		counters_disable(c->counters);
	}
	counters_collect(c->counters);
	for (size_t i = 0; i < counters_nr(c->counters); i++)
		c->empty[i] = counters_at(c->counters, i)->value;
}

static int count_batch(struct session *s, unsigned slot,
		       struct system_counts *total)
{
	struct system_counts before, after;
	struct counters *counters = s->counting->counters;
	int err = batch_prepare(s, slot);

	if (err)
		return err;

	system_counts_read(&before);
	prefault_again(&s->prefault);
	counters_enable(counters);
	err = s->run.workload->op(&s->thread, s->slot_nops);
	counters_disable(counters);
	system_counts_read(&after);
	system_counts_add(total, &before, &after);
	session_fold(s, slot, false);
	return err ? err : batch_check(s);
}

static int count_batches(struct session *s, struct counted *to,
			 struct system_counts *total)
{
	uint64_t until;

	counters_reset(s->counting->counters);
	until = fl_clock_ns() + PHASE_NS;
	while (to->batches < BATCHES &&
	       (!to->batches || fl_clock_ns() < until)) {
		int err = count_batch(s, to->slot, total);

		if (err)
			return err;
		to->batches++;
		to->ops += s->slot_nops;
	}
	counters_collect(s->counting->counters);
	return 0;
}

static int count_slot(struct session *s, unsigned slot)
{
	struct counting *c = s->counting;
	struct counted *to = counting_add(c, slot, NULL);
	struct system_counts total = { 0 };
	int err;

	to->leads = true;
	err = toggle_give_settled(s, slot);
	if (!err)
		err = count_batches(s, to, &total);
	if (err)
		return err;

	for (size_t i = 0; i < counters_nr(c->counters); i++)
		counted_add(to, counters_at(c->counters, i), c->empty[i]);
	counted_add_system(to, &total);
	counted_judge(s, to, to);
	return 0;
}

int counting_start(struct session *s, unsigned most)
{
	size_t bytes = sizeof(struct counting) + most * sizeof(struct counted);

	s->counting = prefault_alloc(bytes);
	if (!s->counting)
		return fl_fail(&s->run, -ENOMEM, "counters");

	s->counting->bytes = bytes;
	s->counting->capacity = most;
	if (counters_new(s->job->counters == FL_JOB_COUNTERS_ALL,
			 &s->counting->counters))
		return fl_fail(&s->run, -ENOMEM, "counters");
	return 0;
}

struct counted *counting_add(struct counting *c, unsigned slot,
			     const struct fl_role *role)
{
	struct counted *counted = &c->of[c->nr++];

	assert(c->nr <= c->capacity);
	counted->slot = slot;
	counted->role = role;
	return counted;
}

int counting_run(struct session *s)
{
	int err = counting_start(s, s->schedule.nr_slots);

	if (err)
		return err;

	count_nothing(s);
	for (unsigned i = 0; i < s->schedule.nr_slots && !err; i++)
		if (!slot_is_copy(&s->schedule.slots[i]))
			err = count_slot(s, i);
	return err;
}

void counting_free(struct counting *c)
{
	if (!c)
		return;

	counters_free(c->counters);
	prefault_free(c, c->bytes);
}

void counting_emit(const struct session *s, struct records *out)
{
	for (unsigned i = 0; s->counting && i < s->counting->nr; i++)
		if (s->counting->of[i].nr_events)
			counted_emit(&s->counting->of[i], out);
}

void counting_emit_events(struct records *out)
{
	struct system_counts now, none = { 0 };
	struct counters *counters;
	struct json_writer *w;

	if (counters_new(true, &counters))
		return;

	system_counts_read(&now);
	system_counts_add(&none, &now, &now);
	w = records_open(out, "counters");
	json_array_open(w, "events");
	for (size_t i = 0; i < counters_nr(counters); i++)
		counted_emit_event(counters_at(counters, i), NULL, w);
	for (size_t i = 0; i < SYSTEM_COUNTS_NR; i++) {
		struct counter c = system_counts_at(&none, i);

		counted_emit_event(&c, NULL, w);
	}
	json_array_close(w);
	records_close(out);
	counters_free(counters);
}
