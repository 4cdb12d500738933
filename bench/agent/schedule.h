/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which arms run, and in what order.  A slot is an arm that runs, or a copy of
 * the reference that the schedule adds: ":again" must come out equal to it,
 * ":inject" slower by a known amount, and ":toggle" runs with the other value
 * of the kernel file that the job names.
 */
#ifndef AGENT_SCHEDULE_H
#define AGENT_SCHEDULE_H

#include "common/error.h"
#include "common/units.h"

#include <faultline/protocol.h>
#include <faultline/workload.h>

#include <stdbool.h>
#include <stdint.h>

enum slot_kind {
	SLOT_REFERENCE,
	SLOT_CONTRAST,
	SLOT_AGAIN,
	SLOT_INJECT,
	SLOT_TOGGLE,  /* the last slot, if there is one */
	SLOT_PLANTED, /* trials: the detector check, see struct fl_arm */
};

struct slot {
	char name[48];
	enum slot_kind kind;
	unsigned arm;	    /* index into workload->arms */
	unsigned reference; /* slot, unless it is the reference or planted */
	uint64_t weight;    /* its batches hold so many times fewer ops */
};

/* An arm that this machine cannot run. */
struct schedule_skip {
	const char *name;
	bool planted;
	char why[200];
};

struct schedule {
	struct slot slots[FL_MAX_SLOTS];
	unsigned nr_slots;
	unsigned reference; /* the slot that all is held against */
	struct schedule_skip skips[FL_MAX_SLOTS];
	unsigned nr_skips;
};

struct schedule_request {
	const struct fl_workload *workload;
	const void *params;
	const struct units *units;
	enum fl_feature_state (*feature)(enum fl_feature feature,
					 const char **ret_why);
	bool again, inject, toggle; /* which copies of the reference to add */
};

/**
 * schedule_init() - the slots of a point
 * @e:		names the arm and says why
 *
 * Return: 0; -ENODATA if the reference cannot run here; -EINVAL if the table
 * of arms is wrong, or that of the roles or
 * of the expectations about roles and arms.
 */
int schedule_init(struct schedule *s, const struct schedule_request *request,
		  struct error *e);

/* A seeded permutation of all slots. */
void schedule_permute(const struct schedule *s, uint64_t *rng,
		      uint8_t *ret_order);

/* How many slots are not toggled; they are the first ones. */
unsigned schedule_untoggled(const struct schedule *s);

/* A permutation of those slots and its mirror image. */
void schedule_block(const struct schedule *s, uint64_t *rng,
		    uint8_t *ret_order);

/* Another run of the reference arm: nothing of its own is to be counted. */
static inline bool slot_is_copy(const struct slot *slot)
{
	return slot->kind == SLOT_AGAIN || slot->kind == SLOT_INJECT;
}

/* "reference", "contrast", "again", "inject", "toggle" or "planted". */
const char *schedule_kind_word(enum slot_kind kind);

#endif
