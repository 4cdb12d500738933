// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm explain: which function of a kernel got longer. */
#include "cli/cli.h"
#include "cli/vm.h"
#include "cli/vm_options.h"

#include "analysis/explain.h"
#include "analysis/out_gnuplot.h"
#include "bench/config.h"
#include "bench/vm/plugin.h"
#include "bench/vm/symbols.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_ARMS = 16,
	FILE_BYTES = PATH_MAX + 64
};

struct explaining {
	struct vm_options options;
	char *kernels[2];
	int nr_kernels;
	const char *workload;
	char **axes; /* and other words of a config */
	int nr_axes;
	const char *arms[MAX_ARMS];
	int nr_arms;
	const char *output;
	bool all, text_only, quiet;

	int argc;
	char **argv;
	char dir[PATH_MAX];
	char *plugin; /* NULL: functions are not counted */
	struct error why;
	struct explain_side sides[2];
};

static const char help[] =
	"Says which function of a kernel got longer: boots two kernels in QEMU,\n"
	"runs the same batches in both, and counts the instructions that are\n"
	"executed in each function of the kernel while a batch is timed.\n"
	"\n"
	"Usage: faultline vm explain A B --workload WORKLOAD [AXIS=VALUE ...]\n"
	"       faultline vm explain A --workload WORKLOAD [AXIS=VALUE ...]\n"
	"\n"
	"  A, B          kernel images, or names that scripts/fetch-kernels.sh has\n"
	"                got; one alone: how long its functions are\n"
	"  --arm NAME    of the workload, or all (default: its reference arm);\n"
	"                may be given again\n"
	"  --all         all functions, not only the largest that changed\n"
	"  --text-only   no picture\n"
	"  -o, --output DIR  a and b, which are result directories, and report\n"
	"                (default: results/explain-WORKLOAD-TIME)\n"
	"  --quiet       no progress\n"
	"  --memory, --append, --blocks, --boot-limit, --gap-limit, --limit\n"
	"                as for `faultline vm run`\n";

static int take_value(struct explaining *x, const char *name, const char *value,
		      struct error *e)
{
	if (!strcmp(name, "--workload"))
		x->workload = value;
	else if (strcmp(name, "--arm") != 0)
		x->output = value;
	else if (x->nr_arms == MAX_ARMS)
		return error_set(e, -EINVAL, "at most %d arms", MAX_ARMS);
	else
		x->arms[x->nr_arms++] = value;
	return 0;
}

/* "--name=value" or "--name value".  NULL: it is none of them. */
static const char *name_of(const char *word, const char **ret_value)
{
	static const char *const names[] = { "--workload", "--arm", "--output",
					     "-o" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (vm_is_option(word, names[i], ret_value))
			return names[i];
	return NULL;
}

static int take_plain(struct explaining *x, char *word, struct error *e)
{
	if (!strcmp(word, "--all")) {
		x->all = true;
	} else if (!strcmp(word, "--text-only")) {
		x->text_only = true;
	} else if (!strcmp(word, "--quiet") || !strcmp(word, "-q")) {
		x->quiet = true;
	} else if (word[0] == '-') {
		return error_set(e, -EINVAL,
				 "what is `%s`?  See faultline vm explain "
				 "--help",
				 word);
	} else if (strchr(word, '=')) {
		if (strchr(word, ','))
			return error_set(e, -EINVAL,
					 "`%s`: one value, since one point is "
					 "explained",
					 word);
		x->axes[x->nr_axes++] = word;
	} else if (x->nr_kernels == 2) {
		return error_set(e, -EINVAL,
				 "two kernels are compared, what is `%s`?",
				 word);
	} else {
		x->kernels[x->nr_kernels++] = word;
	}
	return 0;
}

static int sort_words(struct explaining *x, struct error *e)
{
	const struct vm_options *o = &x->options;
	int err = 0;

	for (int i = 0; i < o->nr_rest && !err; i++) {
		const char *value, *name = name_of(o->rest[i], &value);

		if (!name) {
			err = take_plain(x, o->rest[i], e);
			continue;
		}
		if (!value && i + 1 >= o->nr_rest)
			return error_set(e, -EINVAL, "`%s` needs a value",
					 name);
		err = take_value(x, name, value ? value : o->rest[++i], e);
	}
	return err;
}

static int check_words(const struct explaining *x, struct error *e)
{
	const struct vm_run_request *r = &x->options.request;

	if (!x->nr_kernels)
		return error_set(e, -EINVAL,
				 "which kernels?  faultline vm explain A B "
				 "--workload WORKLOAD");
	if (!x->workload)
		return error_set(e, -EINVAL,
				 "which workload?  --workload NAME; "
				 "`faultline list` has them");
	if (r->guest.machine.mode != VM_MODE_INSN ||
	    r->guest.machine.cpus != 1 || r->guest.kernel || r->like ||
	    r->launches)
		return error_set(e, -EINVAL,
				 "explain counts instructions, in one launch "
				 "of two kernels: --mode, --smp, --kernel, "
				 "--like and --launches are not for it");
	return 0;
}

/* Both, before the first is booted. */
static int check_kernels(const struct explaining *x, struct error *e)
{
	char path[PATH_MAX];
	int err = 0;

	for (int i = 0; i < x->nr_kernels && !err; i++) {
		struct vm_image image = { 0 };
		const char *kernel = vm_find_kernel(x->kernels[i], path,
						    sizeof(path));

		err = vm_image_open(kernel, NULL, &image, e);
		vm_image_finish(&image);
	}
	return err;
}

static int make_dir(struct explaining *x, struct error *e)
{
	struct tm tm;
	time_t now = time(NULL);
	char when[32];

	if (x->output) {
		snprintf(x->dir, sizeof(x->dir), "%s", x->output);
	} else {
		gmtime_r(&now, &tm);
		strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
		mkdir("results", 0777);
		snprintf(x->dir, sizeof(x->dir), "results/explain-%.40s-%s",
			 x->workload, when);
	}
	if (mkdir(x->dir, 0777) && errno != EEXIST)
		return error_set(e, -errno, "%s: %s", x->dir, strerror(errno));
	return 0;
}

static void side_path(const struct explaining *x, int i, const char *below,
		      char *buf, size_t bytes)
{
	snprintf(buf, bytes, "%.3900s/%c%s", x->dir, i ? 'b' : 'a', below);
}

/* Where the emulator is a child of ours, its folder is the same. */
static void find_plugin(struct explaining *x)
{
	char *qemu = vm_find_qemu(VM_ARCH_X86_64, &x->why);

	x->plugin = qemu ? vm_plugin_find(&x->why) : NULL;
	if (x->plugin && vm_plugin_try(qemu, x->plugin, &x->why)) {
		free(x->plugin);
		x->plugin = NULL;
	}
	free(qemu);
}

static int check_run(const struct vm_run *run, const struct explaining *x,
		     struct error *e)
{
	size_t nr = vm_run_runner(run)->plan->nr_points;

	return nr == 1 ? 0
		       : error_set(e, -EINVAL,
				   "%s has %zu points here, and one is "
				   "explained: give AXIS=VALUE",
				   x->workload, nr);
}

static int load_side(struct explaining *x, int i, const struct vm_run *run,
		     struct error *e)
{
	struct explain_side *s = &x->sides[i];
	char dir[FILE_BYTES], counts[FILE_BYTES], kallsyms[FILE_BYTES];
	bool shown;
	int err;

	side_path(x, i, "", dir, sizeof(dir));
	side_path(x, i, "/vm/counts", counts, sizeof(counts));
	vm_symbols_path(&vm_run_guest(run)->image, kallsyms, sizeof(kallsyms));
	shown = !access(kallsyms, R_OK);
	s->label = x->kernels[i];
	err = explain_side_load(s, dir, x->plugin ? counts : NULL,
				shown ? kallsyms : NULL, e);
	if (!err && !s->functions && !s->why)
		s->why = strdup(x->plugin
					? "the kernel shows no /proc/kallsyms "
					  "(CONFIG_KALLSYMS)"
					: x->why.text);
	return err;
}

static int measure(struct explaining *x, int i,
		   const struct vm_run_request *request)
{
	struct error e = { 0 };
	struct vm_run *run;
	int status = CLI_OK;

	if (vm_run_new(request, &run, &e))
		return cli_usage_error(&e);

	if (check_run(run, x, &e))
		status = cli_usage_error(&e);
	else if (vm_run_measure(run, &e) || load_side(x, i, run, &e))
		status = CLI_FAILED;
	if (status == CLI_FAILED)
		vm_print_failure(run, &e);
	vm_run_free(run);
	return status;
}

/* Words of `faultline run`; to free(). */
static char **config_words(const struct explaining *x, char *dir)
{
	char **words = calloc((size_t)x->nr_axes + 4, sizeof(*words));
	int nr = 0;

	if (!words)
		return NULL;
	words[nr++] = (char *)x->workload;
	for (int i = 0; i < x->nr_axes; i++)
		words[nr++] = x->axes[i];
	words[nr++] = (char *)"-o";
	words[nr++] = dir;
	return words;
}

static void fill_request(const struct explaining *x, int i,
			 const struct config *config,
			 struct vm_run_request *request)
{
	request->launches = 1;
	request->guest.interrupted = &vm_interrupted;
	request->guest.progress = x->quiet ? NULL : stderr;
	request->guest.symbols = x->plugin != NULL;
	request->runner = (struct runner_request){
		.config = config,
		.argc = x->argc,
		.argv = x->argv,
		.version = FL_VERSION,
		.build = FL_BUILD,
		.comparable = FL_BUILD_COMPARABLE,
		.interrupted = &vm_interrupted,
		.warnings = stderr,
	};
	if (!x->quiet)
		fprintf(stderr, "%s\n", x->kernels[i]);
}

static int run_with(struct explaining *x, int i, const struct config *config,
		    char *word)
{
	struct vm_run_request request = x->options.request;
	const char *const plugin[] = { "-plugin", word, NULL };
	char kernel[PATH_MAX], like[FILE_BYTES];

	fill_request(x, i, config, &request);
	request.guest.kernel = vm_find_kernel(x->kernels[i], kernel,
					      sizeof(kernel));
	side_path(x, 0, "", like, sizeof(like));
	request.like = i ? like : NULL;
	request.guest.machine.words = word ? plugin : NULL;
	return measure(x, i, &request);
}

static int run_side(struct explaining *x, int i)
{
	const struct units units = units_of_machine();
	char dir[FILE_BYTES], counts[FILE_BYTES], *word = NULL, **words;
	struct config *config = NULL;
	struct error e = { 0 };
	int status;

	side_path(x, i, "", dir, sizeof(dir));
	side_path(x, i, "/vm/counts", counts, sizeof(counts));
	words = config_words(x, dir);
	if (x->plugin)
		word = vm_plugin_word(x->plugin, counts);
	if (!words || (x->plugin && !word)) {
		error_set(&e, -ENOMEM, "out of memory");
		status = cli_usage_error(&e);
	} else if (config_new(x->nr_axes + 3, words, &units, &config, &e)) {
		status = cli_usage_error(&e);
	} else {
		status = run_with(x, i, config, word);
	}
	config_free(config);
	free(words);
	free(word);
	return status;
}

static int print_arm(const struct explaining *x, const char *arm, FILE *out,
		     struct pictures *p, struct explain *ret, struct error *e)
{
	const struct explain_side *b = x->nr_kernels > 1 ? &x->sides[1] : NULL;
	int err = explain_arm(&x->sides[0], b, arm, ret, e);

	if (err)
		return err;
	text_explain(ret, x->all, out);
	fputc('\n', out);
	err = picture_explain(ret, p);
	return err ? error_set(e, err, "out of memory") : 0;
}

/* Those asked for: by name, all of A, or the reference. */
static int print_arms(const struct explaining *x, FILE *out, struct pictures *p,
		      struct error *e)
{
	const struct explain_launch *l = &x->sides[0].launch;
	bool all = x->nr_arms && !strcmp(x->arms[0], "all");
	struct explain one = { 0 };
	int err = 0;

	if (!x->nr_arms)
		err = print_arm(x, NULL, out, p, &one, e);
	for (int i = 0; !all && i < x->nr_arms && !err; i++) {
		explain_finish(&one);
		err = print_arm(x, x->arms[i], out, p, &one, e);
	}
	for (int i = 0; all && i < FL_MAX_SLOTS && !err; i++) {
		if (!l->slots[i].name || strchr(l->slots[i].name, ':'))
			continue;
		explain_finish(&one);
		err = print_arm(x, l->slots[i].name, out, p, &one, e);
	}
	if (!err)
		text_explain_notes(&one, out);
	explain_finish(&one);
	return err;
}

static int write_report(const struct explaining *x, const char *text,
			const struct pictures *p, struct error *e)
{
	char dir[FILE_BYTES], path[FILE_BYTES + 32];
	FILE *out;

	snprintf(dir, sizeof(dir), "%s/report", x->dir);
	snprintf(path, sizeof(path), "%s/explain.txt", dir);
	if (mkdir(dir, 0777) && errno != EEXIST)
		return error_set(e, -errno, "%s: %s", dir, strerror(errno));
	out = fopen(path, "we");
	if (!out)
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	fputs(text, out);
	if (fclose(out))
		return error_set(e, -errno, "%s: %s", path, strerror(errno));
	printf("\ntable: %s\n", path);
	return x->text_only ? 0 : gnuplot_write(p, dir, stdout, e);
}

static int report(const struct explaining *x)
{
	struct pictures pictures = { 0 };
	struct error e = { 0 };
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int err = out ? print_arms(x, out, &pictures, &e) : -ENOMEM;

	if (out && fclose(out))
		err = -ENOMEM;
	if (!err) {
		fputs(text, stdout);
		err = write_report(x, text, &pictures, &e);
	}
	free(text);
	pictures_finish(&pictures);
	if (!err)
		return CLI_OK;
	error_set(&e, err, "%s", strerror(-err));
	cli_usage_error(&e);
	return CLI_FAILED;
}

static int explain(struct explaining *x)
{
	struct error e = { 0 };
	int status = CLI_OK;

	if (check_kernels(x, &e) || make_dir(x, &e))
		return cli_usage_error(&e);
	vm_catch_signals();
	find_plugin(x);
	for (int i = 0; i < x->nr_kernels && status == CLI_OK; i++)
		status = run_side(x, i);
	if (status == CLI_OK)
		status = report(x);
	rmdir(x->dir);
	return status;
}

int cmd_vm_explain(int argc, char **argv)
{
	struct explaining x = { .argc = argc, .argv = argv };
	struct error e = { 0 };
	int err = vm_options_parse(&x.options, argc, argv, &e), status = CLI_OK;

	x.axes = calloc((size_t)argc + 1, sizeof(*x.axes));
	if (!err && !x.axes)
		err = error_set(&e, -ENOMEM, "out of memory");
	if (!err && !x.options.help)
		err = sort_words(&x, &e);
	if (!err && !x.options.help)
		err = check_words(&x, &e);
	if (err)
		status = cli_usage_error(&e);
	else if (x.options.help)
		fputs(help, stdout);
	else
		status = explain(&x);
	for (int i = 0; i < 2; i++)
		explain_side_finish(&x.sides[i]);
	free(x.plugin);
	free(x.axes);
	free(x.options.rest);
	return status;
}
