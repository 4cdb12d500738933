/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine's shape, by hwloc; only CPUs that this process may use count. */
#ifndef BENCH_TOPOLOGY_H
#define BENCH_TOPOLOGY_H

#include "common/error.h"

#include <stdbool.h>

struct topology;

enum topology_policy {
	TOPOLOGY_COMPACT,
	TOPOLOGY_ONE_PER_CORE,
};

/**
 * topology_new() - read the machine, or build one from a description
 * @synthetic:	hwloc's notation, "package:2 [numa] core:16 pu:2"; NULL: this
 *		machine (and what HWLOC_XMLFILE and the like say)
 *
 * Return: 0, -EINVAL for a description that is none, -ENOMEM.
 */
int topology_new(const char *synthetic, struct topology **ret_topology,
		 struct error *e);
void topology_free(struct topology *t);

unsigned topology_nr_cpus(const struct topology *t);

/* False for a synthetic one: then nothing must be bound. */
bool topology_is_this_machine(const struct topology *t);

/**
 * topology_place() - CPUs by a policy
 * @nr:		how many are wanted
 * @ret_cpus:	OS numbers
 *
 * Return: 0; -ENOSPC if there are fewer, and nothing is written.
 */
int topology_place(const struct topology *t, enum topology_policy policy,
		   unsigned nr, unsigned *ret_cpus);

/**
 * topology_parse_list() - CPUs as written: "0,2,4-7"
 * @ret_cpus:	@max of them
 * @ret_nr:	how many were written
 *
 * Return: 0; -EINVAL if it is no list; -ENXIO if a CPU is not there or not
 * allowed; -E2BIG beyond @max.
 */
int topology_parse_list(const struct topology *t, const char *text,
			unsigned *ret_cpus, unsigned max, unsigned *ret_nr,
			struct error *e);

/* Writes hwloc's XML.  Return: 0 or -errno. */
int topology_export(const struct topology *t, const char *path);

#endif
