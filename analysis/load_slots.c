// SPDX-License-Identifier: GPL-2.0-only
/* The arms of a launch: which slot is whose. */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

/* Those that are held against nothing have none. */
static bool has_reference(enum result_arm_kind kind)
{
	return kind != RESULT_ARM_REFERENCE && kind != RESULT_ARM_PLANTED;
}

/* An arm record that has a slot; NULL or what is wrong with it. */
static const char *take_slot(struct loader_pending *p, const json_t *record)
{
	const char *name = record_text_or(record, "name", NULL);
	struct loader_slot slot = { .name = name };
	uint64_t at, reference;

	if (!name || record_u64(record, "slot", &at, NULL) ||
	    at >= FL_MAX_SLOTS || p->slots[at].name)
		return "an arm without a name or a slot of its own";
	if (!result_find_arm_kind(record_text_or(record, "kind", NULL),
				  &slot.kind))
		return "an arm of an unknown kind";

	reference = at;
	if (has_reference(slot.kind) &&
	    (record_u64(record, "reference", &reference, NULL) ||
	     reference >= FL_MAX_SLOTS || reference == at))
		return "an arm whose reference is no slot";

	if (json_object_get(record, "ops") &&
	    (record_u64(record, "ops", &slot.ops, NULL) || !slot.ops))
		return "an arm whose ops are no number";

	slot.reference = (unsigned)reference;
	p->slots[at] = slot;
	if (at >= p->nr_slots)
		p->nr_slots = (unsigned)at + 1;
	return NULL;
}

/* As they will be kept: shortened and escaped, two may become one. */
static bool same_name(const char *a, const char *b)
{
	char *x = result_text(a), *y = result_text(b);
	bool same = !x || !y || !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

static const char *check_slots(const struct loader_pending *p)
{
	if (!p->nr_slots)
		return "no arms";

	for (unsigned i = 0; i < p->nr_slots; i++) {
		if (!p->slots[i].name)
			return "a slot without an arm";
		if (p->slots[i].reference >= p->nr_slots)
			return "an arm whose reference is no slot";
		for (unsigned j = 0; j < i; j++)
			if (same_name(p->slots[i].name, p->slots[j].name))
				return "two arms of one name";
	}
	for (size_t i = 0; i < p->batches.nr; i++)
		if (p->batches.slot[i] >= p->nr_slots)
			return "a batch of no arm";
	return NULL;
}

const char *loader_take_slots(struct loader_pending *p)
{
	const json_t *record;
	const char *wrong;
	size_t i;

	json_array_foreach (p->held, i, record) {
		if (strcmp(record_text_or(record, "type", ""), "arm") != 0 ||
		    !json_object_get(record, "slot"))
			continue;
		wrong = take_slot(p, record);
		if (wrong)
			return wrong;
	}
	return check_slots(p);
}
