/* SPDX-License-Identifier: GPL-2.0-only */
/* How a boot ended.  Pure: facts in, words out. */
#ifndef BENCH_VM_VERDICT_H
#define BENCH_VM_VERDICT_H

#include "console.h"

#include <stdbool.h>
#include <stddef.h>

enum vm_verdict {
	VM_OK = 0,	/* all jobs were answered, and the checksum agrees */
	VM_PANIC,	/* the kernel gave up */
	VM_HANG,	/* nothing came for too long */
	VM_NO_HELLO,	/* it never got as far as the agent */
	VM_TRUNCATED,	/* it ended before it was done */
	VM_GARBLED,	/* what came is no protocol */
	VM_EMULATOR,	/* QEMU could not be started, or crashed */
	VM_INTERRUPTED, /* by the user */
};

/* Why it is over. */
enum vm_stop {
	VM_STOP_ENDED = 0, /* the emulator went by itself */
	VM_STOP_HELLO,	   /* the limit for the first line */
	VM_STOP_GAP,	   /* the limit between two lines */
	VM_STOP_TOTAL,	   /* the limit for all */
	VM_STOP_GARBLED,   /* the stream broke the protocol */
	VM_STOP_INTERRUPTED,
};

struct vm_facts {
	enum vm_stop stop;
	bool hello, done;
	double limit_s;		 /* that was exceeded */
	int exit_status, signal; /* of the emulator */
	const char *garbled;	 /* why, for VM_STOP_GARBLED */
	const char *console;
	size_t console_bytes;
	const char *emulator; /* what it said itself */
};

enum {
	VM_WHY_BYTES = 512
};

struct vm_judgement {
	enum vm_verdict verdict;
	char why[VM_WHY_BYTES];		       /* "" if all is well */
	char function[CONSOLE_FUNCTION_BYTES]; /* of a panic, or "" */
};

/*
 * The exit status means nothing: a guest that panics ends QEMU with 0, as one
 * that is done does.  Only `done` with a checksum that agrees is success.
 */
void vm_judge(const struct vm_facts *f, struct vm_judgement *ret);

/* "ok", "panic", "hang", "no hello", "truncated", "garbled", ... */
const char *vm_verdict_name(enum vm_verdict verdict);

#endif
