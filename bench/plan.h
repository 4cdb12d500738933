/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a config to points: pure, it needs no kernel feature and touches
 * nothing.  What a point lacks on this topology is written into its skip.
 */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include "config.h"
#include "system_state.h"
#include "topology.h"

#include "common/error.h"
#include "common/hash.h"

#include <faultline/protocol.h>
#include <faultline/workload.h>

#include <stdio.h>

enum {
	PLAN_MAX_POINTS = 100000
};

/* One combination of parameters. */
struct plan_point {
	char id[HASH_TEXT_BYTES]; /* case id, docs/result-format.md */
	const struct fl_workload *workload;
	const struct config_sweep *sweep; /* that it comes from */
	void *params;
	unsigned
		*cpus; /* OS numbers: the measuring thread's, then the roles' */
	unsigned nr_cpus;
	uint64_t memory_bytes;
	uint64_t idle; /* bit i: the i-th parameter means nothing here */
	unsigned epoch;
	char *skip; /* why it cannot run here; NULL if it can */
};

/* An arm of a point as it will run; the order is that of the slots. */
struct plan_slot {
	char name[48]; /* "protect", "protect:again", ... */
	enum plan_slot_kind {
		PLAN_SLOT_REFERENCE,
		PLAN_SLOT_CONTRAST,
		PLAN_SLOT_AGAIN,
		PLAN_SLOT_INJECT,
		PLAN_SLOT_TOGGLE,
	} kind;
	unsigned arm; /* index into workload->arms */
};

/*
 * Points that want the same system state.  Where they want amounts, it is the
 * most that one of them does, so that they can be interleaved.
 */
struct plan_epoch {
	struct system_state state;
	size_t nr_points;
};

enum {
	PLAN_MAX_EPOCHS = 64
};

/*
 * The epochs run one after the other; the first is the one that wants nothing,
 * if there is such.
 *
 * The times are estimates, over the points that can run here.  A launch costs
 * its start, its warm-up, its samples and its counter phase.
 * least_ns: one calibration a point and config->launches launches of each,
 *	which is when a run ends if everything is settled by then; without
 *	until_settled no less than the budget.
 * most_ns: the budget (or what has begun when it ends), one calibration a
 *	point, and the launch that overshoots.
 * least_ns may exceed most_ns: then the budget is too short for that many
 * launches, and plan_print() says so.
 */
struct plan {
	const struct config *config; /* the caller keeps it */
	struct plan_point *points;
	size_t nr_points;
	struct plan_epoch epochs[PLAN_MAX_EPOCHS];
	unsigned nr_epochs;
	uint64_t least_ns, most_ns;
};

/**
 * plan_new() - every point of a config, on this topology
 *
 * Points come in the order of the sweeps, the last axis fastest, without those
 * that a skip rule leaves out; of two with the same case id the first stays.
 *
 * Return: 0; -EINVAL for a CPU list that does not fit the machine, or if the
 * skip rules leave nothing; -ERANGE beyond PLAN_MAX_POINTS or _EPOCHS; -ENOMEM.
 */
int plan_new(const struct config *c, const struct topology *t,
	     const struct units *units, struct plan **ret_plan,
	     struct error *e);
void plan_free(struct plan *p);

/**
 * plan_slots() - the arms that a point will run, if every feature is there
 * @slots:	FL_MAX_SLOTS of them
 *
 * Return: how many.
 */
unsigned plan_slots(const struct plan *p, const struct plan_point *point,
		    const struct units *units, struct plan_slot *slots);

/**
 * plan_round() - the order of one round
 * @p:		the plan
 * @round:	from 0; with the config's seed it fixes the permutation
 * @ret_order:	nr_points indices into points, shuffled
 */
void plan_round(const struct plan *p, unsigned round, size_t *ret_order);

/* How long a launch runs before it takes samples: 5 % of it, 10 ms or more. */
uint64_t plan_warmup_ns(const struct config *c);

/* What a launch takes of the budget, by estimate. */
uint64_t plan_launch_cost_ns(const struct config *c);

/* "compact", "one-per-core" or the CPU list: as in a point's record. */
const char *plan_placement(const struct config *c);

/**
 * plan_case_id() - the hash of docs/result-format.md
 *
 * Over "key=value\n" lines sorted by key: workload, placement, and each
 * parameter by its own name with its value as a decimal number.
 */
const char *plan_case_id(const struct fl_workload *w, const char *placement,
			 const void *params, char id[HASH_TEXT_BYTES]);

enum {
	PLAN_LABEL_BYTES = 256
};

/* Whether parameter @p, of the point's workload, means something there. */
bool plan_param_matters(const struct plan_point *point,
			const struct fl_param *p);

/* "uffd_wp what=protect range=4K": the axes of its sweep; the rest is default. */
const char *plan_label(const struct plan_point *point,
		       char buf[PLAN_LABEL_BYTES]);

/**
 * plan_print() - every point, its arms, CPUs, epoch and times
 * @sysroot:	where to look whether a wanted state is there: "" for this
 *		machine, NULL for a plan of another one
 */
void plan_print(const struct plan *p, const struct units *units,
		const char *sysroot, FILE *out);

#endif
