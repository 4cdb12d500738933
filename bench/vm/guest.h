/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel with a machine around it, booted as often as it takes to run jobs.
 * Each boot has a folder of its own below that of the result.
 */
#ifndef BENCH_VM_GUEST_H
#define BENCH_VM_GUEST_H

#include "boot.h"
#include "image.h"
#include "jobs.h"
#include "machine.h"

#include "common/error.h"
#include "common/hash.h"

#include <jansson.h>
#include <stdio.h>

enum {
	VM_FOLDER_BYTES = 3072,
	VM_VERSION_BYTES = 128
};

struct vm_guest {
	struct vm_machine machine;
	struct vm_image image;
	struct vm_limits limits;
	char *qemu, *agent;
	bool symbols;
	char qemu_version[VM_VERSION_BYTES];
	const volatile int *interrupted;
	FILE *progress; /* NULL: silent */

	char folder[VM_FOLDER_BYTES]; /* where boots are kept */
	unsigned nr_boots;

	/* Of the last boot. */
	struct vm_boot_end end;
	json_t *hello;
	char boot_folder[VM_FOLDER_BYTES + 32];
	char hash[HASH_TEXT_BYTES]; /* of all that it wrote */
};

struct vm_guest_request {
	struct vm_machine machine;
	struct vm_limits limits; /* 0: the default */
	const char *kernel;	 /* path of an image */
	bool symbols; /* of its functions, in the sysroot's proc/kallsyms */
	const volatile int *interrupted;
	FILE *progress;
};

/**
 * vm_guest_init() - all that can be refused before a folder is made
 *
 * Return: 0; -EINVAL; -ENOENT without QEMU or a static agent; -errno.
 */
int vm_guest_init(struct vm_guest *g, const struct vm_guest_request *request,
		  struct error *e);
void vm_guest_finish(struct vm_guest *g);

/* Boots are kept below @dir.  Return: 0 or -errno. */
int vm_guest_open_folder(struct vm_guest *g, const char *dir, struct error *e);

/**
 * vm_guest_run() - boot until every job has come to an end
 *
 * A job that takes the guest down has that as its end, and the others run in
 * the next boot.  After some such boots the rest is given up.
 *
 * Return: 0 if the last boot got as far as the agent, each job has its `end` or
 * its `why`; -EPROTO if none did, with the verdict in @e; -EINTR; -errno.
 */
int vm_guest_run(struct vm_guest *g, struct vm_jobs *jobs, struct error *e);

/* The files that the last boot has shown, as a sysroot. */
void vm_guest_sysroot(const struct vm_guest *g, char *buf, size_t bytes);

/* What a result says of the guest, and of the last boot of it. */
json_t *vm_guest_describe(const struct vm_guest *g);
json_t *vm_guest_describe_boot(const struct vm_guest *g);

#endif
