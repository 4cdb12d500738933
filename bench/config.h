/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is to be measured, as a person wrote it: a YAML file, a command line,
 * or both (the command line wins).  One table of keys feeds the YAML reader,
 * the options and the help.
 */
#ifndef BENCH_CONFIG_H
#define BENCH_CONFIG_H

#include "common/error.h"
#include "common/units.h"

#include <faultline/workload.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_placement_policy {
	CONFIG_PLACEMENT_COMPACT,      /* PUs in logical order */
	CONFIG_PLACEMENT_ONE_PER_CORE, /* the first PU of each core */
	CONFIG_PLACEMENT_LIST,	       /* as written: "0,2,4-7" */
};

struct config_axis {
	char *name; /* of the parameter */
	uint64_t *values;
	size_t nr_values;
};

/* One workload and its axes; a config has one or more. */
struct config_sweep {
	const struct fl_workload *workload;
	struct config_axis *axes; /* parameters without one have the default */
	size_t nr_axes;
	char **skip; /* conditions, checked when read */
	size_t nr_skip;
};

struct config {
	char *name;   /* the result directory's, from the file or workload */
	char *output; /* result directory, NULL: results/<name>-<time> */
	struct config_sweep *sweeps;
	size_t nr_sweeps;
	uint64_t budget_ns; /* of measuring, over all points */
	uint64_t launch_ns; /* of one launch's samples */
	uint64_t batch_ns;  /* that a batch should take */
	uint64_t trials;    /* an arm and launch; 0: as launch_ns says */
	uint64_t launches;  /* least number a point, 20; fewer ends sooner */
	double m;	    /* minimum effect of interest, ratio */
	double inject;	    /* known effect, ratio; 0: none */
	char *toggle;	    /* "FILE=V0,V1", see toggle.h; NULL: none */
	uint64_t toggle_settle_ns;
	uint64_t seed;
	enum config_placement_policy placement;
	char *cpu_list;	    /* CONFIG_PLACEMENT_LIST: as written */
	bool counters;	    /* a counter phase at the end of each launch */
	bool until_settled; /* stop early when all contrasts are settled */
	bool allow_system_changes; /* knobs of the kernel, put back after */
	bool quiet;
};

/**
 * config_new() - from words of a command line
 * @argc, @argv: what stands behind the subcommand's name: at most one config
 *		file or workload name, `axis=values`, `--key=value`, `--key value`;
 *		a subcommand takes its own options out before
 * @units:	for page and hpage
 * @ret_config:	freed by config_free()
 * @e:		file:line:column, what is wrong, the nearest right word
 *
 * An axis of the command line replaces that axis in every sweep whose workload
 * has the parameter; a skip rule goes to every sweep that it can be read for.
 * The budget's default is 60 s, or 5 s where the command line alone, without
 * a file, makes a single point.
 *
 * Return: 0, -EINVAL, -ERANGE (too many points), -ENOENT, -ENOMEM or what
 * reading the file gave.
 */
int config_new(int argc, char *const *argv, const struct units *units,
	       struct config **ret_config, struct error *e);

/* From YAML text that is already read; @file only names it in errors. */
int config_from_yaml(const char *file, const char *text, size_t bytes,
		     const struct units *units, struct config **ret_config,
		     struct error *e);

void config_free(struct config *c);

/*
 * Moves the sweeps of @from behind those of @c, which keeps its settings but
 * for trials, if it has none that makes any.  Return: 0 or -ENOMEM.
 */
int config_take_sweeps(struct config *c, struct config *from);

/* As YAML that config_from_yaml() reads back to the same. */
int config_print(const struct config *c, FILE *out);

/* The table of keys as the OPTIONS part of --help. */
void config_print_options(FILE *out);

#endif
