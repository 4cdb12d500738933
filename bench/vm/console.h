/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's console says of its end.  It is text of an unknown kernel,
 * and only ever looked at: what comes out of here is printable.
 */
#ifndef BENCH_VM_CONSOLE_H
#define BENCH_VM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	CONSOLE_WHAT_BYTES = 200,
	CONSOLE_FUNCTION_BYTES = 80,
	CONSOLE_TAIL_BYTES = 2048
};

struct console_panic {
	char what[CONSOLE_WHAT_BYTES]; /* the kernel's own words */
	/* Where it happened, by the trace: "" if the trace does not say. */
	char function[CONSOLE_FUNCTION_BYTES];
};

/* Return: whether the kernel gave up. */
bool console_find_panic(const char *text, size_t bytes,
			struct console_panic *ret_panic);

/* The last lines without escape sequences and control characters. */
void console_tail(const char *text, size_t bytes,
		  char ret_tail[CONSOLE_TAIL_BYTES]);

#endif
