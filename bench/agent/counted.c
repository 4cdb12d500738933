// SPDX-License-Identifier: GPL-2.0-only
#include "counted.h"

#include "session.h"

#include "common/condition.h"

#include <stdio.h>
#include <string.h>

static const struct counter *find_event(const struct counted *c,
					const char *name, uint64_t *ret_empty)
{
	for (unsigned i = 0; i < c->nr_events; i++)
		if (!strcmp(c->event[i].name, name)) {
			*ret_empty = c->empty[i];
			return &c->event[i];
		}

	return NULL;
}

void counted_add(struct counted *to, const struct counter *event,
		 uint64_t empty)
{
	unsigned at = 0;

	while (at < to->nr_events &&
	       strcmp(to->event[at].name, event->name) != 0)
		at++;
	if (at == COUNTED_MAX_EVENTS)
		return;
	if (at == to->nr_events) {
		to->event[to->nr_events++] = *event;
		to->empty[at] = empty;
		return;
	}
	if (counter_has_value(&to->event[at]) && !counter_has_value(event))
		to->event[at] = *event;
	if (!counter_has_value(&to->event[at]))
		return;
	to->event[at].value += event->value;
	to->event[at].enabled_ns += event->enabled_ns;
	to->event[at].running_ns += event->running_ns;
	to->empty[at] += empty;
}

void counted_add_system(struct counted *to, const struct system_counts *total)
{
	for (size_t i = 0; i < SYSTEM_COUNTS_NR; i++) {
		struct counter event = system_counts_at(total, i);

		counted_add(to, &event, 0);
	}
}

/* A switch of tasks flushes, and the tracepoint cannot tell whose it is. */
static uint64_t stray_events(const struct counted *c, const struct fl_expect *x)
{
	uint64_t empty;
	const struct counter *switches = find_event(c, "context-switches",
						    &empty);

	return switches && !strcmp(x->counter, "tlb:tlb_flush")
		       ? switches->value
		       : 0;
}

static struct expects_verdict judge(const struct counted *c,
				    const struct counted *system,
				    const struct fl_expect *x)
{
	uint64_t empty = 0;
	const struct counter *counter = find_event(c, x->counter, &empty);
	struct expects_verdict v;

	if (!counter)
		counter = find_event(system, x->counter, &empty);
	v = expects_judge(x, counter, c->ops, stray_events(c, x));
	/* Faults of the counting itself would be taken for those of the op. */
	if (counter && counter->user_suffices && empty &&
	    v.state == EXPECTS_BROKEN) {
		v.state = EXPECTS_UNVERIFIED;
		snprintf(v.why, sizeof(v.why), "counting alone gives %llu",
			 (unsigned long long)empty);
	}
	return v;
}

/* What the other value changes is to be found out, and no fault of the launch. */
static void forgive(struct expects_verdict *v)
{
	char seen[sizeof(v->why)];

	if (v->state != EXPECTS_BROKEN)
		return;

	memcpy(seen, v->why, sizeof(seen));
	v->state = EXPECTS_UNVERIFIED;
	snprintf(v->why, sizeof(v->why), "toggled, it may differ: %.*s",
		 (int)sizeof(v->why) - 32, seen);
}

/* Whether the row speaks of this, and its counter ran in this launch. */
static bool applies(const struct session *s, const struct fl_expect *x,
		    const struct counted *c, const char *arm)
{
	if (x->arm && strcmp(x->arm, arm) != 0)
		return false;
	if (x->role ? !c->role || strcmp(x->role, c->role->name) != 0
		    : !c->leads)
		return false;
	if (counters_is_tracepoint(x->counter) &&
	    s->job->counters != FL_JOB_COUNTERS_ALL)
		return false;

	return condition_when(s->run.workload, x->when, &s->units,
			      s->run.params);
}

void counted_judge(struct session *s, struct counted *to,
		   const struct counted *system)
{
	const struct fl_workload *w = s->run.workload;
	const char *arm = w->arms[s->schedule.slots[to->slot].arm].name;

	for (const struct fl_expect *x = w->expects; x && x->counter; x++) {
		struct fl_expect row = expects_resolve(x, s->run.params);
		struct expects_verdict v;

		if (to->nr_expects == COUNTED_MAX_EXPECTS ||
		    !applies(s, x, to, arm))
			continue;
		v = judge(to, system, &row);
		if (s->schedule.slots[to->slot].kind == SLOT_TOGGLE)
			forgive(&v);
		to->expect[to->nr_expects].row = row;
		to->expect[to->nr_expects++].verdict = v;
		if (v.state == EXPECTS_BROKEN)
			session_invalid(s, "arm %s: %s%s%s", arm,
					to->role ? to->role->name : "",
					to->role ? ": " : "", v.why);
	}
}

void counted_emit_event(const struct counter *c, const uint64_t *empty,
			struct json_writer *w)
{
	json_object_open(w, NULL);
	json_text(w, "name", c->name);
	json_text(w, "scope", c->system ? "system" : "thread");
	json_text(w, "status", counter_status_word(c->status));
	if (counter_has_value(c) && empty) {
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

static void emit_expects(const struct counted *from, struct records *out)
{
	for (unsigned i = 0; i < from->nr_expects; i++) {
		const struct fl_expect *x = &from->expect[i].row;
		const struct expects_verdict *v = &from->expect[i].verdict;
		struct json_writer *w = records_open(out, "expect");

		json_u64(w, "slot", from->slot);
		if (from->role)
			json_text(w, "role", from->role->name);
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

void counted_emit(const struct counted *from, struct records *out)
{
	struct json_writer *w = records_open(out, "counters");

	json_u64(w, "slot", from->slot);
	if (from->role)
		json_text(w, "role", from->role->name);
	json_u64(w, "ops", from->ops);
	if (from->batches)
		json_u64(w, "batches", from->batches);
	json_array_open(w, "events");
	for (unsigned i = 0; i < from->nr_events; i++)
		counted_emit_event(&from->event[i], &from->empty[i], w);
	json_array_close(w);
	records_close(out);
	emit_expects(from, out);
}
