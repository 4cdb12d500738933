// SPDX-License-Identifier: GPL-2.0-only
#include "schedule.h"

#include "rng.h"

#include "common/condition.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	MAX_ARMS = FL_MAX_SLOTS - 3,
	NO_SLOT = FL_MAX_SLOTS
};

/* What becomes of each row of the table. */
struct arm_states {
	const struct fl_arm *table;
	enum {
		ARM_OFF = 0,
		ARM_RUNS,
		ARM_SKIPPED
	} of[MAX_ARMS];
	unsigned nr;
};

static void skip_arm(struct schedule *s, struct arm_states *arms, unsigned i,
		     const char *why)
{
	struct schedule_skip *skip = &s->skips[s->nr_skips++];

	arms->of[i] = ARM_SKIPPED;
	skip->name = arms->table[i].name;
	skip->planted = arms->table[i].planted;
	snprintf(skip->why, sizeof(skip->why), "%s", why);
}

static int find_arm(const struct fl_arm *arms, const char *name)
{
	for (int i = 0; arms[i].name; i++)
		if (!strcmp(arms[i].name, name))
			return i;

	return -1;
}

static void skip_by_feature(struct schedule *s,
			    const struct schedule_request *r,
			    struct arm_states *arms)
{
	const struct fl_arm *table = r->workload->arms;

	for (unsigned i = 0; i < arms->nr; i++) {
		const char *why = "a feature is missing";

		if (arms->of[i] != ARM_RUNS || !table[i].needs)
			continue;
		if (r->feature(table[i].needs, &why) != FL_FEATURE_YES)
			skip_arm(s, arms, i, why);
	}
}

/* Without its reference an arm says nothing; that may take along others. */
static void skip_orphans(struct schedule *s, const struct fl_arm *table,
			 struct arm_states *arms)
{
	bool again;

	do {
		again = false;
		for (unsigned i = 0; i < arms->nr; i++) {
			int ref;
			char why[128];

			if (arms->of[i] != ARM_RUNS || !table[i].reference)
				continue;
			ref = find_arm(table, table[i].reference);
			if (ref >= 0 && arms->of[ref] == ARM_RUNS)
				continue;
			snprintf(why, sizeof(why),
				 "its reference %s is left out",
				 table[i].reference);
			skip_arm(s, arms, i, why);
			again = true;
		}
	} while (again);
}

/* It is held against nothing, and nothing against it. */
static int check_planted(const struct fl_workload *w, struct error *e)
{
	for (const struct fl_arm *a = w->arms; a && a->name; a++) {
		if (a->planted && w->mode != FL_MODE_TRIAL)
			return error_set(e, -EINVAL,
					 "%s: arm %s: only trials are planted",
					 w->name, a->name);
		if (a->planted && a->reference)
			return error_set(e, -EINVAL,
					 "%s: arm %s is planted: it has no "
					 "reference",
					 w->name, a->name);
	}
	return 0;
}

static int read_table(const struct schedule_request *r, struct arm_states *arms,
		      struct error *e)
{
	const struct fl_workload *w = r->workload;
	const struct fl_arm *table = w->arms;
	unsigned references = 0;

	for (; table && table[arms->nr].name; arms->nr++) {
		const struct fl_arm *a = &table[arms->nr];

		if (arms->nr == MAX_ARMS)
			return error_set(e, -EINVAL, "%s: more than %d arms",
					 w->name, MAX_ARMS);
		if (a->reference && find_arm(table, a->reference) < 0)
			return error_set(e, -EINVAL, "%s: no arm `%s`", w->name,
					 a->reference);
		if (!condition_when(w, a->when, r->units, r->params))
			continue;
		arms->of[arms->nr] = ARM_RUNS;
		references += !a->reference && !a->planted;
	}
	if (references != 1)
		return error_set(e, -EINVAL,
				 "%s: %u arms without a reference, not one",
				 w->name, references);
	return 0;
}

static uint64_t weight_of(const struct schedule_request *r,
			  const struct fl_arm *arm)
{
	uint64_t weight = arm->weight ? arm->weight(r->params) : 1;

	return weight ? weight : 1;
}

/* Only windows start their roles anew for each arm. */
static int check_roles(const struct fl_workload *w, struct error *e)
{
	for (const struct fl_role *r = w->roles; r && r->name; r++) {
		if ((r->arm || r->first_here) && w->mode != FL_MODE_WINDOW)
			return error_set(e, -EINVAL,
					 "%s: role %s: %s is for windows",
					 w->name, r->name,
					 r->arm ? "an arm" : "first_here");
		if (r->arm && find_arm(w->arms, r->arm) < 0)
			return error_set(e, -EINVAL, "%s: role %s: no arm `%s`",
					 w->name, r->name, r->arm);
	}
	return 0;
}

static bool has_role(const struct fl_workload *w, const char *name)
{
	for (const struct fl_role *r = w->roles; r && r->name; r++)
		if (!strcmp(r->name, name))
			return true;

	return false;
}

static int check_expects(const struct fl_workload *w, struct error *e)
{
	for (const struct fl_expect *x = w->expects; x && x->counter; x++) {
		if (x->role && w->mode != FL_MODE_WINDOW)
			return error_set(e, -EINVAL,
					 "%s: %s of role %s: only windows "
					 "count roles",
					 w->name, x->counter, x->role);
		if (x->role && !has_role(w, x->role))
			return error_set(e, -EINVAL, "%s: %s: no role `%s`",
					 w->name, x->counter, x->role);
	}
	return 0;
}

static enum slot_kind kind_of(const struct fl_arm *arm)
{
	if (arm->planted)
		return SLOT_PLANTED;

	return arm->reference ? SLOT_CONTRAST : SLOT_REFERENCE;
}

static void add_arms(struct schedule *s, const struct schedule_request *r,
		     const struct arm_states *arms)
{
	const struct fl_arm *table = r->workload->arms;
	unsigned slot_of[MAX_ARMS] = { 0 };

	for (unsigned i = 0; i < arms->nr; i++) {
		struct slot *slot = &s->slots[s->nr_slots];

		if (arms->of[i] != ARM_RUNS)
			continue;
		slot_of[i] = s->nr_slots++;
		slot->arm = i;
		slot->kind = kind_of(&table[i]);
		slot->weight = weight_of(r, &table[i]);
		snprintf(slot->name, sizeof(slot->name), "%s", table[i].name);
		if (slot->kind == SLOT_REFERENCE)
			s->reference = slot_of[i];
	}
	for (unsigned i = 0; i < s->nr_slots; i++) {
		const char *name = table[s->slots[i].arm].reference;

		if (name)
			s->slots[i].reference =
				slot_of[(unsigned)find_arm(table, name)];
	}
}

static void add_copy(struct schedule *s, const struct fl_arm *table,
		     enum slot_kind kind)
{
	struct slot *slot = &s->slots[s->nr_slots++];

	slot->kind = kind;
	slot->arm = s->slots[s->reference].arm;
	slot->reference = s->reference;
	slot->weight = s->slots[s->reference].weight;
	snprintf(slot->name, sizeof(slot->name), "%.38s:%s",
		 table[slot->arm].name, schedule_kind_word(kind));
}

int schedule_init(struct schedule *s, const struct schedule_request *request,
		  struct error *e)
{
	const struct fl_arm *table = request->workload->arms;
	struct arm_states arms = { .table = table };
	int err;

	memset(s, 0, sizeof(*s));
	err = check_planted(request->workload, e);
	if (!err)
		err = read_table(request, &arms, e);
	if (!err)
		err = check_roles(request->workload, e);
	if (!err)
		err = check_expects(request->workload, e);
	if (err)
		return err;

	skip_by_feature(s, request, &arms);
	skip_orphans(s, table, &arms);
	for (unsigned i = 0; i < s->nr_skips; i++)
		if (kind_of(&table[find_arm(table, s->skips[i].name)]) ==
		    SLOT_REFERENCE)
			return error_set(e, -ENODATA, "arm %s: %s",
					 s->skips[i].name, s->skips[i].why);

	add_arms(s, request, &arms);
	if (request->again)
		add_copy(s, table, SLOT_AGAIN);
	if (request->inject)
		add_copy(s, table, SLOT_INJECT);
	if (request->toggle)
		add_copy(s, table, SLOT_TOGGLE);
	return 0;
}

static void permute(unsigned nr, uint64_t *rng, uint8_t *ret_order)
{
	for (unsigned i = 0; i < nr; i++) {
		unsigned j = (unsigned)rng_below(rng, i + 1);

		ret_order[i] = ret_order[j];
		ret_order[j] = (uint8_t)i;
	}
}

unsigned schedule_untoggled(const struct schedule *s)
{
	unsigned last = s->nr_slots - 1;

	return s->slots[last].kind == SLOT_TOGGLE ? last : s->nr_slots;
}

void schedule_permute(const struct schedule *s, uint64_t *rng,
		      uint8_t *ret_order)
{
	permute(s->nr_slots, rng, ret_order);
}

void schedule_block(const struct schedule *s, uint64_t *rng, uint8_t *ret_order)
{
	unsigned nr = schedule_untoggled(s);

	permute(nr, rng, ret_order);
	for (unsigned i = 0; i < nr; i++)
		ret_order[2 * nr - 1 - i] = ret_order[i];
}

const char *schedule_kind_word(enum slot_kind kind)
{
	static const char *const words[] = {
		[SLOT_REFERENCE] = "reference", [SLOT_CONTRAST] = "contrast",
		[SLOT_AGAIN] = "again",		[SLOT_INJECT] = "inject",
		[SLOT_TOGGLE] = "toggle",	[SLOT_PLANTED] = "planted",
	};

	return words[kind];
}
