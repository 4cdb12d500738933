// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm run: a run in a guest that is booted for it. */
#include "bench/summary.h"
#include "bench/vm/run.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vm_options {
	struct vm_run_request request;
	char *output; /* -o, which is the config's */
	char **rest;  /* for the config */
	int nr_rest;
	bool help, quiet;
};

static void print_help(void)
{
	puts("Boots a kernel in QEMU and measures there.\n"
	     "\n"
	     "Usage: faultline vm run --kernel IMAGE [OPTION ...]\n"
	     "                     [--] CONFIG.yaml | WORKLOAD [AXIS=VALUES ...]\n"
	     "\n"
	     "  scripts/fetch-kernels.sh 6.1\n"
	     "  faultline vm run --kernel 6.1 -o results/a -- uffd_wp range=4K\n"
	     "  faultline report results/a\n"
	     "\n"
	     "Options:\n"
	     "  --kernel IMAGE\n"
	     "      a bzImage, an ELF file with an entry for PVH, or the name of\n"
	     "      one that scripts/fetch-kernels.sh has got\n"
	     "  --mode insn|func|time\n"
	     "      insn (default): instructions are counted; one CPU; the same\n"
	     "      kernel gives the same numbers, whatever else the host does\n"
	     "      func: many CPUs; outcomes and counts of events, no times\n"
	     "      time: times, where KVM boots guests\n"
	     "  --smp N        CPUs of the guest (func and time)\n"
	     "  --nodes N      NUMA nodes that share them and the memory (1)\n"
	     "  --memory SIZE  of the guest (1G)\n"
	     "  --append WORDS for the kernel's command line\n"
	     "  --launches N   of each point (1 in insn mode, else the config's)\n"
	     "  --blocks N     of a launch (10)\n"
	     "  --like DIR     as many ops a batch as that run: to compare with it\n"
	     "  --boot-limit, --gap-limit, --limit TIME\n"
	     "      for the guest to say hello (300s), between two of its lines\n"
	     "      (300s), and for a boot (1800s)\n"
	     "\n"
	     "All other words are those of `faultline run`; see its --help.");
}

static int take_mode(struct vm_options *o, const char *text, struct error *e)
{
	struct vm_machine *m = &o->request.guest.machine;

	m->mode = vm_mode_find(text);
	return m->mode ? 0
		       : error_set(e, -EINVAL,
				   "--mode `%s`: it is insn, func or time",
				   text);
}

static int take_count(const char *name, const char *text, uint64_t most,
		      uint64_t *ret, struct error *e)
{
	if (units_parse_u64(text, ret) || !*ret || *ret > most)
		return error_set(e, -EINVAL, "%s `%s`: a number from 1 to %llu",
				 name, text, (unsigned long long)most);
	return 0;
}

static int take_number(struct vm_options *o, const char *name, const char *text,
		       struct error *e)
{
	struct vm_machine *m = &o->request.guest.machine;
	uint64_t value;
	int err = take_count(name, text, 1000000, &value, e);

	if (err)
		return err;
	if (!strcmp(name, "--smp"))
		m->cpus = (unsigned)value;
	else if (!strcmp(name, "--nodes"))
		m->nodes = (unsigned)value;
	else if (!strcmp(name, "--launches"))
		o->request.launches = (unsigned)value;
	else
		o->request.blocks = value;
	return 0;
}

static int take_size(struct vm_options *o, const char *name, const char *text,
		     struct error *e)
{
	const struct units units = units_of_machine();

	if (!units_parse_size(text, &units,
			      &o->request.guest.machine.memory_bytes))
		return 0;
	return error_set(e, -EINVAL, "%s `%s`: not a size", name, text);
}

static int take_time(struct vm_options *o, const char *name, const char *text,
		     struct error *e)
{
	struct vm_limits *l = &o->request.guest.limits;
	uint64_t *to = !strcmp(name, "--boot-limit")  ? &l->hello_ns
		       : !strcmp(name, "--gap-limit") ? &l->gap_ns
						      : &l->total_ns;

	if (!units_parse_time(text, to) && *to)
		return 0;
	return error_set(e, -EINVAL, "%s `%s`: not a time", name, text);
}

static int take_word(struct vm_options *o, const char *name, const char *text,
		     struct error *e)
{
	(void)e;
	if (!strcmp(name, "--kernel"))
		o->request.guest.kernel = text;
	else if (!strcmp(name, "--append"))
		o->request.guest.machine.append = text;
	else
		o->request.like = text;
	return 0;
}

static const struct option {
	const char *name;
	int (*take)(struct vm_options *o, const char *name, const char *text,
		    struct error *e);
} options[] = {
	{ "--kernel", take_word },     { "--append", take_word },
	{ "--like", take_word },       { "--smp", take_number },
	{ "--nodes", take_number },    { "--launches", take_number },
	{ "--blocks", take_number },   { "--memory", take_size },
	{ "--boot-limit", take_time }, { "--gap-limit", take_time },
	{ "--limit", take_time },
};

static int take_mode_option(struct vm_options *o, const char *name,
			    const char *text, struct error *e)
{
	(void)name;
	return take_mode(o, text, e);
}

static const struct option *find_option(const char *word, const char **ret_rest)
{
	static const struct option mode = { "--mode", take_mode_option };
	size_t nr = sizeof(options) / sizeof(options[0]);

	for (size_t i = 0; i <= nr; i++) {
		const struct option *o = i < nr ? &options[i] : &mode;
		size_t len = strlen(o->name);

		if (strncmp(word, o->name, len) != 0 ||
		    (word[len] && word[len] != '='))
			continue;
		*ret_rest = word[len] ? word + len + 1 : NULL;
		return o;
	}
	return NULL;
}

static int take_option(struct vm_options *o, int argc, char **argv, int *i,
		       struct error *e)
{
	const char *text;
	const struct option *option = find_option(argv[*i], &text);

	if (!option) {
		o->rest[o->nr_rest++] = argv[*i];
		return 0;
	}
	if (!text && *i + 1 >= argc)
		return error_set(e, -EINVAL, "`%s` needs a value", argv[*i]);
	if (!text)
		text = argv[++*i];
	return option->take(o, option->name, text, e);
}

static int sort_words(struct vm_options *o, int argc, char **argv,
		      struct error *e)
{
	bool ours = true;
	int err = 0;

	for (int i = 1; i < argc && !err; i++) {
		if (ours && !strcmp(argv[i], "--"))
			ours = false;
		else if (ours &&
			 (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")))
			o->help = true;
		else if (ours)
			err = take_option(o, argc, argv, &i, e);
		else
			o->rest[o->nr_rest++] = argv[i];
	}
	if (!err && !o->help && !o->request.guest.kernel)
		err = error_set(e, -EINVAL, "which kernel?  --kernel IMAGE");
	return err;
}

static int status_of(const struct runner *r)
{
	if (r->why != RUNNER_WHY_DONE || r->nr_failed || r->nr_invalid ||
	    runner_count(r, RUNNER_FAILED))
		return CLI_FAILED;
	if (runner_count(r, RUNNER_SKIPPED) == r->plan->nr_points)
		return CLI_SKIPPED;
	return r->nr_ok ? CLI_OK : CLI_FAILED;
}

static void print_failure(const struct vm_run *run, const struct error *e)
{
	const struct vm_guest *g = vm_run_guest(run);

	fprintf(stderr, "faultline: %s\n", e->text);
	if (!g->end.tail[0])
		return;
	fprintf(stderr, "The end of its console, %s/" VM_BOOT_CONSOLE ":\n%s",
		g->boot_folder, g->end.tail);
}

static int measure(const struct vm_run_request *request)
{
	struct error e = { 0 };
	struct vm_run *run;
	int err, status;

	vm_catch_signals();
	if (vm_run_new(request, &run, &e))
		return cli_usage_error(&e);

	err = vm_run_measure(run, &e);
	summary_print(vm_run_runner(run), stdout);
	fflush(stdout);
	if (err)
		print_failure(run, &e);
	status = err ? CLI_FAILED : status_of(vm_run_runner(run));
	vm_run_free(run);
	return status;
}

static int run_words(struct vm_options *o, int argc, char **argv)
{
	const struct units units = units_of_machine();
	struct vm_run_request *request = &o->request;
	struct config *config = NULL;
	struct error e = { 0 };
	char kernel[4096];
	int status;

	if (config_new(o->nr_rest, o->rest, &units, &config, &e))
		return cli_usage_error(&e);

	request->guest.kernel = vm_find_kernel(request->guest.kernel, kernel,
					       sizeof(kernel));
	request->guest.interrupted = &vm_interrupted;
	request->guest.progress = config->quiet ? NULL : stderr;
	request->runner = (struct runner_request){
		.config = config,
		.argc = argc,
		.argv = argv,
		.version = FL_VERSION,
		.build = FL_BUILD,
		.comparable = FL_BUILD_COMPARABLE,
		.interrupted = &vm_interrupted,
		.warnings = stderr,
	};
	status = measure(request);
	config_free(config);
	return status;
}

int cmd_vm_run(int argc, char **argv)
{
	struct vm_options o = {
		.request.guest.machine = { .mode = VM_MODE_INSN,
					   .cpus = 1,
					   .nodes = 1,
					   .memory_bytes = UINT64_C(1) << 30 },
	};
	struct error e = { 0 };
	int status = CLI_OK;

	o.rest = calloc((size_t)argc + 1, sizeof(*o.rest));
	if (!o.rest) {
		fprintf(stderr, "faultline: out of memory\n");
		return CLI_FAILED;
	}
	if (sort_words(&o, argc, argv, &e))
		status = cli_usage_error(&e);
	else if (o.help)
		print_help();
	else
		status = run_words(&o, argc, argv);
	free(o.rest);
	return status;
}
