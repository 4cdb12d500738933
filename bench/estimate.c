// SPDX-License-Identifier: GPL-2.0-only
#include "estimate.h"

#include "analysis/stats/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_arm(struct estimate_launch *l, const json_t *record,
		   struct error *e)
{
	struct estimate_arm *arm = &l->arms[l->nr_slots];
	uint64_t slot, reference;
	const char *name, *kind;
	bool planted;

	if (!json_object_get(record, "slot"))
		return 0; /* left out */

	if (record_u64(record, "slot", &slot, e) ||
	    record_text(record, "name", &name, e) ||
	    record_text(record, "kind", &kind, e))
		return -EINVAL;
	if (slot != l->nr_slots || slot >= FL_MAX_SLOTS)
		return error_set(e, -EINVAL,
				 "arm %" PRIu64 " comes where %u should", slot,
				 l->nr_slots);

	reference = slot;
	planted = !strcmp(kind, "planted");
	if (!planted && strcmp(kind, "reference") != 0 &&
	    record_u64(record, "reference", &reference, e))
		return -EINVAL;
	if (reference >= FL_MAX_SLOTS)
		return error_set(e, -EINVAL,
				 "arm %" PRIu64 " refers to %" PRIu64, slot,
				 reference);

	*arm = (struct estimate_arm){ .reference = (unsigned)reference,
				      .planted = planted };
	snprintf(arm->name, sizeof(arm->name), "%s", name);
	if (json_object_get(record, "ops") &&
	    record_u64(record, "ops", &arm->ops, e))
		return -EINVAL;
	l->nr_slots++;
	return 0;
}

static struct estimate_arm *arm_of(struct estimate_launch *l,
				   const json_t *record, struct error *e)
{
	uint64_t slot;

	if (record_u64(record, "slot", &slot, e))
		return NULL;
	if (slot >= l->nr_slots) {
		error_set(e, -EINVAL, "there is no arm %" PRIu64, slot);
		return NULL;
	}
	return &l->arms[slot];
}

static const struct fl_role *find_role(const struct fl_workload *w,
				       const char *name)
{
	for (const struct fl_role *r = w->roles; r && r->name; r++)
		if (!strcmp(r->name, name))
			return r;

	return NULL;
}

static int add_window(struct estimate_launch *l, const struct fl_workload *w,
		      const json_t *record, struct error *e)
{
	struct estimate_arm *arm = arm_of(l, record, e);
	uint64_t steps, wall_ns;
	const char *role;

	if (!arm || record_text(record, "role", &role, e) ||
	    record_u64(record, "steps", &steps, e) ||
	    record_u64(record, "wall_ns", &wall_ns, e))
		return -EINVAL;

	/* The headline is that of the first role alone. */
	if (!arm->role)
		arm->role = find_role(w, role);
	if (!arm->role || strcmp(role, arm->role->name) != 0)
		return 0;

	arm->steps += steps;
	arm->wall_ns += wall_ns;
	return 0;
}

static int add_trials(struct estimate_launch *l, const json_t *record,
		      struct error *e)
{
	struct estimate_arm *arm = arm_of(l, record, e);
	const char *outcome, *expected;
	uint64_t count;

	if (!arm || record_u64(record, "count", &count, e) ||
	    record_text(record, "outcome", &outcome, e) ||
	    record_text(record, "expected", &expected, e))
		return -EINVAL;

	arm->trials += count;
	if (!strcmp(outcome, expected))
		arm->as_expected += count;
	return 0;
}

int estimate_launch_add(struct estimate_launch *l, const struct fl_workload *w,
			const json_t *record, struct error *e)
{
	const char *type = record_text_or(record, "type", "");

	if (!strcmp(type, "arm"))
		return add_arm(l, record, e);
	if (!strcmp(type, "samples"))
		return record_batches_add(&l->batches, record, l->nr_slots, e);
	if (!strcmp(type, "window"))
		return add_window(l, w, record, e);
	if (!strcmp(type, "trials"))
		return add_trials(l, record, e);
	if (!strcmp(type, "result"))
		l->long_ops = json_is_true(json_object_get(record, "long_ops"));

	return 0;
}

void estimate_launch_finish(struct estimate_launch *l)
{
	record_batches_finish(&l->batches);
	*l = (struct estimate_launch){ 0 };
}

static int score_batches(struct estimate_launch *l, double m, double *level,
			 double *ratio)
{
	struct stats_batches b = {
		.nr = l->batches.nr,
		.nr_slots = l->nr_slots,
		.slot = l->batches.slot,
		.marks = l->batches.marks,
		.ns = l->batches.ns,
		.long_ops = l->long_ops,
	};
	struct stats_launch_score score;
	unsigned reference[FL_MAX_SLOTS];
	uint64_t ops[FL_MAX_SLOTS];
	int err;

	for (unsigned i = 0; i < l->nr_slots; i++) {
		reference[i] = l->arms[i].reference;
		ops[i] = l->arms[i].ops;
	}
	record_batches_even(&l->batches, ops, reference, l->nr_slots);

	err = stats_score_launch(&b, reference, m, &score);
	if (err)
		return err;

	for (unsigned i = 0; i < l->nr_slots; i++) {
		bool kept = isfinite(score.level_ns[i]) &&
			    isfinite(score.ratio[i]);

		level[i] = kept ? score.level_ns[i] : score.all_level_ns[i];
		ratio[i] = kept ? score.ratio[i] : score.all_ratio[i];
	}
	return 0;
}

static void score_shares(const struct estimate_launch *l,
			 const struct fl_workload *w, double *level,
			 double *ratio)
{
	for (unsigned i = 0; i < l->nr_slots; i++) {
		const struct estimate_arm *a = &l->arms[i];

		level[i] = w->mode == FL_MODE_WINDOW
				   ? (double)a->steps * 1e9 / (double)a->wall_ns
				   : (double)a->as_expected / (double)a->trials;
	}
	for (unsigned i = 0; i < l->nr_slots; i++)
		ratio[i] = log(level[i] / level[l->arms[i].reference]);
}

static bool are_finite(const double *x, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		if (!isfinite(x[i]))
			return false;

	return true;
}

static int score_launch(struct estimate_launch *l, const struct fl_workload *w,
			double m, double *level, double *ratio, struct error *e)
{
	int err = 0;

	if (w->mode == FL_MODE_BATCH)
		err = score_batches(l, m, level, ratio);
	else
		score_shares(l, w, level, ratio);

	if (err == -EINVAL)
		return error_set(e, err, "its blocks are no palindromes");
	if (!err &&
	    (!are_finite(level, l->nr_slots) ||
	     (w->mode != FL_MODE_TRIAL && !are_finite(ratio, l->nr_slots))))
		err = -ERANGE;
	if (err == -ERANGE)
		return error_set(e, err, "it has no block that can be scored");
	return err;
}

static int take_slots(struct estimate *est, const struct estimate_launch *l,
		      struct error *e)
{
	est->slots = calloc(l->nr_slots, sizeof(*est->slots));
	if (!est->slots)
		return error_set(e, -ENOMEM, "out of memory");

	est->nr_slots = l->nr_slots;
	for (unsigned i = 0; i < l->nr_slots; i++) {
		est->slots[i].reference = l->arms[i].reference;
		est->slots[i].planted = l->arms[i].planted;
		memcpy(est->slots[i].name, l->arms[i].name,
		       sizeof(est->slots[i].name));
	}
	return 0;
}

static int check_slots(struct estimate *est, const struct estimate_launch *l,
		       struct error *e)
{
	if (!l->nr_slots)
		return error_set(e, -EINVAL, "it has no arm");
	for (unsigned i = 0; i < l->nr_slots; i++)
		if (l->arms[i].reference >= l->nr_slots)
			return error_set(e, -EINVAL,
					 "arm %u refers to an arm %u that is "
					 "not there",
					 i, l->arms[i].reference);
	if (!est->nr_slots)
		return take_slots(est, l, e);

	if (est->nr_slots != l->nr_slots)
		return error_set(e, -EINVAL, "it has %u arms, %u before",
				 l->nr_slots, est->nr_slots);
	for (unsigned i = 0; i < l->nr_slots; i++)
		if (strcmp(est->slots[i].name, l->arms[i].name) != 0 ||
		    est->slots[i].reference != l->arms[i].reference)
			return error_set(e, -EINVAL,
					 "arm %u is `%s`, `%s` before", i,
					 l->arms[i].name, est->slots[i].name);
	return 0;
}

static int grow_array(double **array, size_t nr)
{
	double *more = realloc(*array, nr * sizeof(*more));

	if (!more)
		return -ENOMEM;

	*array = more;
	return 0;
}

static int grow(struct estimate *est)
{
	size_t capacity = est->capacity ? est->capacity * 2 : 32;

	if (est->nr < est->capacity)
		return 0;

	for (unsigned i = 0; i < est->nr_slots; i++)
		if (grow_array(&est->slots[i].level, capacity) ||
		    grow_array(&est->slots[i].ratio, capacity))
			return -ENOMEM;

	est->capacity = capacity;
	return 0;
}

int estimate_add(struct estimate *est, struct estimate_launch *l,
		 const struct fl_workload *w, double m, struct error *e)
{
	double level[FL_MAX_SLOTS] = { 0 }, ratio[FL_MAX_SLOTS] = { 0 };
	int err = check_slots(est, l, e);

	if (!err)
		err = score_launch(l, w, m, level, ratio, e);
	if (!err)
		err = grow(est);
	if (err)
		return err;

	for (unsigned i = 0; i < est->nr_slots; i++) {
		est->slots[i].level[est->nr] = level[i];
		est->slots[i].ratio[est->nr] = ratio[i];
	}
	est->nr++;
	return 0;
}

static bool slots_are_settled(const struct estimate *est, double m)
{
	for (unsigned i = 0; i < est->nr_slots; i++) {
		const struct estimate_slot *s = &est->slots[i];

		if (!stats_level_is_settled(s->level, est->nr))
			return false;
		if (s->reference != i &&
		    !stats_is_settled(s->ratio, est->nr, m))
			return false;
	}
	return true;
}

bool estimate_is_settled(struct estimate *est, const struct fl_workload *w,
			 size_t least, double m)
{
	if (est->settled || est->nr < least || !est->nr)
		return est->settled;
	if (least < STATS_MIN_LAUNCHES || w->mode == FL_MODE_TRIAL)
		return est->settled = true;

	/* All pairs of launches go in: many launches are looked at less often. */
	if (est->nr < est->nr_checked + 1 + est->nr_checked / 16)
		return false;

	est->nr_checked = est->nr;
	est->settled = slots_are_settled(est, m);
	return est->settled;
}

void estimate_finish(struct estimate *est)
{
	for (unsigned i = 0; i < est->nr_slots; i++) {
		free(est->slots[i].level);
		free(est->slots[i].ratio);
	}
	free(est->slots);
	*est = (struct estimate){ 0 };
}
