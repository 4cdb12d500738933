// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm atlas: what each of several kernels does, side by side. */
#include "analysis/atlas.h"
#include "analysis/load.h"
#include "bench/vm/atlas.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "cli/vm_options.h"
#include "common/folder.h"
#include "common/nearest.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_TRIES = 100, /* names for what was left incomplete before */
	DIR_BYTES = 1500,
};

static const struct {
	const char *name, *option;
	enum vm_config config;
} kinds[VM_ATLAS_KINDS] = {
	[VM_ATLAS_LOOK] = { "look", "--look", VM_CONFIG_ATLAS },
	[VM_ATLAS_RACE] = { "race", "--race", VM_CONFIG_ATLAS_RACE },
	[VM_ATLAS_COUNT] = { "count", "--count", VM_CONFIG_ATLAS_COUNT },
};

struct options {
	const char *kernels; /* a folder, or names with commas */
	const char *output;
	const char *configs[VM_ATLAS_KINDS]; /* NULL: ours; "none" */
	uint64_t jobs;
	uint64_t memory_bytes;
	bool quiet, help;
};

struct atlas_run {
	const struct options *options;
	int argc;
	char **argv;
	struct config *configs[VM_ATLAS_KINDS]; /* NULL: not asked for */
	struct vm_atlas_kernel kernels[VM_ATLAS_MAX];
	struct result *results[VM_ATLAS_MAX][VM_ATLAS_KINDS];
	const char *why[VM_ATLAS_MAX][VM_ATLAS_KINDS];
	struct vm_atlas_side sides[VM_ATLAS_MAX * VM_ATLAS_KINDS]; /* to run */
	size_t of_kernel[VM_ATLAS_MAX * VM_ATLAS_KINDS];
	size_t nr;
	unsigned nr_sides;
	char like[VM_ATLAS_PATH_BYTES]; /* a count that is there already; "" */
};

static void print_help(void)
{
	puts("Runs the functional probes on several kernels, and counts "
	     "instructions;\nputs all of it into one table and one heat map.\n"
	     "\n"
	     "Usage: faultline vm atlas --kernels DIR | A,B,... [OPTION ...]\n"
	     "\n"
	     "  scripts/fetch-kernels.sh 5.10 6.1 6.12\n"
	     "  faultline vm atlas --kernels 5.10,6.1,6.12 -o results/atlas\n"
	     "\n"
	     "Options:\n"
	     "  --kernels DIR | LIST\n"
	     "      a folder whose folders have a vmlinuz each; or images, or "
	     "names of\n"
	     "      those that scripts/fetch-kernels.sh has got, with commas\n"
	     "  -o, --output DIR\n"
	     "      (results/atlas) DIR/KERNEL/look, race and count are result\n"
	     "      directories; those that are complete are not made again, "
	     "so the\n"
	     "      same command goes on after Ctrl-C\n"
	     "  --look CONFIG, --race CONFIG, --count CONFIG\n"
	     "      instead of configs/atlas.yaml, atlas-race.yaml and "
	     "atlas-insn.yaml;\n"
	     "      `none`: not at all\n"
	     "  --jobs N\n"
	     "      boots at a time (2, or as many as there are CPUs)\n"
	     "  --memory SIZE\n"
	     "      of a guest (1G)\n"
	     "  --quiet\n"
	     "      no progress");
}

static bool is_kind(const char *option, int *ret)
{
	for (*ret = 0; *ret < VM_ATLAS_KINDS; ++*ret)
		if (!strcmp(option, kinds[*ret].option))
			return true;
	return false;
}

static int take_value(struct options *o, const char *name, const char *value,
		      struct error *e)
{
	const struct units units = units_of_machine();
	int kind;

	if (!strcmp(name, "--kernels"))
		o->kernels = value;
	else if (!strcmp(name, "--output"))
		o->output = value;
	else if (!strcmp(name, "--jobs"))
		return units_parse_u64(value, &o->jobs) || !o->jobs ||
				       o->jobs > 64
			       ? error_set(e, -EINVAL,
					   "--jobs `%s`: a number from 1 to 64",
					   value)
			       : 0;
	else if (is_kind(name, &kind))
		o->configs[kind] = value;
	else if (units_parse_size(value, &units, &o->memory_bytes))
		return error_set(e, -EINVAL, "--memory `%s`: not a size",
				 value);
	return 0;
}

static int take_word(struct options *o, int argc, char **argv, int *i,
		     struct error *e)
{
	static const char *const names[] = { "--kernels", "--output", "--look",
					     "--race",	  "--count",  "--jobs",
					     "--memory" };
	enum {
		NR = sizeof(names) / sizeof(names[0])
	};
	const char *word = strcmp(argv[*i], "-o") ? argv[*i] : "--output";
	const char *near;

	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		o->help = true;
	else if (!strcmp(word, "--quiet"))
		o->quiet = true;
	else
		for (size_t n = 0; n < NR; n++) {
			const char *text;

			if (!vm_is_option(word, names[n], &text))
				continue;
			if (!text && *i + 1 >= argc)
				return error_set(e, -EINVAL,
						 "`%s` needs a value", word);
			return take_value(o, names[n], text ? text : argv[++*i],
					  e);
		}
	if (o->help || o->quiet)
		return 0;
	near = nearest_word(word, names, NR);
	return error_set(e, -EINVAL, "there is no option `%s`%s%s%s", word,
			 near ? "; did you mean `" : "", near ? near : "",
			 near ? "`?" : "");
}

static int add_kernel(struct atlas_run *run, const char *word, size_t len,
		      struct error *e)
{
	struct vm_atlas_kernel *k = &run->kernels[run->nr];
	char name[VM_ATLAS_PATH_BYTES], buf[VM_ATLAS_PATH_BYTES];
	const char *image, *last;

	if (run->nr == VM_ATLAS_MAX)
		return error_set(e, -E2BIG, "--kernels: more than %d",
				 VM_ATLAS_MAX);
	if (!len || len >= sizeof(name))
		return error_set(e, -EINVAL, "--kernels `%s`: a name is %s",
				 run->options->kernels,
				 len ? "too long" : "empty");
	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	image = vm_find_kernel(name, buf, sizeof(buf));
	if (access(image, R_OK))
		return error_set(e, -errno,
				 "%s: %s; scripts/fetch-kernels.sh "
				 "gets kernels",
				 name, strerror(errno));
	snprintf(k->image, sizeof(k->image), "%s", image);
	last = strrchr(name, '/');
	snprintf(k->name, sizeof(k->name), "%.31s", last ? last + 1 : name);
	for (size_t i = 0; i < run->nr; i++)
		if (!strcmp(run->kernels[i].name, k->name))
			return error_set(e, -EEXIST,
					 "--kernels: two are called `%s`",
					 k->name);
	run->nr++;
	return 0;
}

static int find_kernels(struct atlas_run *run, struct error *e)
{
	const char *at = run->options->kernels;
	struct stat st;
	int err = 0;

	if (strchr(at, '/') && !stat(at, &st) && S_ISDIR(st.st_mode))
		return vm_atlas_folder(at, run->kernels, &run->nr, e);
	while (!err) {
		size_t len = strcspn(at, ",");

		err = add_kernel(run, at, len, e);
		at += len;
		if (!*at++)
			break;
	}
	return err;
}

static bool is_complete(const struct result *r)
{
	return r->nr_runs && r->runs[r->nr_runs - 1].end &&
	       !strcmp(r->runs[r->nr_runs - 1].end, "done");
}

/* What is there already, or the first name that is free. */
static int find_side(struct atlas_run *run, size_t k, int kind,
		     char dir[VM_ATLAS_PATH_BYTES], struct error *e)
{
	for (int i = 1; i < MAX_TRIES; i++) {
		struct result *result = NULL;
		struct error ignored = { 0 };
		char more[16] = "";
		struct stat st;

		if (i > 1)
			snprintf(more, sizeof(more), "-%d", i);
		snprintf(dir, VM_ATLAS_PATH_BYTES, "%.1400s/%s/%s%s",
			 run->options->output, run->kernels[k].name,
			 kinds[kind].name, more);
		if (stat(dir, &st))
			return 0;
		if (load_dir(dir, &result, &ignored))
			continue;
		if (is_complete(result)) {
			run->results[k][kind] = result;
			return 0;
		}
		result_free(result);
	}
	return error_set(e, -EEXIST, "%s: too many incomplete runs", dir);
}

static int look_for(struct atlas_run *run, size_t k, int kind, struct error *e)
{
	struct vm_atlas_side *side = &run->sides[run->nr_sides];
	char dir[VM_ATLAS_PATH_BYTES];
	int err;

	if (!run->configs[kind])
		return 0;
	err = find_side(run, k, kind, dir, e);
	if (err)
		return err;
	if (run->results[k][kind]) {
		if (kind == VM_ATLAS_COUNT && !*run->like)
			memcpy(run->like, dir, sizeof(dir));
		return 0;
	}
	*side = (struct vm_atlas_side){ .kernel = &run->kernels[k],
					.kind = (enum vm_atlas_kind)kind,
					.config = run->configs[kind] };
	memcpy(side->dir, dir, sizeof(dir));
	snprintf(side->log, sizeof(side->log), "%.*s.log",
		 VM_ATLAS_PATH_BYTES - 8, dir);
	run->of_kernel[run->nr_sides++] = k;
	err = folder_make_parents(dir);
	return err ? error_set(e, err, "%s: %s", dir, strerror(-err)) : 0;
}

static int read_config(const char *file, enum vm_config ours,
		       struct config **ret, struct error *e)
{
	const struct units units = units_of_machine();
	char *words[1] = { (char *)file };

	if (!file)
		return vm_config_new(ours, ret, e);
	return strcmp(file, "none") ? config_new(1, words, &units, ret, e) : 0;
}

static int look(struct atlas_run *run, struct error *e)
{
	int err = find_kernels(run, e);

	for (int kind = 0; kind < VM_ATLAS_KINDS && !err; kind++)
		err = read_config(run->options->configs[kind],
				  kinds[kind].config, &run->configs[kind], e);
	for (size_t k = 0; k < run->nr && !err; k++)
		for (int kind = 0; kind < VM_ATLAS_KINDS && !err; kind++)
			err = look_for(run, k, kind, e);
	return err;
}

/* All counts have the batches of one, the first that can be had. */
static void choose_batches(struct atlas_run *run)
{
	const struct vm_atlas_side *first = NULL;

	for (unsigned i = 0; i < run->nr_sides; i++) {
		struct vm_atlas_side *side = &run->sides[i];

		if (side->kind != VM_ATLAS_COUNT)
			continue;
		if (side->state == VM_ATLAS_DONE && !*run->like)
			snprintf(run->like, sizeof(run->like), "%s", side->dir);
		if (side->state != VM_ATLAS_UNTRIED)
			continue;
		side->like_dir = *run->like ? run->like : NULL;
		side->like = *run->like ? NULL : first;
		first = first ? first : side;
	}
}

static unsigned nr_untried(const struct atlas_run *run)
{
	unsigned nr = 0;

	for (unsigned i = 0; i < run->nr_sides; i++)
		nr += run->sides[i].state == VM_ATLAS_UNTRIED;
	return nr;
}

/* Until something makes it useless to go on; what there is stays. */
static int boot_all(struct atlas_run *run, struct error *e)
{
	const struct options *o = run->options;
	const struct vm_atlas_request request = {
		.sides = run->sides,
		.nr = run->nr_sides,
		.at_once = (unsigned)o->jobs,
		.memory_bytes = o->memory_bytes,
		.runner = { .argc = run->argc,
			    .argv = run->argv,
			    .version = FL_VERSION,
			    .build = FL_BUILD,
			    .comparable = FL_BUILD_COMPARABLE },
		.interrupted = &vm_interrupted,
		.progress = o->quiet ? NULL : stderr,
	};
	unsigned left = nr_untried(run), before;
	int err = 0;

	if (!left)
		return 0;
	do {
		before = left;
		choose_batches(run);
		err = vm_atlas_run(&request, e);
		left = nr_untried(run);
	} while (!err && left && left < before);
	return err;
}

static void take_results(struct atlas_run *run)
{
	for (unsigned i = 0; i < run->nr_sides; i++) {
		const struct vm_atlas_side *side = &run->sides[i];
		size_t k = run->of_kernel[i];
		struct error ignored = { 0 };

		load_dir(side->dir, &run->results[k][side->kind], &ignored);
		if (*side->why)
			run->why[k][side->kind] = side->why;
		else if (side->state != VM_ATLAS_DONE)
			run->why[k][side->kind] = "it was not run";
	}
}

static int report(const struct atlas_run *run, struct error *e)
{
	static const enum atlas_side side_of[VM_ATLAS_KINDS] = {
		[VM_ATLAS_LOOK] = ATLAS_LOOK,
		[VM_ATLAS_RACE] = ATLAS_RACE,
		[VM_ATLAS_COUNT] = ATLAS_COUNT,
	};
	struct atlas_input inputs[VM_ATLAS_MAX] = { 0 };
	struct atlas a;
	int err;

	for (size_t k = 0; k < run->nr; k++) {
		inputs[k].name = run->kernels[k].name;
		for (int kind = 0; kind < VM_ATLAS_KINDS; kind++) {
			inputs[k].of[side_of[kind]] = run->results[k][kind];
			inputs[k].why[side_of[kind]] = run->why[k][kind];
		}
	}
	err = atlas_new(inputs, run->nr, &a);
	if (err)
		return error_set(e, err, "out of memory");
	err = atlas_text(&a, stdout);
	fputc('\n', stdout);
	if (!err)
		err = atlas_write(&a, run->options->output, "atlas", stdout, e);
	atlas_finish(&a);
	return err;
}

static int status_of(const struct atlas_run *run, int err)
{
	size_t results = 0, bad = 0;

	for (size_t k = 0; k < run->nr; k++)
		for (int kind = 0; kind < VM_ATLAS_KINDS; kind++) {
			results += run->results[k][kind] != NULL;
			bad += run->why[k][kind] != NULL;
		}
	if (err && !results)
		return CLI_USAGE;
	return err || bad ? CLI_FAILED : CLI_OK;
}

static int boot_and_report(struct atlas_run *run)
{
	struct error e = { 0 }, unsaid = { 0 };
	int err, status;

	vm_catch_signals();
	err = boot_all(run, &e);
	take_results(run);
	status = status_of(run, err);
	if (err)
		fprintf(stderr, "faultline: %s\n", e.text);
	if (status != CLI_USAGE && report(run, &unsaid)) {
		fprintf(stderr, "faultline: %s\n", unsaid.text);
		status = CLI_FAILED;
	}
	return status;
}

static int make(struct atlas_run *run)
{
	struct error e = { 0 };
	int status = look(run, &e) ? cli_usage_error(&e) : boot_and_report(run);

	for (int kind = 0; kind < VM_ATLAS_KINDS; kind++) {
		config_free(run->configs[kind]);
		for (size_t k = 0; k < run->nr; k++)
			result_free(run->results[k][kind]);
	}
	return status;
}

int cmd_vm_atlas(int argc, char **argv)
{
	struct options o = { .output = "results/atlas",
			     .memory_bytes = UINT64_C(1) << 30 };
	struct atlas_run *run;
	struct error e = { 0 };
	int status;

	for (int i = 1; i < argc; i++)
		if (take_word(&o, argc, argv, &i, &e))
			return cli_usage_error(&e);
	if (o.help) {
		print_help();
		return CLI_OK;
	}
	if (!o.kernels) {
		error_set(&e, -EINVAL, "which kernels?  --kernels DIR | LIST");
		return cli_usage_error(&e);
	}
	if (strlen(o.output) >= DIR_BYTES - 200) {
		error_set(&e, -ENAMETOOLONG, "--output: the name is too long");
		return cli_usage_error(&e);
	}

	run = calloc(1, sizeof(*run));
	if (!run)
		return CLI_FAILED;
	run->options = &o;
	run->argc = argc;
	run->argv = argv;
	status = make(run);
	free(run);
	return status;
}
