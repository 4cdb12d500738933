// SPDX-License-Identifier: GPL-2.0-only
#include "workloads/registry.h"

#include "common/hash.h"

#include <string.h>

#define FL_WORKLOAD(name) extern const struct fl_workload name##_workload;
#include "workload_list.h"
#undef FL_WORKLOAD

#define FL_WORKLOAD(name) &name##_workload,
static const struct fl_workload *const registry[] = {
#include "workload_list.h"
	NULL,
};
#undef FL_WORKLOAD

const struct fl_workload *registry_at(size_t index)
{
	return registry[index];
}

const struct fl_workload *registry_find(const char *name)
{
	for (size_t i = 0; registry[i]; i++)
		if (!strcmp(registry[i]->name, name))
			return registry[i];

	return NULL;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text ? text : "", text ? strlen(text) + 1 : 1);
}

static uint64_t add_number(uint64_t hash, uint64_t number)
{
	return hash_add(hash, &number, sizeof(number));
}

static uint64_t add_params(uint64_t hash, const struct fl_param *p)
{
	for (; p && p->name; p++) {
		hash = add_text(hash, p->name);
		hash = add_number(hash, p->type);
		hash = add_number(hash, p->offset);
		hash = add_text(hash, p->when);
		for (const char *const *c = p->choices; c && *c; c++)
			hash = add_text(hash, *c);
	}
	return hash;
}

static uint64_t add_arms(uint64_t hash, const struct fl_arm *a)
{
	for (; a && a->name; a++) {
		hash = add_text(hash, a->name);
		hash = add_text(hash, a->reference);
		hash = add_text(hash, a->when);
		hash = add_number(hash, a->needs);
		hash = add_number(hash, a->planted);
	}
	return hash;
}

static uint64_t add_metrics(uint64_t hash, const struct fl_metric *m)
{
	for (; m && m->name; m++) {
		hash = add_text(hash, m->name);
		hash = add_text(hash, m->unit);
	}
	return hash;
}

static uint64_t add_terms(uint64_t hash, const struct fl_term *t)
{
	for (; t && t->name; t++) {
		hash = add_text(hash, t->name);
		hash = add_number(hash, t->capped);
	}
	return hash;
}

static uint64_t add_expects(uint64_t hash, const struct fl_expect *x)
{
	for (; x && x->counter; x++) {
		hash = add_text(hash, x->counter);
		hash = add_text(hash, x->arm);
		hash = add_text(hash, x->role);
		hash = add_text(hash, x->when);
		hash = add_number(hash, x->relation);
	}
	return hash;
}

static uint64_t add_roles(uint64_t hash, const struct fl_role *r)
{
	for (; r && r->name; r++) {
		hash = add_text(hash, r->name);
		hash = add_text(hash, r->arm);
		hash = add_text(hash, r->when);
		hash = add_number(hash, r->kind);
		hash = add_number(hash, r->first_here);
	}
	return hash;
}

static uint64_t add_system(uint64_t hash, const struct fl_system *s)
{
	for (; s && s->knob; s++) {
		hash = add_text(hash, s->knob);
		hash = add_text(hash, s->value);
		hash = add_text(hash, s->when);
	}
	return hash;
}

static uint64_t add_trials(uint64_t hash, const struct fl_workload *w)
{
	const struct fl_outcome *outcome = w->outcomes;
	const struct fl_oracle *oracle = w->oracles;

	for (; outcome && outcome->name; outcome++)
		hash = add_text(hash, outcome->name);
	hash = add_number(hash, 0);
	for (; oracle && oracle->name; oracle++)
		hash = add_text(hash, oracle->name);
	return add_text(hash, w->exposure);
}

uint64_t registry_hash(void)
{
	uint64_t hash = HASH_INIT;

	for (size_t i = 0; registry[i]; i++) {
		const struct fl_workload *w = registry[i];

		hash = add_text(hash, w->name);
		hash = add_number(hash, w->mode);
		hash = add_number(hash, w->params_size);
		hash = add_params(hash, w->params);
		hash = add_arms(hash, w->arms);
		hash = add_metrics(hash, w->metrics);
		hash = add_terms(hash, w->terms);
		hash = add_system(hash, w->system);
		hash = add_expects(hash, w->expects);
		hash = add_roles(hash, w->roles);
		hash = add_trials(hash, w);
	}
	return hash;
}
