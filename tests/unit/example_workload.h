/* SPDX-License-Identifier: GPL-2.0-only */
/* A workload with one parameter of each type, for the tests of tables. */
#ifndef TESTS_EXAMPLE_WORKLOAD_H
#define TESTS_EXAMPLE_WORKLOAD_H

#include <faultline/workload.h>

struct example_params {
	uint64_t threads;
	uint64_t range;
	uint64_t pause;
	uint64_t touch;
	uint64_t what;
};

enum {
	EXAMPLE_PROTECT,
	EXAMPLE_UNPROTECT,
	EXAMPLE_RESOLVE
};

static const char *const example_whats[] = { "protect", "unprotect", "resolve",
					     NULL };

static const struct fl_param example_table[] = {
	FL_PARAM_U64(struct example_params, threads, "1", 1, 64, "threads",
		     "how many"),
	FL_PARAM_SIZE(struct example_params, range, "hpage", 4096, 1 << 30,
		      "bytes an op"),
	FL_PARAM_TIME(struct example_params, pause, "100us", 1000, UINT64_MAX,
		      "between ops"),
	FL_PARAM_BOOL(struct example_params, touch, "no", "touch first"),
	FL_PARAM_ENUM(struct example_params, what, example_whats, "protect",
		      "which op"),
	{ 0 },
};

static const struct fl_workload example_workload = {
	.name = "example",
	.params_size = sizeof(struct example_params),
	.params = example_table,
};

#endif
