// SPDX-License-Identifier: GPL-2.0-only
/* faultline plan: what a config would run, and nothing is run. */
#include "cli/cli.h"

#include "bench/config.h"
#include "bench/plan.h"
#include "bench/topology.h"
#include "common/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan_options {
	int argc;
	char **argv; /* without our own options */
	const char *topology;
	bool help;
};

static void print_help(FILE *out)
{
	fprintf(out,
		"Shows every point, arm and CPU of a config, the order of the\n"
		"first round and the time it takes.  Nothing is run.\n"
		"\n"
		"Usage: faultline plan CONFIG|WORKLOAD [NAME=VALUES ...] "
		"[OPTIONS]\n"
		"\n"
		"  faultline plan configs/quick.yaml\n"
		"  faultline plan uffd_wp range=4K..2M:x2,hpage+4K "
		"backing=anon-4k\n"
		"\n"
		"Options of this command:\n"
		"  --topology TEXT\n"
		"      plan for another machine, in hwloc's notation:\n"
		"      'package:2 core:8 pu:2'\n"
		"\n"
		"Options that are also keys of a config file:\n");
	config_print_options(out);
}

static int take_topology(struct plan_options *o, int argc, char **argv, int *i,
			 struct error *e)
{
	static const char name[] = "--topology";
	const char *rest = argv[*i] + sizeof(name) - 1;

	if (*rest == '=') {
		o->topology = rest + 1;
		return 0;
	}
	if (*i + 1 >= argc)
		return error_set(e, -EINVAL, "`%s` needs a value", name);

	o->topology = argv[++*i];
	return 0;
}

static bool is_topology(const char *word)
{
	return !strcmp(word, "--topology") ||
	       !strncmp(word, "--topology=", strlen("--topology="));
}

static int take_own(struct plan_options *o, int argc, char **argv,
		    struct error *e)
{
	int err;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			o->help = true;
			continue;
		}
		if (!is_topology(argv[i])) {
			o->argv[o->argc++] = argv[i];
			continue;
		}
		err = take_topology(o, argc, argv, &i, e);
		if (err)
			return err;
	}
	return 0;
}

static int make_and_print(const struct plan_options *o, struct error *e)
{
	struct units units = units_of_machine();
	struct topology *topology = NULL;
	struct config *config = NULL;
	struct plan *plan = NULL;
	int err = config_new(o->argc, o->argv, &units, &config, e);

	if (!err)
		err = topology_new(o->topology, &topology, e);
	if (!err)
		err = plan_new(config, topology, &units, &plan, e);
	if (!err)
		plan_print(plan, &units, o->topology ? NULL : "", stdout);
	if (!err && (fflush(stdout) || ferror(stdout)))
		err = error_set(e, -EIO, "cannot write to stdout");

	plan_free(plan);
	topology_free(topology);
	config_free(config);
	return err;
}

int cmd_plan(int argc, char **argv)
{
	struct plan_options o = { 0 };
	struct error e = { 0 };
	int err;

	o.argv = calloc((size_t)argc + 1, sizeof(*o.argv));
	if (!o.argv) {
		error_set(&e, -ENOMEM, "out of memory");
		return cli_usage_error(&e);
	}

	err = take_own(&o, argc, argv, &e);
	if (!err && o.help)
		print_help(stdout);
	else if (!err)
		err = make_and_print(&o, &e);
	free(o.argv);
	return err ? cli_usage_error(&e) : CLI_OK;
}
