// SPDX-License-Identifier: GPL-2.0-only
/* A workload's tables as one JSON object. */
#include "cli/list.h"

#include "common/feature.h"

/* An empty optional text leaves its key out. */
static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

static json_t *row(json_t *array)
{
	json_t *object = json_object();

	json_array_append_new(array, object);
	return object;
}

/* What is said about each choice, if anything is. */
static void set_words(json_t *o, const struct fl_param *p)
{
	json_t *words;

	if (!p->words)
		return;

	words = json_object();
	for (size_t i = 0; p->choices && p->choices[i]; i++)
		set_text(words, p->choices[i], p->words[i]);
	json_object_set_new(o, "words", words);
}

static json_t *params(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_param *p = w->params; p && p->name; p++) {
		json_t *o = row(array);

		set_text(o, "name", p->name);
		set_text(o, "type", list_type(p->type));
		set_text(o, "unit", p->unit);
		set_text(o, "default", p->def);
		set_text(o, "help", p->help);
		set_text(o, "when", p->when);
		if (p->type == FL_TYPE_ENUM) {
			json_t *choices = json_array();

			for (const char *const *c = p->choices; c && *c; c++)
				json_array_append_new(choices, json_string(*c));
			json_object_set_new(o, "choices", choices);
			set_words(o, p);
			continue;
		}
		json_object_set_new(o, "min", json_integer((json_int_t)p->min));
		json_object_set_new(o, "max", json_integer((json_int_t)p->max));
	}
	return array;
}

static json_t *arms(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_arm *a = w->arms; a && a->name; a++) {
		json_t *o = row(array);

		set_text(o, "name", a->name);
		set_text(o, "reference", a->reference);
		if (a->planted)
			json_object_set_new(o, "planted", json_true());
		set_text(o, "when", a->when);
		set_text(o, "needs", a->needs ? feature_words(a->needs) : NULL);
		set_text(o, "differs", a->differs);
		set_text(o, "why", a->why);
	}
	return array;
}

static json_t *metrics(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_metric *m = w->metrics; m && m->name; m++) {
		json_t *o = row(array);

		set_text(o, "name", m->name);
		set_text(o, "unit", m->unit);
		set_text(o, "better", list_better(m->better));
		set_text(o, "kind", list_kind(m->kind));
		set_text(o, "when", m->when);
		set_text(o, "help", m->help);
	}
	return array;
}

static json_t *terms(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_term *t = w->terms; t && t->name; t++) {
		json_t *o = row(array);

		set_text(o, "name", t->name);
		set_text(o, "unit", t->unit);
		set_text(o, "words", t->words);
		json_object_set_new(o, "capped", json_boolean(t->capped));
	}
	return array;
}

static json_t *needs(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_need *n = w->needs; n && n->feature; n++) {
		json_t *o = row(array);

		set_text(o, "feature", feature_words(n->feature));
		set_text(o, "when", n->when);
	}
	return array;
}

static json_t *system_state(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_system *s = w->system; s && s->knob; s++) {
		json_t *o = row(array);

		set_text(o, "knob", s->knob);
		set_text(o, "relation", s->value ? "exactly" : "at-least");
		set_text(o, "value", s->value);
		set_text(o, "when", s->when);
	}
	return array;
}

static json_t *expects(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_expect *x = w->expects; x && x->counter; x++) {
		json_t *o = row(array);

		set_text(o, "counter", x->counter);
		set_text(o, "arm", x->arm);
		set_text(o, "role", x->role);
		set_text(o, "when", x->when);
		set_text(o, "relation", list_relation(x->relation));
		if (!x->of)
			json_object_set_new(o, "per_op", json_real(x->per_op));
		json_object_set_new(o, "tolerance", json_real(x->tolerance));
		json_object_set_new(o, "relative", json_boolean(x->relative));
	}
	return array;
}

static json_t *roles(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_role *r = w->roles; r && r->name; r++) {
		json_t *o = row(array);

		set_text(o, "name", r->name);
		set_text(o, "kind", list_role_kind(r->kind));
		set_text(o, "arm", r->arm);
		set_text(o, "when", r->when);
		json_object_set_new(o, "gates", json_boolean(r->gates));
	}
	return array;
}

static json_t *outcomes(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_outcome *t = w->outcomes; t && t->name; t++) {
		json_t *o = row(array);

		set_text(o, "name", t->name);
		set_text(o, "help", t->help);
	}
	return array;
}

static json_t *oracles(const struct fl_workload *w)
{
	json_t *array = json_array();

	for (const struct fl_oracle *t = w->oracles; t && t->name; t++) {
		json_t *o = row(array);

		set_text(o, "name", t->name);
		set_text(o, "words", t->words);
	}
	return array;
}

json_t *list_json(const struct fl_workload *w)
{
	json_t *o = json_object();

	set_text(o, "name", w->name);
	set_text(o, "summary", w->summary);
	set_text(o, "kernel_path", w->kernel_path);
	set_text(o, "source", w->source);
	set_text(o, "exposure", w->exposure);
	set_text(o, "mode", list_mode(w->mode));
	json_object_set_new(o, "selftest", json_boolean(w->selftest));
	json_object_set_new(o, "params", params(w));
	json_object_set_new(o, "arms", arms(w));
	json_object_set_new(o, "metrics", metrics(w));
	json_object_set_new(o, "terms", terms(w));
	json_object_set_new(o, "needs", needs(w));
	json_object_set_new(o, "system", system_state(w));
	json_object_set_new(o, "expects", expects(w));
	json_object_set_new(o, "roles", roles(w));
	json_object_set_new(o, "outcomes", outcomes(w));
	json_object_set_new(o, "oracles", oracles(w));
	return o;
}
