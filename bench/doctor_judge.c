// SPDX-License-Identifier: GPL-2.0-only
/* From what the probes found to what can be measured. */
#include "bench/doctor.h"

#include "common/feature.h"
#include "common/record.h"
#include "workloads/registry.h"

#include <string.h>

static bool has_feature(const struct doctor_side *side, enum fl_feature feature)
{
	const json_t *probe = record_find(side->features, "feature",
					  feature_name(feature));

	return feature == FL_FEATURE_NONE ||
	       !strcmp(record_text_or(probe, "state", ""), "yes");
}

/* "backing=shmem: write-protect shared memory" */
static void add_missing(const struct doctor_side *side,
			struct doctor_opinion *o, const char *where,
			enum fl_feature feature)
{
	const char *name = feature_name(feature);
	const char *words = record_text_or(
		record_find(side->features, "feature", name), "words", "");

	if (!*words)
		words = name;
	json_array_append_new(o->missing,
			      json_sprintf("%s%s%s", where ? where : "",
					   where ? ": " : "", words));
}

static void judge_needs(const struct doctor_side *side,
			const struct fl_workload *w, struct doctor_opinion *o)
{
	for (const struct fl_need *n = w->needs; n && n->feature; n++) {
		if (has_feature(side, n->feature))
			continue;

		add_missing(side, o, n->when, n->feature);
		if (!n->when)
			o->verdict = DOCTOR_NO;
		else if (o->verdict == DOCTOR_YES)
			o->verdict = DOCTOR_PARTLY;
	}
}

static void judge_arms(const struct doctor_side *side,
		       const struct fl_workload *w, struct doctor_opinion *o)
{
	for (const struct fl_arm *a = w->arms; a && a->name; a++) {
		char where[96];

		if (has_feature(side, a->needs))
			continue;

		snprintf(where, sizeof(where), "arm %.80s", a->name);
		add_missing(side, o, where, a->needs);
		if (o->verdict == DOCTOR_YES)
			o->verdict = DOCTOR_PARTLY;
	}
}

/* Page faults are faults of user mode: user-only misses none. */
static bool counts(const struct doctor_side *side, const char *counter)
{
	const char *status = record_text_or(
		record_find(side->events, "name", counter), "status", "");

	return !strcmp(status, "ok") || (!strcmp(status, "user-only") &&
					 (!strcmp(counter, "page-faults") ||
					  !strcmp(counter, "minor-faults")));
}

static bool is_in(const json_t *array, const char *text)
{
	json_t *there;
	size_t i;

	json_array_foreach (array, i, there)
		if (!strcmp(json_string_value(there), text))
			return true;

	return false;
}

static void judge_expects(const struct doctor_side *side,
			  const struct fl_workload *w, struct doctor_opinion *o)
{
	for (const struct fl_expect *x = w->expects; x && x->counter; x++)
		if (!counts(side, x->counter) &&
		    !is_in(o->unverified, x->counter))
			json_array_append_new(o->unverified,
					      json_string(x->counter));
}

void doctor_judge(const struct doctor_side *side, const struct fl_workload *w,
		  struct doctor_opinion *ret_opinion)
{
	struct doctor_opinion o = {
		.verdict = side->note[0] ? DOCTOR_NO : DOCTOR_YES,
		.missing = json_array(),
		.unverified = json_array(),
	};

	if (!side->note[0]) {
		judge_needs(side, w, &o);
		judge_arms(side, w, &o);
		judge_expects(side, w, &o);
	}
	*ret_opinion = o;
}

void doctor_opinion_finish(struct doctor_opinion *o)
{
	json_decref(o->missing);
	json_decref(o->unverified);
	*o = (struct doctor_opinion){ 0 };
}

static bool side_can_measure(const struct doctor_side *side)
{
	const struct fl_workload *w;
	bool can = false;

	for (size_t i = 0; !can && (w = registry_at(i)); i++) {
		struct doctor_opinion o;

		doctor_judge(side, w, &o);
		can = !w->selftest && o.verdict != DOCTOR_NO;
		doctor_opinion_finish(&o);
	}
	return can;
}

bool doctor_can_measure(const struct doctor *d)
{
	for (unsigned i = 0; i < d->nr_sides; i++)
		if (side_can_measure(&d->sides[i]))
			return true;

	return false;
}
