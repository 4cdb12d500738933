// SPDX-License-Identifier: GPL-2.0-only
/* faultline run: a config, a workload, or an interrupted run to its end. */
#include "bench/config.h"
#include "bench/runner.h"
#include "bench/summary.h"
#include "cli/cli.h"
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run_words {
	const char *resume;
	bool help, quiet;
	char **rest; /* for the config */
	int nr_rest;
};

/* Only a signal handler has no other way to say something. */
static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t knobs_held; /* changed, to be put back */

/*
 * The second one does not wait, unless the machine must be put back first; the
 * agent dies with this process.
 */
static void on_signal(int sig)
{
	(void)sig;
	if (interrupted && !knobs_held)
		_exit(CLI_FAILED);
	interrupted = 1;
}

static int print_help(void)
{
	puts("Usage: faultline run CONFIG.yaml | WORKLOAD [AXIS=VALUES ...]\n"
	     "                     [OPTION ...]\n"
	     "       faultline run --resume DIR\n"
	     "\n"
	     "Measures every point of a config and writes a result directory.\n"
	     "Ctrl-C keeps what was measured.\n"
	     "\n"
	     "  faultline run uffd_wp range=2M\n"
	     "  faultline run uffd_wp what=protect range=4K..8M:x2 -o results/a\n"
	     "  faultline run configs/quick.yaml --budget 120s\n"
	     "  faultline run --resume results/a\n"
	     "\n"
	     "Options:\n"
	     "  --resume DIR\n"
	     "      goes on with a run that was interrupted, by the config\n"
	     "      that it was started with");
	config_print_options(stdout);
	puts("\n"
	     "Exit status: 0 all is well; 1 a launch failed or was invalid, or\n"
	     "the run was interrupted; 2 usage or bad input; 77 everything was\n"
	     "skipped.");
	return CLI_OK;
}

static int take_resume(struct run_words *w, char **argv, int *i,
		       struct error *e)
{
	const char *value = argv[*i] + strlen("--resume");

	if (*value == '=') {
		value++;
	} else {
		(*i)++;
		value = argv[*i];
	}
	if (!value || !*value)
		return error_set(e, -EINVAL,
				 "--resume needs the result directory");
	w->resume = value;
	return 0;
}

static int sort_words(struct run_words *w, int argc, char **argv,
		      struct error *e)
{
	int err = 0;

	for (int i = 1; i < argc && !err; i++) {
		const char *word = argv[i];

		if (!strcmp(word, "--help") || !strcmp(word, "-h"))
			w->help = true;
		else if (!strcmp(word, "--resume") ||
			 !strncmp(word, "--resume=", 9))
			err = take_resume(w, argv, &i, e);
		else
			w->rest[w->nr_rest++] = argv[i];
	}
	return err;
}

/* A resumed run has its config already. */
static int check_resume(struct run_words *w, struct error *e)
{
	for (int i = 0; i < w->nr_rest; i++) {
		if (strcmp(w->rest[i], "-q") != 0 &&
		    strcmp(w->rest[i], "--quiet") != 0)
			return error_set(e, -EINVAL,
					 "`%s` beside --resume: the run goes "
					 "on as it was started",
					 w->rest[i]);
		w->quiet = true;
	}
	return 0;
}

static int status_of(const struct runner *r)
{
	size_t skipped = runner_count(r, RUNNER_SKIPPED);

	if (r->why == RUNNER_WHY_INTERRUPTED || r->why == RUNNER_WHY_ERROR ||
	    r->nr_failed || r->nr_invalid || runner_count(r, RUNNER_FAILED))
		return CLI_FAILED;
	if (skipped == r->plan->nr_points)
		return CLI_SKIPPED;
	return r->nr_ok ? CLI_OK : CLI_FAILED;
}

static int measure(struct runner *r)
{
	struct error e = { 0 };
	int err = runner_measure(r, &e);

	summary_print(r, stdout);
	fflush(stdout);
	if (err)
		fprintf(stderr, "faultline: %s\n", e.text);
	return err ? CLI_FAILED : status_of(r);
}

static int run(const struct runner_request *request)
{
	struct error e = { 0 };
	struct runner *r;
	int status;

	cli_catch_signals(on_signal);
	if (runner_new(request, &r, &e))
		return interrupted ? CLI_FAILED : cli_usage_error(&e);

	if (r->finished) {
		printf("%s is complete: nothing to do\n", r->dir);
		status = status_of(r);
	} else {
		status = measure(r);
	}
	runner_free(r);
	return status;
}

static int run_words(struct run_words *w, int argc, char **argv)
{
	const struct units units = units_of_machine();
	struct runner_request request = {
		.resume = w->resume,
		.argc = argc,
		.argv = argv,
		.version = FL_VERSION,
		.build = FL_BUILD,
		.comparable = FL_BUILD_COMPARABLE,
		.interrupted = &interrupted,
		.holding = &knobs_held,
		.warnings = stderr,
	};
	struct config *config = NULL;
	struct error e = { 0 };
	int err, status;

	if (w->resume)
		err = check_resume(w, &e);
	else
		err = config_new(w->nr_rest, w->rest, &units, &config, &e);
	if (err)
		return cli_usage_error(&e);

	request.config = config;
	if (!w->quiet && !(config && config->quiet))
		request.progress = stderr;
	status = run(&request);
	config_free(config);
	return status;
}

int cmd_run(int argc, char **argv)
{
	struct run_words w = { 0 };
	struct error e = { 0 };
	int status;

	w.rest = calloc((size_t)argc + 1, sizeof(*w.rest));
	if (!w.rest) {
		fprintf(stderr, "faultline: out of memory\n");
		return CLI_FAILED;
	}

	if (sort_words(&w, argc, argv, &e))
		status = cli_usage_error(&e);
	else if (w.help)
		status = print_help();
	else
		status = run_words(&w, argc, argv);
	free(w.rest);
	return status;
}
