/* SPDX-License-Identifier: GPL-2.0-only */
/* A program of the host that is run to its end: git, or what builds kernels. */
#ifndef BENCH_VM_PROGRAM_H
#define BENCH_VM_PROGRAM_H

#include "common/error.h"

#include <signal.h>

/**
 * struct vm_program
 * @words:	the first is a path, or is looked for in $PATH
 * @unset:	variables that it must not have; NULL behind the last
 * @set:	"NAME=VALUE" that it has, likewise
 * @log:	a file that takes what it prints, and is appended to; NULL: none
 * @interrupted: ends it, and all that it has started
 */
struct vm_program {
	const char *const *words;
	const char *const *unset;
	const char *const *set;
	const char *log;
	const volatile sig_atomic_t *interrupted;
};

/**
 * vm_program_run() - start it and wait
 * @ret_text:	what it printed, to free(); NULL: nobody wants it
 * @e:		the last line of what it said of an error, or its log
 *
 * Return: 0; -EIO if it ended with another status than 0; -EINTR; -errno if it
 * could not be started.
 */
int vm_program_run(const struct vm_program *p, char **ret_text,
		   struct error *e);

#endif
