// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm atlas: what each of several kernels does, side by side. */
#include "analysis/atlas.h"
#include "analysis/load.h"
#include "bench/vm/atlas.h"
#include "cli/cli.h"
#include "cli/vm.h"
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
	SIDES = 2,
	MAX_TRIES = 100, /* names for what was left incomplete before */
	DIR_BYTES = 1500,
};

static const char *const side_names[SIDES] = { "func", "insn" };

struct options {
	const char *kernels; /* a folder, or names with commas */
	const char *output;
	const char *configs[SIDES]; /* "none": not asked for */
	uint64_t memory_bytes;
	bool quiet, help;
};

struct side {
	char dir[DIR_BYTES + 64];
	struct result *result;
	struct error why;
};

struct atlas_run {
	const struct options *options;
	int argc;
	char **argv;
	struct vm_atlas_kernel kernels[VM_ATLAS_MAX];
	struct side sides[VM_ATLAS_MAX][SIDES];
	size_t nr;
	const char *like; /* the first result of instructions */
	unsigned done, to_do;
	time_t began;
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
	     "      (results/atlas) DIR/KERNEL/func and DIR/KERNEL/insn are "
	     "result\n"
	     "      directories; those that are complete are not made again, "
	     "so the\n"
	     "      same command goes on after Ctrl-C\n"
	     "  --func CONFIG, --insn CONFIG\n"
	     "      instead of configs/atlas.yaml and configs/atlas-insn.yaml; "
	     "`none`\n"
	     "  --memory SIZE\n"
	     "      of a guest (1G)\n"
	     "  --quiet\n"
	     "      no progress");
}

static int take_value(struct options *o, const char *name, const char *value,
		      struct error *e)
{
	const struct units units = units_of_machine();

	if (!strcmp(name, "--kernels"))
		o->kernels = value;
	else if (!strcmp(name, "--output"))
		o->output = value;
	else if (!strcmp(name, "--func"))
		o->configs[0] = value;
	else if (!strcmp(name, "--insn"))
		o->configs[1] = value;
	else if (units_parse_size(value, &units, &o->memory_bytes))
		return error_set(e, -EINVAL, "--memory `%s`: not a size",
				 value);
	return 0;
}

static int take_word(struct options *o, int argc, char **argv, int *i,
		     struct error *e)
{
	static const char *const names[] = { "--kernels", "--output", "--func",
					     "--insn", "--memory" };
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
			size_t len = strlen(names[n]);

			if (strncmp(word, names[n], len) != 0 ||
			    (word[len] && word[len] != '='))
				continue;
			if (word[len])
				return take_value(o, names[n], word + len + 1,
						  e);
			if (*i + 1 >= argc)
				return error_set(e, -EINVAL,
						 "`%s` needs a value", word);
			return take_value(o, names[n], argv[++*i], e);
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
static int find_side(struct atlas_run *run, size_t kernel, int s,
		     struct error *e)
{
	struct side *side = &run->sides[kernel][s];

	for (int i = 1; i < MAX_TRIES; i++) {
		struct error ignored = { 0 };
		char more[16] = "";
		struct stat st;

		if (i > 1)
			snprintf(more, sizeof(more), "-%d", i);
		snprintf(side->dir, sizeof(side->dir), "%.1400s/%s/%s%s",
			 run->options->output, run->kernels[kernel].name,
			 side_names[s], more);
		if (stat(side->dir, &st))
			return 0;
		if (load_dir(side->dir, &side->result, &ignored))
			continue;
		if (is_complete(side->result))
			return 0;
		result_free(side->result);
		side->result = NULL;
	}
	return error_set(e, -EEXIST, "%s: too many incomplete runs", side->dir);
}

static int make_folders(const char *dir, struct error *e)
{
	char path[DIR_BYTES + 64];

	snprintf(path, sizeof(path), "%s", dir);
	for (char *at = path + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return error_set(e, -errno, "%s: %s", path,
					 strerror(errno));
		*at = '/';
	}
	return 0;
}

static void say(const struct atlas_run *run, const char *kernel, int s,
		const char *what)
{
	double passed = difftime(time(NULL), run->began);
	double left = run->done ? passed / run->done * (run->to_do - run->done)
				: 0;

	if (run->options->quiet)
		return;
	fprintf(stderr, "%s %s: %s; %u of %u done after %.0f s", kernel,
		side_names[s], what, run->done, run->to_do, passed);
	if (left > 0)
		fprintf(stderr, ", about %.0f s left", left);
	fputc('\n', stderr);
}

static struct vm_atlas_side request_of(const struct atlas_run *run,
				       size_t kernel, int s)
{
	return (struct vm_atlas_side){
		.image = run->kernels[kernel].image,
		.config = run->options->configs[s],
		.dir = run->sides[kernel][s].dir,
		.insn = s == 1,
		.like = s == 1 ? run->like : NULL,
		.memory_bytes = run->options->memory_bytes,
		.runner = { .argc = run->argc,
			    .argv = run->argv,
			    .version = FL_VERSION,
			    .build = FL_BUILD,
			    .comparable = FL_BUILD_COMPARABLE,
			    .interrupted = &vm_interrupted,
			    .warnings = NULL },
	};
}

static int boot_side(struct atlas_run *run, size_t kernel, int s,
		     struct error *e)
{
	struct vm_atlas_side request = request_of(run, kernel, s);
	struct side *side = &run->sides[kernel][s];
	struct error ignored = { 0 };
	int err = make_folders(side->dir, e);

	if (err)
		return err;
	say(run, run->kernels[kernel].name, s, "begins");
	err = vm_atlas_run(&request, &side->why, e);
	load_dir(side->dir, &side->result, &ignored);
	run->done++;
	say(run, run->kernels[kernel].name, s,
	    err		      ? "stopped"
	    : *side->why.text ? side->why.text
			      : "ends");
	return err;
}

/* Until something makes it useless to go on; what there is stays. */
static int boot_all(struct atlas_run *run, struct error *e)
{
	int err = 0;

	run->began = time(NULL);
	for (size_t k = 0; k < run->nr && !err; k++)
		for (int s = 0; s < SIDES && !err; s++) {
			struct side *side = &run->sides[k][s];

			if (!strcmp(run->options->configs[s], "none"))
				continue;
			if (!side->result)
				err = boot_side(run, k, s, e);
			if (s == 1 && !run->like && side->result &&
			    is_complete(side->result))
				run->like = side->dir;
		}
	return err;
}

static int look(struct atlas_run *run, struct error *e)
{
	int err = find_kernels(run, e);

	for (size_t k = 0; k < run->nr && !err; k++)
		for (int s = 0; s < SIDES && !err; s++) {
			if (!strcmp(run->options->configs[s], "none"))
				continue;
			err = find_side(run, k, s, e);
			run->to_do += !run->sides[k][s].result;
		}
	return err;
}

static const char *why_of(const struct side *side)
{
	return *side->why.text ? side->why.text : NULL;
}

static int report(const struct atlas_run *run, struct error *e)
{
	struct atlas_input inputs[VM_ATLAS_MAX];
	struct atlas a;
	int err;

	for (size_t k = 0; k < run->nr; k++)
		inputs[k] = (struct atlas_input){
			.name = run->kernels[k].name,
			.func = run->sides[k][0].result,
			.insn = run->sides[k][1].result,
			.func_why = why_of(&run->sides[k][0]),
			.insn_why = why_of(&run->sides[k][1]),
		};
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
		for (int s = 0; s < SIDES; s++) {
			results += run->sides[k][s].result != NULL;
			bad += *run->sides[k][s].why.text != '\0';
		}
	if (err && !results)
		return CLI_USAGE;
	return err || bad ? CLI_FAILED : CLI_OK;
}

static int make(struct atlas_run *run)
{
	struct error e = { 0 }, unsaid = { 0 };
	int err = look(run, &e);
	int status;

	if (err)
		return cli_usage_error(&e);
	vm_catch_signals();
	err = boot_all(run, &e);
	status = status_of(run, err);
	if (err)
		fprintf(stderr, "faultline: %s\n", e.text);
	if (status != CLI_USAGE && report(run, &unsaid)) {
		fprintf(stderr, "faultline: %s\n", unsaid.text);
		status = CLI_FAILED;
	}
	for (size_t k = 0; k < run->nr; k++)
		for (int s = 0; s < SIDES; s++)
			result_free(run->sides[k][s].result);
	return status;
}

int cmd_vm_atlas(int argc, char **argv)
{
	struct options o = { .output = "results/atlas",
			     .configs = { "configs/atlas.yaml",
					  "configs/atlas-insn.yaml" },
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
