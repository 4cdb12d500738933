// SPDX-License-Identifier: GPL-2.0-only
#include "state_text.h"

#include "bench/system_kind.h"

#include "common/record.h"

#include <faultline/protocol.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The knob that no file of the guest's stands for. */
#define SWAP "swap"

static bool is_swap(const struct system_want *want)
{
	return !strcmp(want->knob, SWAP);
}

static void print_want(FILE *out, const struct runner *r,
		       const struct system_want *want)
{
	struct system_sight sight;

	if (is_swap(want)) {
		fprintf(out, FL_GUEST_SWAP "=%" PRIu64 "\n", want->amount);
		return;
	}
	system_look(r->sysroot, &r->units, want, &sight);
	if (sight.is == SYSTEM_DIFFERS)
		fprintf(out, "%s=%s\n", sight.found.path, sight.target);
}

char *vm_state_text(const struct runner *r, const struct job *job)
{
	struct system_state state;
	char *text = NULL;
	size_t bytes = 0;
	FILE *out;

	if (!job->point)
		return NULL;
	system_state_of(job->point->workload, &r->units, job->point->params,
			&state);
	if (!state.nr)
		return NULL;
	out = open_memstream(&text, &bytes);
	for (unsigned i = 0; out && i < state.nr; i++)
		print_want(out, r, &state.wants[i]);
	if (out && fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* Return: whether it wanted swap, which is left out then. */
static bool take_swap(struct system_state *state, uint64_t *ret_bytes)
{
	for (unsigned i = 0; i < state->nr; i++) {
		if (!is_swap(&state->wants[i]))
			continue;
		*ret_bytes = state->wants[i].amount;
		state->nr--;
		memmove(&state->wants[i], &state->wants[i + 1],
			(state->nr - i) * sizeof(state->wants[i]));
		return true;
	}
	return false;
}

static bool has_room(const json_t *hello, uint64_t bytes,
		     char buf[SYSTEM_WHY_BYTES])
{
	uint64_t room = 0;
	struct error ignored = { 0 };

	record_u64(hello, "swap_bytes", &room, &ignored);
	if (!room)
		snprintf(buf, SYSTEM_WHY_BYTES,
			 "this guest has nothing to swap to: its kernel was "
			 "built without swap (CONFIG_SWAP), or without a "
			 "driver for the disk (CONFIG_BLK_DEV_NVME; there is "
			 "none in insn mode) and loop devices "
			 "(CONFIG_BLK_DEV_LOOP)");
	else if (room < bytes)
		snprintf(buf, SYSTEM_WHY_BYTES,
			 "this guest can swap %" PRIu64 " MiB, and %" PRIu64
			 " are wanted: give it more --memory",
			 room >> 20, bytes >> 20);
	return room && room >= bytes;
}

const char *vm_state_obstacle(const struct runner *r,
			      const struct plan_point *p, const json_t *hello,
			      char buf[SYSTEM_WHY_BYTES])
{
	struct system_state state;
	uint64_t bytes;

	system_state_of(p->workload, &r->units, p->params, &state);
	if (take_swap(&state, &bytes) && !has_room(hello, bytes, buf))
		return buf;
	return system_obstacle(r->sysroot, &r->units, &state, true, buf);
}
