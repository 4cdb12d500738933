// SPDX-License-Identifier: GPL-2.0-only
/* faultline: finds the subcommand and hands over. */
#include "cli/cli.h"
#include "common/nearest.h"
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_command commands[] = {
#if FL_WITH_BENCH
	{ "run", "measure a config or a workload", cmd_run },
	{ "plan", "show what a config would run, and run nothing", cmd_plan },
	{ "list", "workloads, their parameters, arms and metrics", cmd_list },
	{ "doctor", "what can be measured here, and what would spoil it",
	  cmd_doctor },
	{ "vm", "measure another kernel, in a guest that is booted for it",
	  cmd_vm },
	{ "restore", "put back what a run that died has changed", cmd_restore },
#endif
	{ "report", "table and pictures of a result directory", cmd_report },
	{ "compare", "two result directories, point by point", cmd_compare },
};

enum {
	NR_COMMANDS = sizeof(commands) / sizeof(commands[0])
};

int cli_usage_error(const struct error *e)
{
	fprintf(stderr, "faultline: %s\n", e->text);
	return CLI_USAGE;
}

void cli_catch_signals(void (*on_signal)(int sig))
{
	struct sigaction stop = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

bool cli_is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

static int print_help(FILE *out)
{
	fprintf(out, "faultline measures what Linux memory protection costs.\n"
		     "\n"
		     "Usage: faultline COMMAND [...]\n"
		     "\n"
		     "Commands:\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name,
			commands[i].summary);
	fprintf(out,
		"\n"
		"`faultline COMMAND --help` tells more of each.  To start:\n"
		"\n"
		"  faultline doctor\n"
		"  faultline run uffd_wp range=2M\n");
	return CLI_OK;
}

static int unknown_command(const char *word)
{
	const char *words[NR_COMMANDS];
	struct error e = { 0 };
	const char *nearest;

	for (size_t i = 0; i < NR_COMMANDS; i++)
		words[i] = commands[i].name;

	nearest = nearest_word(word, words, NR_COMMANDS);
	if (nearest)
		error_set(&e, 0, "there is no command `%s`; did you mean `%s`?",
			  word, nearest);
	else
		error_set(&e, 0,
			  "there is no command `%s`; see faultline --help",
			  word);
	return cli_usage_error(&e);
}

/* What was printed is the result: it must have got out. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "faultline: the output cannot be written\n");
		return status ? status : CLI_FAILED;
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "--help";

	if (!strcmp(word, "--help") || !strcmp(word, "-h") ||
	    !strcmp(word, "help"))
		return print_help(stdout);

	if (!strcmp(word, "--version")) {
		printf("faultline %s (%s)\n", FL_VERSION, FL_BUILD);
		return CLI_OK;
	}

	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(word, commands[i].name))
			return finish(commands[i].run(argc - 1, argv + 1));

	return unknown_command(word);
}
