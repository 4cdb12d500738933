// SPDX-License-Identifier: GPL-2.0-only
/* What identifies a point, which arms it has, and in which order points run. */
#include "plan.h"

#include "common/condition.h"
#include "common/param.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_LINES = 128
};

struct id_line {
	const char *key;
	const char *text; /* NULL: number */
	uint64_t number;
};

static int by_key(const void *a, const void *b)
{
	const struct id_line *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text, strlen(text));
}

static uint64_t hash_line(uint64_t hash, const struct id_line *line)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, line->number);
	hash = hash_text(hash, line->key);
	hash = hash_text(hash, "=");
	hash = hash_text(hash, line->text ? line->text : number);
	return hash_text(hash, "\n");
}

const char *plan_case_id(const struct fl_workload *w, const char *placement,
			 const void *params, char id[HASH_TEXT_BYTES])
{
	struct id_line lines[MAX_LINES] = {
		{ "workload", w->name, 0 },
		{ "placement", placement, 0 },
	};
	uint64_t hash = HASH_INIT;
	size_t nr = 2;

	for (const struct fl_param *p = w->params; p && p->name; p++) {
		assert(nr < MAX_LINES);
		lines[nr++] = (struct id_line){ p->name, NULL,
						param_get(p, params) };
	}
	qsort(lines, nr, sizeof(lines[0]), by_key);
	for (size_t i = 0; i < nr; i++)
		hash = hash_line(hash, &lines[i]);
	return hash_print(hash, id);
}

static bool is_axis(const struct config_sweep *s, const char *name)
{
	for (size_t i = 0; i < s->nr_axes; i++)
		if (!strcmp(s->axes[i].name, name))
			return true;

	return false;
}

bool plan_param_matters(const struct plan_point *point,
			const struct fl_param *p)
{
	size_t i = (size_t)(p - point->workload->params);

	return !(point->idle >> i & 1);
}

const char *plan_label(const struct plan_point *point,
		       char buf[PLAN_LABEL_BYTES])
{
	const struct fl_workload *w = point->workload;
	char value[PARAM_TEXT_BYTES];
	size_t used = (size_t)snprintf(buf, PLAN_LABEL_BYTES, "%s", w->name);

	for (const struct fl_param *q = w->params; q && q->name; q++) {
		if (!is_axis(point->sweep, q->name) ||
		    !plan_param_matters(point, q) || used >= PLAN_LABEL_BYTES)
			continue;
		param_print(q, param_get(q, point->params), value);
		used += (size_t)snprintf(buf + used, PLAN_LABEL_BYTES - used,
					 " %s=%s", q->name, value);
	}
	return buf;
}

static void add_copy(struct plan_slot *slots, unsigned *nr,
		     enum plan_slot_kind kind, const char *suffix)
{
	for (unsigned i = 0; i < *nr; i++) {
		struct plan_slot *copy = &slots[*nr];

		if (slots[i].kind != PLAN_SLOT_REFERENCE)
			continue;
		snprintf(copy->name, sizeof(copy->name), "%.32s:%s",
			 slots[i].name, suffix);
		copy->kind = kind;
		copy->arm = slots[i].arm;
		(*nr)++;
		return;
	}
}

unsigned plan_slots(const struct plan *p, const struct plan_point *point,
		    const struct units *units, struct plan_slot *slots)
{
	const struct fl_workload *w = point->workload;
	unsigned nr = 0;

	for (unsigned i = 0; w->arms && w->arms[i].name; i++) {
		const struct fl_arm *arm = &w->arms[i];

		if (!condition_when(w, arm->when, units, point->params))
			continue;
		assert(nr + 3 < FL_MAX_SLOTS);
		snprintf(slots[nr].name, sizeof(slots[nr].name), "%s",
			 arm->name);
		slots[nr].kind = arm->reference ? PLAN_SLOT_CONTRAST
						: PLAN_SLOT_REFERENCE;
		slots[nr].arm = i;
		nr++;
	}
	add_copy(slots, &nr, PLAN_SLOT_AGAIN, "again");
	if (p->config->inject > 0)
		add_copy(slots, &nr, PLAN_SLOT_INJECT, "inject");
	if (p->config->toggle)
		add_copy(slots, &nr, PLAN_SLOT_TOGGLE, "toggle");
	return nr;
}

/* splitmix64: passes through every state, so any seed is a good one. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 to n - 1, each as likely: what would favour the low ones is drawn again. */
static uint64_t random_below(uint64_t *state, uint64_t n)
{
	uint64_t surplus = (UINT64_MAX - n + 1) % n, drawn;

	do {
		drawn = random_next(state);
	} while (drawn < surplus);
	return drawn % n;
}

void plan_round(const struct plan *p, unsigned round, size_t *ret_order)
{
	uint64_t state = p->config->seed;

	state = random_next(&state) ^ ((uint64_t)round << 1 | 1);
	state = random_next(&state);
	for (size_t i = 0; i < p->nr_points; i++) {
		size_t j = (size_t)random_below(&state, i + 1);

		ret_order[i] = ret_order[j];
		ret_order[j] = i;
	}
}
