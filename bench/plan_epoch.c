// SPDX-License-Identifier: GPL-2.0-only
/* Which points run under one system state, and that for a person. */
#include "plan_internal.h"

#include "wrap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	INDENT = 8,
	LINE_BYTES = SYSTEM_WHY_BYTES + 64
};

static int new_epoch(struct plan *p, const struct system_state *state,
		     unsigned *ret_index, struct error *e)
{
	if (p->nr_epochs == PLAN_MAX_EPOCHS)
		return error_set(e, -ERANGE,
				 "the points want more than %d system states",
				 PLAN_MAX_EPOCHS);

	p->epochs[p->nr_epochs].state = *state;
	*ret_index = p->nr_epochs++;
	return 0;
}

static int find_epoch(struct plan *p, const struct system_state *state,
		      unsigned *ret_index, struct error *e)
{
	for (unsigned i = 0; i < p->nr_epochs; i++) {
		if (!system_state_fits(&p->epochs[i].state, state))
			continue;
		system_state_raise(&p->epochs[i].state, state);
		*ret_index = i;
		return 0;
	}
	return new_epoch(p, state, ret_index, e);
}

static int group(struct plan *p, const struct units *units, bool wants,
		 struct error *e)
{
	struct system_state state;
	int err = 0;

	for (size_t i = 0; i < p->nr_points && !err; i++) {
		struct plan_point *point = &p->points[i];

		system_state_of(point->workload, units, point->params, &state);
		if (wants != (state.nr > 0))
			continue;
		err = find_epoch(p, &state, &point->epoch, e);
		if (!err)
			p->epochs[point->epoch].nr_points++;
	}
	return err;
}

int plan_group(struct plan *p, const struct units *units, struct error *e)
{
	int err = group(p, units, false, e);

	return err ? err : group(p, units, true, e);
}

static void print_want(const struct system_want *want,
		       const struct units *units, const char *sysroot,
		       bool allowed, FILE *out)
{
	struct system_sight sight;
	char why[SYSTEM_WHY_BYTES], line[LINE_BYTES];

	system_look(sysroot, units, want, &sight);
	if (system_explain(&sight, want, allowed, why))
		snprintf(line, sizeof(line), "would be skipped: %s", why);
	else
		system_print_change(&sight, line);
	fprintf(out, "%*s", INDENT, "");
	wrap_text(out, INDENT, INDENT, line);
}

static void print_epoch(const struct plan *p, unsigned index,
			const struct units *units, const char *sysroot,
			FILE *out)
{
	const struct plan_epoch *epoch = &p->epochs[index];
	char text[SYSTEM_TEXT_BYTES], line[LINE_BYTES];

	snprintf(line, sizeof(line),
		 "Epoch %u, %zu point%s: the system state %s", index + 1,
		 epoch->nr_points, epoch->nr_points == 1 ? "" : "s",
		 system_state_print(&epoch->state, text));
	wrap_text(out, 0, 2, line);
	for (unsigned i = 0; sysroot && i < epoch->state.nr; i++)
		print_want(&epoch->state.wants[i], units, sysroot,
			   p->config->allow_system_changes, out);
}

void plan_print_epochs(const struct plan *p, const struct units *units,
		       const char *sysroot, FILE *out)
{
	if (p->nr_epochs == 1 && !p->epochs[0].state.nr)
		return;

	for (unsigned i = 0; i < p->nr_epochs; i++)
		print_epoch(p, i, units, sysroot, out);
	fputc('\n', out);
}
