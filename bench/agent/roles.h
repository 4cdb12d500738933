/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The threads and processes that run beside the measuring thread: what a
 * window measures, and the background of a batch.
 */
#ifndef AGENT_ROLES_H
#define AGENT_ROLES_H

#include "switches.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct fl_thread;
struct observe;
struct role_counts;
struct session;

struct roles;

/* What all instances of a role did together. */
struct roles_sum {
	unsigned instances;
	uint64_t steps;
	uint64_t least_steps, most_steps; /* of an instance */
	/*
	 * Of one on average, without what was untimed: one that ends late, in a
	 * long call, does not make the others look idle.
	 */
	uint64_t wall_ns;
	uint64_t cpu_ns, busy_ns;
	uint64_t untimed_ns;
	struct switches switches;
};

/**
 * roles_start() - start them all and let them wait at the gate
 * @ret_roles:	NULL if this point has none
 *
 * Those of the session's present arm, and those of every arm.
 * Each enters on its own CPU.  Processes are forked before any thread is
 * started.
 *
 * Return: 0 or -errno with run.why set; roles_stop() in any case.
 */
int roles_start(struct session *s, struct roles **ret_roles);

/* Opens the gate, for the first time or after a pause. */
void roles_go(struct roles *r);

/*
 * Comes back when no step is under way; none begins before roles_go().  Those
 * that wait for others (they have wake()) are held last, since a step of the
 * others may need them.  Return: 0; -ETIMEDOUT with run.why set.
 */
int roles_pause(struct roles *r);

/*
 * Sets run.stop, wakes them and waits.  Return: 0; -errno if one failed, died
 * or did not stop, with run.why set.
 */
int roles_stop(struct roles *r);

/* Only after roles_stop(), and not while the session is stuck. */
void roles_free(struct roles *r);

/* Tells them which arm is measured. */
void roles_set_arm(struct roles *r, unsigned arm);

/*
 * Whether those that gate made progress while a batch ran: watch before it,
 * look after it, and read the answer when there is time.
 */
void roles_watch(struct roles *r);
void roles_look(struct roles *r);
bool roles_moved(const struct roles *r);

/* -errno of one that left on its own, 0 if none did. */
int roles_failed(const struct roles *r);

/* Row @row of workload->roles; false if no instance of it ran. */
bool roles_sum(const struct roles *r, unsigned row, struct roles_sum *ret_sum);

/* Of the first role that ran, whose steps are the headline. */
bool roles_sum_leading(const struct roles *r, struct roles_sum *ret_sum);

/*
 * Instance @i: its row of workload->roles, and what it counted if the session
 * wanted that, else NULL.  False behind the last.
 */
bool roles_at(const struct roles *r, unsigned i, unsigned *ret_row,
	      const struct role_counts **ret_counts);

/* Of instance @i; NULL behind the last, and without roles. */
const struct fl_thread *roles_thread(const struct roles *r, unsigned i);

/* Moves what the steps of a window observed of a metric into @to. */
void roles_observed(struct roles *r, unsigned metric, struct observe *to);

#endif
