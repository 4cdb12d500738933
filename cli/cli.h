/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "common/error.h"

#include <stdbool.h>

/* Exit statuses; `git bisect run` understands them. */
enum cli_status {
	CLI_OK = 0,
	CLI_FAILED = 1, /* some launch failed or was invalid */
	CLI_USAGE = 2,	/* usage or bad input; no file was touched */
	CLI_SKIPPED = 77,
	CLI_CANNOT_TELL = 125,
};

/* A subcommand; argv[0] is its name. */
struct cli_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int cmd_list(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_vm(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);

/* "faultline: <text>" on stderr.  Return: CLI_USAGE. */
int cli_usage_error(const struct error *e);

/*
 * For what measures: SIGINT, SIGTERM and SIGHUP are handled by @on_signal, and
 * writing says EFBIG and EPIPE instead of ending the program.
 */
void cli_catch_signals(void (*on_signal)(int sig));

/* Colour and progress bars only there: stderr is a terminal. */
bool cli_is_terminal(int fd);

#endif
