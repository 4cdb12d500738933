/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rows of workload->roles run beside the arm that is measured, how many
 * instances of each, and on which CPUs of the job.
 */
#ifndef AGENT_ROLE_TABLE_H
#define AGENT_ROLE_TABLE_H

#include <faultline/workload.h>

struct session;

/* Of the table, whether they run or not. */
unsigned role_table_rows(const struct session *s);

/* Instances of @role that run with the session's present arm. */
unsigned role_table_count(const struct session *s, const struct fl_role *role);

/* Of all roles together. */
unsigned role_table_total(const struct session *s);

/*
 * The next places of job->cpus to give away.  Roles that run in every arm get
 * theirs first, so that they keep them from arm to arm.
 */
struct role_places {
	unsigned of_all, of_arm;
};

struct role_places role_table_places(const struct session *s);

/**
 * role_table_place() - where an instance runs
 * @index:	which one of its role; they must come in order
 *
 * Return: 0; -EINVAL with run.why set if the job names too few CPUs.
 */
int role_table_place(struct session *s, struct role_places *places,
		     const struct fl_role *role, unsigned index,
		     unsigned *ret_cpu);

/* The longest period of those that are paced, in any arm; 0 if none is. */
uint64_t role_table_longest_period_ns(const struct session *s);

#endif
