// SPDX-License-Identifier: GPL-2.0-only
/* faultline vm run: a run in a guest that is booted for it. */
#include "bench/summary.h"
#include "cli/cli.h"
#include "cli/vm.h"
#include "cli/vm_options.h"
#include "common/units.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int status_of(const struct runner *r)
{
	if (r->why != RUNNER_WHY_DONE || r->nr_failed || r->nr_invalid ||
	    runner_count(r, RUNNER_FAILED))
		return CLI_FAILED;
	if (runner_count(r, RUNNER_SKIPPED) == r->plan->nr_points)
		return CLI_SKIPPED;
	return r->nr_ok ? CLI_OK : CLI_FAILED;
}

void vm_print_failure(const struct vm_run *run, const struct error *e)
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
		vm_print_failure(run, &e);
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
	struct vm_options o;
	struct error e = { 0 };
	int status = CLI_OK, err = vm_options_parse(&o, argc, argv, &e);

	if (!err && !o.help && !o.request.guest.kernel)
		err = error_set(&e, -EINVAL, "which kernel?  --kernel IMAGE");
	if (err)
		status = cli_usage_error(&e);
	else if (o.help)
		print_help();
	else
		status = run_words(&o, argc, argv);
	free(o.rest);
	return status;
}
