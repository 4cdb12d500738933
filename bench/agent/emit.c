// SPDX-License-Identifier: GPL-2.0-only
#include "emit.h"

#include "config.h"
#include "counting.h"
#include "probe.h"
#include "trial.h"
#include "window.h"

#include "common/feature.h"
#include "common/hash.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <string.h>
#include <unistd.h>

void emit_hello(struct records *out)
{
	struct json_writer *w = records_open(out, "hello");
	char tables[HASH_TEXT_BYTES];

	json_u64(w, "protocol", FL_PROTOCOL_VERSION);
	json_text(w, "tables", hash_print(registry_hash(), tables));
	json_text(w, "agent", FL_VERSION);
	json_u64(w, "pid", (uint64_t)getpid());
	records_close(out);
}

void emit_probes(struct records *out)
{
	const struct probe *probe;

	for (size_t i = 0; (probe = probe_at(i)); i++) {
		const char *why = NULL;
		enum fl_feature_state state = probe_feature(probe->feature,
							    &why);
		struct json_writer *w = records_open(out, "probe");

		json_text(w, "feature", feature_name(probe->feature));
		json_text(w, "words", feature_words(probe->feature));
		json_text(w, "state", feature_state_name(state));
		if (why && *why)
			json_text(w, "why", why);
		records_close(out);
	}
	counting_emit_events(out);
}

/* Only of arms that the table has: copies take no part in the model. */
static void emit_terms(const struct session *s, const struct slot *slot,
		       struct json_writer *w)
{
	const struct fl_term *t = s->run.workload->terms;

	if (!t || !t->name ||
	    (slot->kind != SLOT_REFERENCE && slot->kind != SLOT_CONTRAST))
		return;

	json_array_open(w, "terms");
	for (; t->name; t++) {
		struct fl_amount amount = t->amount(fl_params(&s->run),
						    slot->arm);

		if (amount.count == 0)
			continue;
		json_object_open(w, NULL);
		json_text(w, "name", t->name);
		json_f64(w, "count", amount.count);
		json_f64(w, "size", amount.size);
		json_object_close(w);
	}
	json_array_close(w);
}

static void emit_arms(const struct session *s, struct records *out)
{
	for (unsigned i = 0; i < s->schedule.nr_slots; i++) {
		const struct slot *slot = &s->schedule.slots[i];
		struct json_writer *w = records_open(out, "arm");

		json_u64(w, "slot", i);
		json_text(w, "name", slot->name);
		json_text(w, "kind", schedule_kind_word(slot->kind));
		if (slot->kind != SLOT_REFERENCE && slot->kind != SLOT_PLANTED)
			json_u64(w, "reference", slot->reference);
		if (s->run.workload->mode == FL_MODE_BATCH)
			json_u64(w, "ops", session_nops(s, i));
		emit_terms(s, slot, w);
		records_close(out);
	}
	for (unsigned i = 0; i < s->schedule.nr_skips; i++) {
		struct json_writer *w = records_open(out, "arm");

		json_text(w, "name", s->schedule.skips[i].name);
		if (s->schedule.skips[i].planted)
			json_text(w, "kind", schedule_kind_word(SLOT_PLANTED));
		json_text(w, "skip", s->schedule.skips[i].why);
		records_close(out);
	}
}

static void emit_facts(const struct session *s, struct records *out)
{
	for (unsigned i = 0; i < s->run.nr_facts; i++) {
		struct json_writer *w = records_open(out, "fact");

		json_text(w, "name", s->run.facts[i].name);
		json_text(w, "value", s->run.facts[i].value);
		records_close(out);
	}
}

static void emit_histogram(const struct observe *o, struct json_writer *w)
{
	json_array_open(w, "histogram");
	for (size_t i = 0; i < OBSERVE_BUCKETS; i++) {
		if (!o->bucket[i])
			continue;
		json_array_open(w, NULL);
		json_u64(w, NULL, observe_bound(i));
		json_u64(w, NULL, o->bucket[i]);
		json_array_close(w);
	}
	json_array_close(w);
	json_array_open(w, "reservoir");
	for (size_t i = 0; i < observe_kept(o); i++)
		json_u64(w, NULL, o->reservoir[i]);
	json_array_close(w);
}

static void emit_observed(struct session *s, unsigned slot, unsigned metric,
			  struct records *out)
{
	const struct observe *o = session_observed(s, slot, metric);
	struct json_writer *w;

	if (!o || !(o->count || o->lost))
		return;

	w = records_open(out, "observed");
	json_u64(w, "slot", slot);
	json_text(w, "metric", s->run.workload->metrics[metric].name);
	json_u64(w, "count", o->count);
	json_u64(w, "lost", o->lost);
	emit_histogram(o, w);
	records_close(out);
}

static void emit_all_observed(struct session *s, struct records *out)
{
	for (unsigned slot = 0; slot < s->schedule.nr_slots; slot++)
		for (unsigned m = 1; m < s->nr_metrics; m++)
			emit_observed(s, slot, m, out);
}

static void emit_calibration(const struct calibration *c, struct records *out)
{
	struct json_writer *w = records_open(out, "calibration");

	json_u64(w, "batch_ops", c->batch_ops);
	json_u64(w, "batch_ns", c->batch_ns);
	json_u64(w, "clock_step_ns", c->clock.step_ns);
	json_u64(w, "clock_cost_ns", c->clock.cost_ns);
	records_close(out);
}

static const char *status_word(const struct session *s, int err)
{
	if (s->run.skipped)
		return "skip";
	if (s->invalid)
		return "invalid";

	return err ? "fail" : "ok";
}

static void emit_result(const struct session *s, int err, struct records *out)
{
	struct json_writer *w = records_open(out, "result");
	const char *status = status_word(s, err);

	json_text(w, "status", status);
	if (s->run.why[0])
		json_text(w, "why", s->run.why);
	else if (err)
		json_text(w, "why", strerror(-err));
	json_u64(w, "blocks", s->blocks);
	json_u64(w, "batches", s->samples.nr);
	json_bool(w, "long_ops", s->long_ops);
	json_u64(w, "wall_ns", s->wall_ns);
	json_u64(w, "cpu_ns", s->cpu_ns);
	json_array_open(w, "switches");
	json_u64(w, NULL, s->switches.voluntary);
	json_u64(w, NULL, s->switches.involuntary);
	json_array_close(w);
	records_close(out);
}

void emit_session(struct session *s, const struct calibration *calibration,
		  int err, struct records *out)
{
	if (calibration)
		emit_calibration(calibration, out);
	emit_arms(s, out);
	emit_facts(s, out);
	samples_emit(&s->samples, s->long_ops, out);
	emit_all_observed(s, out);
	window_emit(s, out);
	trial_emit(s, out);
	counting_emit(s, out);
	emit_result(s, err, out);
}
