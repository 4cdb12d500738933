/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One boot of a guest: the emulator is started without a shell, read until it
 * is done or its time is over, and never left behind.  What comes goes to the
 * stream and, as it is, into a folder.
 */
#ifndef BENCH_VM_BOOT_H
#define BENCH_VM_BOOT_H

#include "console.h"
#include "machine.h"
#include "stream.h"
#include "verdict.h"

#include "common/error.h"

#include <stdint.h>

/* What is kept of a boot, in its folder. */
#define VM_BOOT_CONSOLE "console.log"
#define VM_BOOT_LINES	"lines.jsonl" /* of the second serial port */
#define VM_BOOT_COMMAND "command"

struct vm_limits {
	uint64_t hello_ns; /* from the start to the first line */
	uint64_t gap_ns;   /* between two lines */
	uint64_t total_ns;
};

struct vm_boot_request {
	const struct vm_machine *machine;
	const struct vm_image *image;
	const char *qemu;
	const char *initrd;
	const char *folder; /* is there; files in it are overwritten */
	struct vm_limits limits;
	struct vm_stream *stream; /* initialised by the caller */
	const volatile int *interrupted;
};

struct vm_boot_end {
	struct vm_judgement judgement;
	char tail[CONSOLE_TAIL_BYTES]; /* of the console */
	uint64_t hello_ns;	       /* 0: there was none */
	uint64_t wall_ns;
	uint64_t console_bytes;
};

/**
 * vm_boot() - from power-on to the end, whatever that is
 *
 * Return: 0 with @ret_end filled; -errno when nothing could be started, or a
 * file of the folder could not be written.
 */
int vm_boot(const struct vm_boot_request *request, struct vm_boot_end *ret_end,
	    struct error *e);

#endif
