// SPDX-License-Identifier: GPL-2.0-only
/* The doctor's report as JSON, for programs. */
#include "bench/doctor.h"

#include "workloads/registry.h"

static json_t *side_json(const struct doctor_side *side)
{
	json_t *o = json_object();

	json_object_set_new(o, "as", json_string(side->title));
	json_object_set(o, "features", side->features);
	json_object_set(o, "events", side->events);
	if (side->note[0])
		json_object_set_new(o, "note", json_string(side->note));
	return o;
}

static json_t *opinion_json(const struct doctor_side *side,
			    const struct fl_workload *w)
{
	static const char *const words[] = { "no", "partly", "yes" };
	struct doctor_opinion opinion;
	json_t *o = json_object();

	doctor_judge(side, w, &opinion);
	json_object_set_new(o, "as", json_string(side->title));
	json_object_set_new(o, "verdict", json_string(words[opinion.verdict]));
	json_object_set(o, "without", opinion.missing);
	json_object_set(o, "unverified", opinion.unverified);
	doctor_opinion_finish(&opinion);
	return o;
}

static json_t *workload_json(const struct doctor *d,
			     const struct fl_workload *w)
{
	json_t *o = json_object(), *opinions = json_array();

	for (unsigned i = 0; i < d->nr_sides; i++)
		json_array_append_new(opinions, opinion_json(&d->sides[i], w));

	json_object_set_new(o, "name", json_string(w->name));
	json_object_set_new(o, "opinions", opinions);
	return o;
}

static json_t *warning_json(const struct environment_warning *w)
{
	json_t *o = json_object();

	json_object_set_new(o, "what", json_string(w->what));
	json_object_set_new(o, "why", json_string(w->why));
	json_object_set_new(o, "worthless", json_boolean(w->worthless));
	return o;
}

json_t *doctor_json(const struct doctor *d)
{
	json_t *o = json_object(), *sides = json_array();
	json_t *workloads = json_array(), *warnings = json_array();
	const struct fl_workload *w;

	for (unsigned i = 0; i < d->nr_sides; i++)
		json_array_append_new(sides, side_json(&d->sides[i]));
	for (size_t i = 0; (w = registry_at(i)); i++)
		if (!w->selftest)
			json_array_append_new(workloads, workload_json(d, w));
	for (size_t i = 0; i < d->nr_warnings; i++)
		json_array_append_new(warnings, warning_json(&d->warnings[i]));

	json_object_set(o, "boot", d->boot);
	json_object_set_new(o, "sides", sides);
	json_object_set_new(o, "workloads", workloads);
	json_object_set_new(o, "warnings", warnings);
	return o;
}
