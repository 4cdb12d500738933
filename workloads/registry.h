/* SPDX-License-Identifier: GPL-2.0-only */
/* The workloads that were built in, in the order of workloads/meson.build. */
#ifndef WORKLOADS_REGISTRY_H
#define WORKLOADS_REGISTRY_H

#include <faultline/workload.h>

#include <stdint.h>

/* NULL behind the last. */
const struct fl_workload *registry_at(size_t index);

/* NULL if there is none of that name. */
const struct fl_workload *registry_find(const char *name);

/*
 * Over names, parameters, arms, metrics, terms, features, expectations,
 * outcomes and oracles: an agent whose tables differ from the driver's is
 * refused.
 */
uint64_t registry_hash(void);

#endif
