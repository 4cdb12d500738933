// SPDX-License-Identifier: GPL-2.0-only
/* What is wanted, and what the machine says. */
#include "system_state.h"

#include "environment_read.h"
#include "knob.h"

#include "common/condition.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

		if (*want->value)
			used += (size_t)snprintf(end, room, "%s%s=%s", gap,
						 want->knob, want->value);
		else
			used += (size_t)snprintf(end, room, "%s%s>=%" PRIu64,
						 gap, want->knob, want->amount);
	}
	return buf;
}

static void set_absent(struct system_sight *s, const char *why)
{
	s->is = SYSTEM_ABSENT;
	snprintf(s->why, sizeof(s->why), "%.500s", why);
}

static bool may_write(const char *root, const char *path)
{
	char full[PATH_MAX];

	if (snprintf(full, sizeof(full), "%s%s", root, path) >=
	    (int)sizeof(full))
		return false;
	return !faccessat(AT_FDCWD, full, W_OK, AT_EACCESS);
}

/* A file beside that of a pool. */
static uint64_t read_beside(const char *root, const char *path,
			    const char *name)
{
	char beside[SYSTEM_PATH_BYTES + SYSTEM_NAME_BYTES];
	int folder = (int)(strrchr(path, '/') - path);
	uint64_t value = 0;

	snprintf(beside, sizeof(beside), "%.*s/%s", folder, path, name);
	return environment_u64(root, beside, &value) ? value : 0;
}

/* What is reserved is counted as free, and is somebody's all the same. */
static uint64_t read_free(const char *root, const char *path)
{
	uint64_t nr = read_beside(root, path, "free_hugepages");
	uint64_t reserved = read_beside(root, path, "resv_hugepages");

	return nr > reserved ? nr - reserved : 0;
}

static void compare_amount(const char *root, uint64_t amount,
			   struct system_sight *s)
{
	uint64_t present = strtoull(s->present, NULL, 10);
	uint64_t had = present, target = amount;

	if (s->found.knob->pool) {
		had = s->nr_free = read_free(root, s->found.path);
		target = present + (amount > had ? amount - had : 0);
	}
	snprintf(s->target, sizeof(s->target), "%" PRIu64, target);
	s->is = had >= amount ? SYSTEM_IS_SO : SYSTEM_DIFFERS;
}

static void compare(const char *root, const struct system_want *want,
		    struct system_sight *s)
{
	if (!*want->value) {
		compare_amount(root, want->amount, s);
		return;
	}
	snprintf(s->target, sizeof(s->target), "%s", want->value);
	s->is = knob_same(s->present, want->value) ? SYSTEM_IS_SO
						   : SYSTEM_DIFFERS;
}

void system_look(const char *root, const struct units *units,
		 const struct system_want *want, struct system_sight *ret_sight)
{
	struct system_sight *s = ret_sight;
	char value[KNOB_VALUE_BYTES];
	struct error e = { 0 };
	int err;

	*s = (struct system_sight){ .is = SYSTEM_ABSENT };
	if (!system_knob_find(want->knob, units, &s->found)) {
		set_absent(s, "this faultline knows no such knob");
		return;
	}
	err = knob_read(root, s->found.path, value, &e);
	if (err) {
		set_absent(s, err == -ENOENT ? s->found.knob->absent : e.text);
		return;
	}
	snprintf(s->present, sizeof(s->present), "%.60s", value);
	s->writable = may_write(root, s->found.path);
	compare(root, want, s);
}
