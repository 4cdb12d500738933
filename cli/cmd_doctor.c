// SPDX-License-Identifier: GPL-2.0-only
/* faultline doctor: what can be measured here, and what would spoil it. */
#include "cli/cli.h"

#include "bench/doctor.h"
#include "bench/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print_help(void)
{
	printf("Usage: faultline doctor [--json]\n"
	       "\n"
	       "Tries what the workloads need, as this user and, when that is\n"
	       "root, as a user without rights too; says what to change where\n"
	       "something is denied, and what would spoil the numbers.\n"
	       "\n"
	       "  --json  the same as one JSON object\n"
	       "\n"
	       "Exit status: 0; 1 if nothing can be measured.\n");
	return CLI_OK;
}

static void show(const struct doctor *d, bool json)
{
	json_t *o;

	if (!json) {
		doctor_print(d, cli_is_terminal(STDOUT_FILENO), stdout);
		return;
	}

	o = doctor_json(d);
	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static int examine(bool json)
{
	struct doctor d = { 0 };
	struct error e = { 0 };
	char *agent = launch_find_agent(&e);
	int status = CLI_FAILED;

	if (!agent || doctor_examine(agent, &d, &e)) {
		fprintf(stderr, "faultline: %s\n", e.text);
	} else {
		show(&d, json);
		if (doctor_can_measure(&d))
			status = CLI_OK;
		else
			fprintf(stderr, "faultline: nothing can be measured\n");
	}
	doctor_finish(&d);
	free(agent);
	return status;
}

int cmd_doctor(int argc, char **argv)
{
	struct error e = { 0 };
	bool json = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return print_help();
		if (strcmp(argv[i], "--json") != 0) {
			error_set(&e, 0,
				  "doctor does not know `%s`; it has --json "
				  "and --help",
				  argv[i]);
			return cli_usage_error(&e);
		}
		json = true;
	}
	return examine(json);
}
