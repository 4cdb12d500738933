/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System state that points want: what a workload's rows ask for, what the
 * machine says, what stands in the way of changing it, and the change itself.
 * Files are found below a root, "" for this machine.
 */
#ifndef BENCH_SYSTEM_STATE_H
#define BENCH_SYSTEM_STATE_H

#include "journal.h"
#include "system_knobs.h"

#include "common/error.h"
#include "common/units.h"

#include <faultline/workload.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	SYSTEM_MAX_WANTS = 8,
	SYSTEM_NAME_BYTES = 32,
	SYSTEM_VALUE_BYTES = 64,
	SYSTEM_TEXT_BYTES = 512,
	SYSTEM_SET_PATH_BYTES = 256,
	SYSTEM_WHY_BYTES = 1280
};

struct system_want {
	char knob[SYSTEM_NAME_BYTES];
	char value[SYSTEM_VALUE_BYTES]; /* "": at least amount */
	uint64_t amount;
};

/* Sorted by knob, each once.  Empty: the system as it is found. */
struct system_state {
	struct system_want wants[SYSTEM_MAX_WANTS];
	unsigned nr;
};

/* What the rows of a workload ask for with these parameters. */
void system_state_of(const struct fl_workload *w, const struct units *units,
		     const void *params, struct system_state *ret_state);

/*
 * Whether both can be had at once by raising amounts: the same knobs with the
 * same values.
 */
bool system_state_fits(const struct system_state *a,
		       const struct system_state *b);

/* Raises the amounts of @s to those of @other, which fits. */
void system_state_raise(struct system_state *s,
			const struct system_state *other);

/* "hugetlb>=32 thp=madvise"; "as found" if nothing is wanted. */
const char *system_state_print(const struct system_state *s,
			       char buf[SYSTEM_TEXT_BYTES]);

/* One knob as the machine has it. */
struct system_sight {
	struct system_knob_found found;
	enum {
		SYSTEM_IS_SO,
		SYSTEM_DIFFERS,
		SYSTEM_ABSENT
	} is;
	char path[SYSTEM_SET_PATH_BYTES]; /* of what would be set */
	char present[SYSTEM_VALUE_BYTES]; /* what it says */
	char target[SYSTEM_VALUE_BYTES];  /* what it should say instead */
	uint64_t nr_free;	    /* where only what nobody uses counts */
	bool writable;		    /* by this user */
	char why[SYSTEM_WHY_BYTES]; /* SYSTEM_ABSENT */
};

/* Only reads. */
void system_look(const char *root, const struct units *units,
		 const struct system_want *want,
		 struct system_sight *ret_sight);

/**
 * system_explain() - why a point that wants this cannot run
 * @allowed:	whether the user allows changes
 *
 * Names the file, what it says and what is wanted, and what can be done.
 *
 * Return: @buf, or NULL if nothing stands in the way.
 */
const char *system_explain(const struct system_sight *sight,
			   const struct system_want *want, bool allowed,
			   char buf[SYSTEM_WHY_BYTES]);

/*
 * What a run would do about a knob that nothing stands in the way of.
 * Return: @buf.
 */
const char *system_print_change(const struct system_sight *sight,
				char buf[SYSTEM_WHY_BYTES]);

/**
 * system_obstacle() - system_explain() of the first knob in the way
 *
 * Return: @buf, or NULL.
 */
const char *system_obstacle(const char *root, const struct units *units,
			    const struct system_state *s, bool allowed,
			    char buf[SYSTEM_WHY_BYTES]);

/**
 * system_set() - make a knob so, through the journal
 * @e:		what the kernel gave instead, and what to do
 *
 * A pool that the kernel fills in part only is put back.
 *
 * Return: 0; -ENOSPC if the pool got too few; -errno.
 */
int system_set(struct journal *j, const char *root, const struct units *units,
	       const struct system_want *want, struct error *e);

#endif
