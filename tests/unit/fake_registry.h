/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workloads that only have tables, in place of those that were built in: a
 * program that includes this defines registry_at() and registry_find(), and
 * the linker has no need for the real ones.  Included once a program.
 */
#ifndef TESTS_FAKE_REGISTRY_H
#define TESTS_FAKE_REGISTRY_H

#include "workloads/registry.h"

#include <string.h>

struct fake_params {
	uint64_t what, range, wait, populated, remote;
};

static const char *const fake_whats[] = { "protect", "unprotect", "roundtrip",
					  NULL };

static const struct fl_param fake_table[] = {
	FL_PARAM_ENUM(struct fake_params, what, fake_whats, "protect", "what"),
	FL_PARAM_SIZE(struct fake_params, range, "64K", 4096, UINT64_C(1) << 30,
		      "how much"),
	FL_PARAM_TIME(struct fake_params, wait, "0", 0, 1000000000, "how long"),
	/* cppcheck also reads this as if the contract's header were empty. */
	/* cppcheck-suppress unknownMacro */
	FL_PARAM_BOOL(struct fake_params, populated, "yes", "present",
		      .when = "range!=1M"),
	FL_PARAM_U64(struct fake_params, remote, "0", 0, 4096, "threads",
		     "others"),
	{ 0 },
};

static const struct fl_arm fake_arms[] = {
	{ .name = "touch", .when = "what=roundtrip" },
	{ .name = "none", .when = "what!=roundtrip" },
	{ .name = "flush", .reference = "none", .when = "what!=roundtrip" },
	{ .name = "large",
	  .reference = "none",
	  .when = "what!=roundtrip range>=hpage" },
	{ 0 },
};

static const struct fl_metric fake_metrics[] = {
	{ .name = "latency",
	  .unit = "ns",
	  .better = FL_BETTER_LOWER,
	  .kind = FL_KIND_LATENCY },
	{ 0 },
};

static inline uint64_t fake_remote(const void *params)
{
	return ((const struct fake_params *)params)->remote;
}

static inline bool fake_same_cpu(const void *params)
{
	return ((const struct fake_params *)params)->populated;
}

static inline uint64_t fake_memory(const void *params)
{
	return 2 * ((const struct fake_params *)params)->range;
}

static const struct fl_role fake_roles[] = {
	{ .name = "handler",
	  .when = "what=roundtrip",
	  .kind = FL_ROLE_THREAD,
	  .same_cpu = fake_same_cpu },
	{ .name = "remote", .kind = FL_ROLE_THREAD, .count = fake_remote },
	{ 0 },
};

static const struct fl_workload fake_wp = {
	.name = "fake_wp",
	.summary = "only tables",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct fake_params),
	.params = fake_table,
	.arms = fake_arms,
	.metrics = fake_metrics,
	.roles = fake_roles,
	.memory = fake_memory,
};

static const struct fl_arm fake_null_arms[] = { { .name = "null" }, { 0 } };

static const struct fl_workload fake_null = {
	.name = "fake_null",
	.summary = "no parameters",
	.mode = FL_MODE_BATCH,
	.arms = fake_null_arms,
	.metrics = fake_metrics,
};

static const struct fl_arm fake_window_arms[] = {
	{ .name = "many" },
	{ .name = "few", .reference = "many" },
	{ 0 },
};

static const struct fl_role fake_window_roles[] = {
	{ .name = "every", .kind = FL_ROLE_THREAD },
	{ .name = "own",
	  .arm = "many",
	  .kind = FL_ROLE_THREAD,
	  .count = fake_remote,
	  .first_here = true },
	{ .name = "other", .arm = "few", .kind = FL_ROLE_PROCESS },
	{ 0 },
};

static const struct fl_workload fake_window = {
	.name = "fake_window",
	.summary = "roles of an arm",
	.mode = FL_MODE_WINDOW,
	.params_size = sizeof(struct fake_params),
	.params = fake_table,
	.arms = fake_window_arms,
	.metrics = fake_metrics,
	.roles = fake_window_roles,
};

struct fake_state_params {
	uint64_t pool, thp, swap, ksm, mthp;
};

static const char *const fake_thps[] = { "found", "always", "never", NULL };

static const struct fl_param fake_state_table[] = {
	FL_PARAM_U64(struct fake_state_params, pool, "0", 0, 1000, "pages",
		     "of the pool"),
	FL_PARAM_ENUM(struct fake_state_params, thp, fake_thps, "found", "THP"),
	FL_PARAM_SIZE(struct fake_state_params, swap, "0", 0, UINT64_C(1) << 40,
		      "free swap"),
	FL_PARAM_BOOL(struct fake_state_params, ksm, "no", "KSM runs"),
	FL_PARAM_BOOL(struct fake_state_params, mthp, "no", "mTHP"),
	{ 0 },
};

static inline uint64_t fake_pool(const void *params)
{
	return ((const struct fake_state_params *)params)->pool;
}

static inline uint64_t fake_swap(const void *params)
{
	return ((const struct fake_state_params *)params)->swap;
}

static const struct fl_system fake_system[] = {
	{ .knob = "thp", .value = "always", .when = "thp=always" },
	{ .knob = "thp", .value = "never", .when = "thp!=found" },
	{ .knob = "hugetlb", .amount = fake_pool },
	{ .knob = "swap", .amount = fake_swap },
	{ .knob = "ksm", .value = "1", .when = "ksm=yes" },
	{ .knob = "ksm-sleep", .value = "20", .when = "ksm=yes" },
	{ .knob = "mthp-64K", .value = "madvise", .when = "mthp=yes" },
	{ 0 },
};

static const struct fl_workload fake_state = {
	.name = "fake_state",
	.summary = "wants system state",
	.mode = FL_MODE_BATCH,
	.params_size = sizeof(struct fake_state_params),
	.params = fake_state_table,
	.arms = fake_null_arms,
	.metrics = fake_metrics,
	.system = fake_system,
};

static const struct fl_workload fake_trial = {
	.name = "fake_trial",
	.summary = "runs trials",
	.mode = FL_MODE_TRIAL,
	.arms = fake_null_arms,
	.metrics = fake_metrics,
};

static const struct fl_workload *const fakes[] = { &fake_wp,	 &fake_null,
						   &fake_window, &fake_state,
						   &fake_trial,	 NULL };

const struct fl_workload *registry_at(size_t index)
{
	return fakes[index];
}

const struct fl_workload *registry_find(const char *name)
{
	for (size_t i = 0; fakes[i]; i++)
		if (!strcmp(fakes[i]->name, name))
			return fakes[i];

	return NULL;
}

static const struct units fake_units = { 4096, 2 << 20 };

#endif
