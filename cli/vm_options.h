/* SPDX-License-Identifier: GPL-2.0-only */
/* What a command line says of a guest, for all verbs of `faultline vm`. */
#ifndef CLI_VM_OPTIONS_H
#define CLI_VM_OPTIONS_H

#include "bench/vm/run.h"

#include "common/error.h"

#include <stdbool.h>

/*
 * Whether a word is the option, as "--name" or "--name=VALUE".
 * @ret_value: the value where it is in the word, else NULL: the next word is.
 */
bool vm_is_option(const char *word, const char *name, const char **ret_value);

struct vm_options {
	struct vm_run_request request;
	char **rest; /* words that are no option of a guest; to free() */
	int nr_rest;
	bool help;
};

/**
 * vm_options_parse() - a guest of insn mode, and what the words change of it
 * @argv:	the verb first
 *
 * Return: 0, -EINVAL or -ENOMEM; rest is to free() in any case.
 */
int vm_options_parse(struct vm_options *ret, int argc, char **argv,
		     struct error *e);

#endif
