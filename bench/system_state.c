// SPDX-License-Identifier: GPL-2.0-only
/* What is wanted, and what the machine says. */
#include "system_state.h"

#include "system_kind.h"

#include "common/condition.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_knob(const struct system_state *s, const char *knob)
{
	for (unsigned i = 0; i < s->nr; i++)
		if (!strcmp(s->wants[i].knob, knob))
			return true;

	return false;
}

static void add_want(struct system_state *s, const struct fl_system *row,
		     const void *params)
{
	struct system_want *want = &s->wants[s->nr];

	*want = (struct system_want){ 0 };
	snprintf(want->knob, sizeof(want->knob), "%s", row->knob);
	if (row->value)
		snprintf(want->value, sizeof(want->value), "%s", row->value);
	else if (row->amount)
		want->amount = row->amount(params);
	s->nr += row->value || want->amount;
}

static int by_knob(const void *a, const void *b)
{
	const struct system_want *x = a, *y = b;

	return strcmp(x->knob, y->knob);
}

void system_state_of(const struct fl_workload *w, const struct units *units,
		     const void *params, struct system_state *ret_state)
{
	struct system_state *s = ret_state;

	s->nr = 0;
	for (const struct fl_system *row = w->system; row && row->knob; row++)
		if (s->nr < SYSTEM_MAX_WANTS && !has_knob(s, row->knob) &&
		    condition_when(w, row->when, units, params))
			add_want(s, row, params);
	qsort(s->wants, s->nr, sizeof(s->wants[0]), by_knob);
}

bool system_state_fits(const struct system_state *a,
		       const struct system_state *b)
{
	if (a->nr != b->nr)
		return false;
	for (unsigned i = 0; i < a->nr; i++)
		if (strcmp(a->wants[i].knob, b->wants[i].knob) != 0 ||
		    strcmp(a->wants[i].value, b->wants[i].value) != 0)
			return false;

	return true;
}

void system_state_raise(struct system_state *s,
			const struct system_state *other)
{
	for (unsigned i = 0; i < s->nr; i++)
		if (s->wants[i].amount < other->wants[i].amount)
			s->wants[i].amount = other->wants[i].amount;
}

const char *system_print_amount(const struct system_kind *kind, uint64_t amount,
				char buf[UNITS_TEXT_BYTES])
{
	if (kind->in_bytes)
		return units_print_size(amount, buf);

	snprintf(buf, UNITS_TEXT_BYTES, "%" PRIu64, amount);
	return buf;
}

static const char *print_amount(const struct system_want *want,
				char buf[UNITS_TEXT_BYTES])
{
	const struct system_knob *knob = system_knob_named(want->knob);

	return system_print_amount(knob ? knob->kind : &system_file,
				   want->amount, buf);
}

const char *system_state_print(const struct system_state *s,
			       char buf[SYSTEM_TEXT_BYTES])
{
	size_t used = 0;

	snprintf(buf, SYSTEM_TEXT_BYTES, "as found");
	for (unsigned i = 0; i < s->nr && used < SYSTEM_TEXT_BYTES; i++) {
		const struct system_want *want = &s->wants[i];
		const char *gap = i ? " " : "";
		char *end = buf + used;
		size_t room = SYSTEM_TEXT_BYTES - used;
		char amount[UNITS_TEXT_BYTES];

		if (*want->value)
			used += (size_t)snprintf(end, room, "%s%s=%s", gap,
						 want->knob, want->value);
		else
			used += (size_t)snprintf(end, room, "%s%s>=%s", gap,
						 want->knob,
						 print_amount(want, amount));
	}
	return buf;
}

void system_set_absent(struct system_sight *s, const char *why)
{
	s->is = SYSTEM_ABSENT;
	snprintf(s->why, sizeof(s->why), "%.500s", why);
}

void system_look(const char *root, const struct units *units,
		 const struct system_want *want, struct system_sight *ret_sight)
{
	struct system_sight *s = ret_sight;

	*s = (struct system_sight){ .is = SYSTEM_ABSENT };
	if (!system_knob_find(want->knob, units, &s->found))
		system_set_absent(s, "this faultline knows no such knob");
	else
		s->found.knob->kind->look(root, units, want, s);
}
