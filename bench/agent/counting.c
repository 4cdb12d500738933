// SPDX-License-Identifier: GPL-2.0-only
#include "counting.h"

#include "batch.h"
#include "counters.h"
#include "expects.h"
#include "prefault.h"
#include "system_counts.h"

#include "common/condition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCHES = 20,
	PHASE_NS = 10000000, /* for an arm, unless one batch takes longer */
	MAX_EVENTS = 32,
	MAX_EXPECTS = 32,
};

struct counted_slot {
	uint64_t ops, batches;
	struct counter event[MAX_EVENTS];
	uint64_t empty[MAX_EVENTS]; /* what BATCHES batches without ops gave */
	unsigned nr_events;
	struct {
		struct fl_expect row; /* resolved */
		struct expects_verdict verdict;
	} expect[MAX_EXPECTS];
	unsigned nr_expects;
};

struct counting {
	struct counters *counters;
	uint64_t empty[MAX_EVENTS];
	struct counted_slot slot[FL_MAX_SLOTS];
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

static int count_batches(struct session *s, unsigned slot,
			 struct system_counts *total)
{
	struct counted_slot *to = &s->counting->slot[slot];
	uint64_t until;

	counters_reset(s->counting->counters);
	until = fl_clock_ns() + PHASE_NS;
	while (to->batches < BATCHES &&
	       (!to->batches || fl_clock_ns() < until)) {
		int err = count_batch(s, slot, total);

		if (err)
			return err;
		to->batches++;
		to->ops += s->slot_nops;
	}
	counters_collect(s->counting->counters);
	return 0;
}

static void keep_events(struct session *s, struct counted_slot *to,
			const struct system_counts *total)
{
	struct counting *c = s->counting;

	for (size_t i = 0; i < counters_nr(c->counters); i++) {
		to->empty[to->nr_events] = c->empty[i];
		to->event[to->nr_events++] = *counters_at(c->counters, i);
	}
	for (size_t i = 0; i < SYSTEM_COUNTS_NR; i++)
		to->event[to->nr_events++] = system_counts_at(total, i);
}

static const struct counter *find_event(const struct counted_slot *slot,
					const char *name, uint64_t *ret_empty)
{
	for (unsigned i = 0; i < slot->nr_events; i++)
		if (!strcmp(slot->event[i].name, name)) {
			*ret_empty = slot->empty[i];
			return &slot->event[i];
		}

	return NULL;
}

/* A switch of tasks flushes, and the tracepoint cannot tell whose it is. */
static uint64_t stray_events(const struct counted_slot *slot,
			     const struct fl_expect *x)
{
	uint64_t empty;
	const struct counter *c = find_event(slot, "context-switches", &empty);

	return c && !strcmp(x->counter, "tlb:tlb_flush") ? c->value : 0;
}

static struct expects_verdict judge(const struct counted_slot *slot,
				    const struct fl_expect *x)
{
	uint64_t empty = 0;
	const struct counter *counter = find_event(slot, x->counter, &empty);
	struct expects_verdict v;

	v = expects_judge(x, counter, slot->ops, stray_events(slot, x));
	/* Faults of the counting itself would be taken for those of the op. */
	if (counter && counter->user_suffices && empty &&
	    v.state == EXPECTS_BROKEN) {
		v.state = EXPECTS_UNVERIFIED;
		snprintf(v.why, sizeof(v.why),
			 "counting alone gives %llu in %d batches",
			 (unsigned long long)empty, BATCHES);
	}
	return v;
}

static bool counts_tracepoints(const struct session *s)
{
	return s->job->counters == FL_JOB_COUNTERS_ALL;
}

/* Whether the row speaks of this arm, and its counter ran in this launch. */
static bool applies(const struct session *s, const struct fl_expect *x,
		    const char *arm)
{
	if (x->arm && strcmp(x->arm, arm) != 0)
		return false;
	if (counters_is_tracepoint(x->counter) && !counts_tracepoints(s))
		return false;

	return condition_when(s->run.workload, x->when, &s->units,
			      s->run.params);
}

static void judge_slot(struct session *s, unsigned slot)
{
	const struct fl_workload *w = s->run.workload;
	struct counted_slot *to = &s->counting->slot[slot];
	const char *arm = w->arms[s->schedule.slots[slot].arm].name;

	for (const struct fl_expect *x = w->expects; x && x->counter; x++) {
		struct fl_expect row = expects_resolve(x, s->run.params);
		struct expects_verdict v;

		if (to->nr_expects == MAX_EXPECTS || !applies(s, x, arm))
			continue;
		v = judge(to, &row);
		to->expect[to->nr_expects].row = row;
		to->expect[to->nr_expects++].verdict = v;
		if (v.state == EXPECTS_BROKEN)
			session_invalid(s, "arm %s: %s", arm, v.why);
	}
}

static int count_slot(struct session *s, unsigned slot)
{
	struct system_counts total = { 0 };
	int err = count_batches(s, slot, &total);

	if (err)
		return err;

	keep_events(s, &s->counting->slot[slot], &total);
	judge_slot(s, slot);
	return 0;
}

static bool is_copy(const struct slot *slot)
{
	return slot->kind == SLOT_AGAIN || slot->kind == SLOT_INJECT;
}

int counting_run(struct session *s)
{
	int err;

	s->counting = prefault_alloc(sizeof(*s->counting));
	if (!s->counting ||
	    counters_new(counts_tracepoints(s), &s->counting->counters))
		return fl_fail(&s->run, -ENOMEM, "counters");

	count_nothing(s);
	for (unsigned i = 0; i < s->schedule.nr_slots; i++) {
		if (is_copy(&s->schedule.slots[i]))
			continue;
		err = count_slot(s, i);
		if (err)
			return err;
	}
	return 0;
}

void counting_free(struct counting *c)
{
	if (!c)
		return;

	counters_free(c->counters);
	prefault_free(c, sizeof(*c));
}

static void emit_event(const struct counter *c, const uint64_t *empty,
		       struct json_writer *w)
{
	bool counted = c->status == COUNTER_OK ||
		       c->status == COUNTER_USER_ONLY;

	json_object_open(w, NULL);
	json_text(w, "name", c->name);
	json_text(w, "scope", c->system ? "system" : "thread");
	json_text(w, "status", counter_status_word(c->status));
	if (counted && empty) {
		json_u64(w, "value", c->value);
		if (!c->system) {
			json_u64(w, "enabled_ns", c->enabled_ns);
			json_u64(w, "running_ns", c->running_ns);
			json_u64(w, "empty", *empty);
		}
	}
	if (c->why[0])
		json_text(w, "why", c->why);
	json_object_close(w);
}

static void emit_expects(const struct counted_slot *from, unsigned slot,
			 struct records *out)
{
	for (unsigned i = 0; i < from->nr_expects; i++) {
		const struct fl_expect *x = &from->expect[i].row;
		const struct expects_verdict *v = &from->expect[i].verdict;
		struct json_writer *w = records_open(out, "expect");

		json_u64(w, "slot", slot);
		json_text(w, "counter", x->counter);
		json_text(w, "relation", expects_relation_word(x->relation));
		json_f64(w, "per_op", x->per_op);
		json_f64(w, "tolerance", x->tolerance);
		if (v->has_seen)
			json_f64(w, "seen", v->seen);
		json_text(w, "state", expects_state_word(v->state));
		if (v->why[0])
			json_text(w, "why", v->why);
		records_close(out);
	}
}

static void emit_slot(const struct counted_slot *from, unsigned slot,
		      struct records *out)
{
	struct json_writer *w = records_open(out, "counters");

	json_u64(w, "slot", slot);
	json_u64(w, "ops", from->ops);
	json_u64(w, "batches", from->batches);
	json_array_open(w, "events");
	for (unsigned i = 0; i < from->nr_events; i++)
		emit_event(&from->event[i], &from->empty[i], w);
	json_array_close(w);
	records_close(out);
	emit_expects(from, slot, out);
}

void counting_emit(const struct session *s, struct records *out)
{
	for (unsigned i = 0; s->counting && i < s->schedule.nr_slots; i++)
		if (s->counting->slot[i].nr_events)
			emit_slot(&s->counting->slot[i], i, out);
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
		emit_event(counters_at(counters, i), NULL, w);
	for (size_t i = 0; i < SYSTEM_COUNTS_NR; i++) {
		struct counter c = system_counts_at(&none, i);

		emit_event(&c, NULL, w);
	}
	json_array_close(w);
	records_close(out);
	counters_free(counters);
}
