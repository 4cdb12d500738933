// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm compare: kernels are booted, counted and held side by side. */
#include "bench/vm/sides.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "cli/vm_options.h"
#include "cli/vm_series.h"
#include "cli/vm_verdict.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options {
	const char *names[VM_MAX_SIDES];
	unsigned nr;
	const char *output, *tree, *range, *build;
	bool no_functions, help;
	uint64_t jobs, layouts, memory_bytes, boot_limit_ns;
	char **rest; /* for the config */
	int nr_rest;
};

static const char help[] =
	"Says which paths of kernels differ, to the instruction.\n"
	"\n"
	"Usage: faultline vm compare --kernel A --kernel B [--kernel C ...]\n"
	"                     [OPTION ...] [CONFIG.yaml | WORKLOAD [AXIS=VALUES ...]]\n"
	"       faultline vm compare --tree DIR --range BASE..END [OPTION ...] [...]\n"
	"\n"
	"  faultline vm compare --kernel 5.10 --kernel 6.1 -o results/eras\n"
	"  faultline vm compare --kernel old --kernel new uffd_wp range=4K\n"
	"  faultline vm compare --tree ~/linux --range v6.12..HEAD\n"
	"\n"
	"Each kernel is booted in QEMU with the number of executed instructions\n"
	"as its clock, A a second time to see that it does the same.  Behind what\n"
	"is counted it is seen what they do: which rule their COW follows, what\n"
	"trackers miss, what flushes.  Without a config, configs/vm.yaml is run.\n"
	"\n"
	"With --tree, each commit of a series is built and counted against the\n"
	"one before it, which says which patch costs what.  DIR is only read:\n"
	"the files are put into trees/ in the cache, and stay there, so that the\n"
	"next series is built faster.  Of a merge, the first parent counts.\n"
	"\n"
	"Options:\n"
	"  --kernel IMAGE   a bzImage, an ELF file with an entry for PVH, or the\n"
	"                   name of one that scripts/fetch-kernels.sh has got\n"
	"  --tree DIR       a git repository of Linux\n"
	"  --range BASE..END  the commits, of which END may be left out (HEAD)\n"
	"  --build COMMAND  what builds them, run as COMMAND --source DIR\n"
	"                   --into DIR --name NAME, which makes\n"
	"                   INTO/NAME/vmlinuz (scripts/build-kernel.sh)\n"
	"  --no-functions   count only; as with --tree\n"
	"  --layouts K      count again in K layouts: other addresses of kernel\n"
	"                   and program, other random numbers (0); not with --tree\n"
	"  --jobs N         boots at a time (2, or as many as there are CPUs)\n"
	"  --memory SIZE    of a guest (1G)\n"
	"  --boot-limit TIME  for a guest to say hello (120s)\n"
	"  -o, --output DIR results/vm-compare-TIME by default: report.txt, and a\n"
	"                   result directory a kernel\n"
	"\n"
	"Exit status: 0 when there is a report, whatever differs; 1 when a kernel\n"
	"could not be run; 2 for bad usage.\n";

static int take_kernel(struct options *o, const char *text, struct error *e)
{
	if (o->nr == VM_MAX_SIDES)
		return error_set(e, -EINVAL, "more than %d kernels",
				 VM_MAX_SIDES);
	o->names[o->nr++] = text;
	return 0;
}

static int take_output(struct options *o, const char *text, struct error *e)
{
	(void)e;
	o->output = text;
	return 0;
}

static int take_tree(struct options *o, const char *text, struct error *e)
{
	(void)e;
	o->tree = text;
	return 0;
}

static int take_range(struct options *o, const char *text, struct error *e)
{
	(void)e;
	o->range = text;
	return 0;
}

static int take_build(struct options *o, const char *text, struct error *e)
{
	(void)e;
	o->build = text;
	return 0;
}

static int take_jobs(struct options *o, const char *text, struct error *e)
{
	if (!units_parse_u64(text, &o->jobs) && o->jobs && o->jobs <= 64)
		return 0;
	return error_set(e, -EINVAL, "--jobs `%s`: a number from 1 to 64",
			 text);
}

static int take_layouts(struct options *o, const char *text, struct error *e)
{
	if (!units_parse_u64(text, &o->layouts) && o->layouts <= VM_MAX_LAYOUTS)
		return 0;
	return error_set(e, -EINVAL, "--layouts `%s`: a number from 0 to %d",
			 text, VM_MAX_LAYOUTS);
}

static int take_memory(struct options *o, const char *text, struct error *e)
{
	const struct units units = units_of_machine();

	if (!units_parse_size(text, &units, &o->memory_bytes))
		return 0;
	return error_set(e, -EINVAL, "--memory `%s`: not a size", text);
}

static int take_limit(struct options *o, const char *text, struct error *e)
{
	if (!units_parse_time(text, &o->boot_limit_ns) && o->boot_limit_ns)
		return 0;
	return error_set(e, -EINVAL, "--boot-limit `%s`: not a time", text);
}

static const struct {
	const char *name;
	int (*take)(struct options *o, const char *text, struct error *e);
} options[] = {
	{ "--kernel", take_kernel },	{ "--output", take_output },
	{ "-o", take_output },		{ "--jobs", take_jobs },
	{ "--layouts", take_layouts },	{ "--memory", take_memory },
	{ "--boot-limit", take_limit }, { "--tree", take_tree },
	{ "--range", take_range },	{ "--build", take_build },
};

static int take_word(struct options *o, int argc, char **argv, int *i,
		     struct error *e)
{
	const char *text;

	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
		if (!vm_is_option(argv[*i], options[k].name, &text))
			continue;
		if (!text && *i + 1 >= argc)
			return error_set(e, -EINVAL, "`%s` needs a value",
					 argv[*i]);
		return options[k].take(o, text ? text : argv[++*i], e);
	}
	if (!strcmp(argv[*i], "--no-functions"))
		o->no_functions = true;
	else if (!strcmp(argv[*i], "--help") || !strcmp(argv[*i], "-h"))
		o->help = true;
	else if (strcmp(argv[*i], "--") != 0)
		o->rest[o->nr_rest++] = argv[*i];
	return 0;
}

static int check(const struct options *o, struct error *e)
{
	if (!o->tree && !o->range && !o->build)
		return o->nr >= 2
			       ? 0
			       : error_set(e, -EINVAL,
					   "compare: which kernels?  --kernel "
					   "A --kernel B; see faultline vm "
					   "compare --help");
	if (!o->tree || !o->range)
		return error_set(e, -EINVAL,
				 "compare: --tree DIR and --range BASE..END "
				 "belong together");
	if (o->nr || o->layouts)
		return error_set(
			e, -EINVAL,
			"compare: --tree builds its kernels and counts "
			"in one layout; %s has no place beside it",
			o->nr ? "--kernel" : "--layouts");
	return 0;
}

static int parse(struct options *o, int argc, char **argv, struct error *e)
{
	int err = 0;

	for (int i = 1; i < argc && !err; i++)
		err = take_word(o, argc, argv, &i, e);
	return err || o->help ? err : check(o, e);
}

/* What is observed comes behind what is counted. */
static int add_functions(struct config *config, struct error *e)
{
	struct config *functions = NULL;
	int err = vm_config_new(VM_CONFIG_FUNCTIONS, &functions, e);

	if (!err && config_take_sweeps(config, functions))
		err = error_set(e, -ENOMEM, "out of memory");
	config_free(functions);
	return err;
}

static int make_config(const struct options *o, struct config **ret_config,
		       size_t *ret_observed_from, struct error *e)
{
	const struct units units = units_of_machine();
	int err = o->nr_rest ? config_new(o->nr_rest, o->rest, &units,
					  ret_config, e)
			     : vm_config_new(VM_CONFIG_COUNTS, ret_config, e);

	if (err || o->no_functions || o->tree)
		return err;
	*ret_observed_from = (*ret_config)->nr_sweeps;
	return add_functions(*ret_config, e);
}

static void default_folder(char *buf, size_t bytes)
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(buf, bytes, "results/vm-compare-%Y%m%d-%H%M%S", &tm);
}

static int compare(const struct options *o, const struct vm_sides_request *q)
{
	struct vm_side *sides = calloc(VM_MAX_SIDES, sizeof(*sides));
	struct error e = { 0 };
	int status = CLI_FAILED;

	if (!sides) {
		fprintf(stderr, "faultline: out of memory\n");
		return CLI_FAILED;
	}
	if (vm_sides_run(q, sides, &e))
		cli_usage_error(&e);
	else
		status = vm_verdict(q, sides, o->names);
	free(sides);
	return status;
}

static int series(const struct options *o, const struct vm_sides_request *q)
{
	const struct vm_series_request request = {
		.sides = q,
		.tree = o->tree,
		.range = o->range,
		.build = o->build,
	};

	return vm_series(&request);
}

static int run(const struct options *o, int argc, char **argv)
{
	char paths[VM_MAX_SIDES][PATH_MAX], folder[64];
	const char *kernels[VM_MAX_SIDES];
	struct config *config = NULL;
	struct error e = { 0 };
	struct vm_sides_request q = {
		.kernels = kernels,
		.nr = o->nr,
		.dir = o->output ? o->output : folder,
		.runner = { .argc = argc,
			    .argv = argv,
			    .version = FL_VERSION,
			    .build = FL_BUILD,
			    .comparable = FL_BUILD_COMPARABLE },
		.layouts = (unsigned)o->layouts,
		.memory_bytes = o->memory_bytes,
		.boot_limit_ns = o->boot_limit_ns,
		.at_once = (unsigned)o->jobs,
		.interrupted = &vm_interrupted,
		.progress = stderr,
	};
	int status;

	for (unsigned i = 0; i < o->nr; i++)
		kernels[i] = vm_find_kernel(o->names[i], paths[i], PATH_MAX);
	default_folder(folder, sizeof(folder));
	if (make_config(o, &config, &q.observed_from, &e)) {
		status = cli_usage_error(&e);
	} else {
		q.counts = config;
		vm_catch_signals();
		status = o->tree ? series(o, &q) : compare(o, &q);
	}
	config_free(config);
	return status;
}

int cmd_vm_compare(int argc, char **argv)
{
	struct options o = { .memory_bytes = UINT64_C(1) << 30 };
	struct error e = { 0 };
	int status;

	o.rest = calloc((size_t)argc + 1, sizeof(*o.rest));
	if (!o.rest) {
		fprintf(stderr, "faultline: out of memory\n");
		return CLI_FAILED;
	}
	if (parse(&o, argc, argv, &e))
		status = cli_usage_error(&e);
	else if (o.help)
		status = fputs(help, stdout) < 0 ? CLI_FAILED : CLI_OK;
	else
		status = run(&o, argc, argv);
	free(o.rest);
	return status;
}
