/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of a point so far: per arm one level and one contrast a
 * launch.  The samples themselves live as long as their launch does, so that
 * the driver's memory does not grow with them.
 */
#ifndef BENCH_ESTIMATE_H
#define BENCH_ESTIMATE_H

#include "common/error.h"
#include "common/record.h"

#include <faultline/protocol.h>
#include <faultline/workload.h>

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ESTIMATE_NAME_BYTES = 48
};

/* The records of one launch while they come in; zeroed, it is empty. */
struct estimate_launch {
	unsigned nr_slots;
	struct estimate_arm {
		char name[ESTIMATE_NAME_BYTES];
		/* Its own slot: it is the reference, or planted. */
		unsigned reference;
		bool planted;
		const struct fl_role *role; /* the first that ran */
		uint64_t ops;		    /* of a batch; 0: not told */
		uint64_t steps, wall_ns;    /* windows, of that role */
		uint64_t trials, as_expected;
	} arms[FL_MAX_SLOTS];
	struct record_batches batches;
	bool long_ops;
};

/**
 * estimate_launch_add() - one record of the agent
 *
 * Types that hold no numbers of an arm are ignored.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int estimate_launch_add(struct estimate_launch *l, const struct fl_workload *w,
			const json_t *record, struct error *e);

/* Empties it. */
void estimate_launch_finish(struct estimate_launch *l);

struct estimate_slot {
	char name[ESTIMATE_NAME_BYTES];
	unsigned reference;
	bool planted;
	double *level; /* one a launch, of a batch (batch), a second (window) */
	double *ratio; /* ln(this / reference); none for the reference itself */
};

struct estimate {
	unsigned nr_slots;
	struct estimate_slot *slots;
	size_t nr, capacity; /* launches */
	size_t nr_checked;   /* launches when is_settled() last looked */
	bool settled;
};

/**
 * estimate_add() - score a launch that was all right
 * @m:		minimum effect of interest
 *
 * Return: 0; -EINVAL if its arms are not those of the launches before or its
 * batches are no palindromes; -ERANGE if no block was left that could be
 * scored; -ENOMEM.
 */
int estimate_add(struct estimate *est, struct estimate_launch *l,
		 const struct fl_workload *w, double m, struct error *e);

/**
 * estimate_is_settled() - the stopping rule of a point
 * @least:	launches before it may be settled
 *
 * All contrasts to M / 3 and all levels to 5 %.  With @least under
 * STATS_MIN_LAUNCHES no width is asked for: the point is done with that many.
 * Outcomes of trials have no width either.
 */
bool estimate_is_settled(struct estimate *est, const struct fl_workload *w,
			 size_t least, double m);

/* NULL arrays, back to zero. */
void estimate_finish(struct estimate *est);

#endif
