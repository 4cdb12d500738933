/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded reads below a sysroot, and what the driver's other environment files
 * share.  A file that is absent, unreadable or not a regular one is "not
 * there"; rows are found by name, never by their line.
 */
#ifndef BENCH_ENVIRONMENT_READ_H
#define BENCH_ENVIRONMENT_READ_H

#include "bench/environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	ENVIRONMENT_LINE_BYTES = 4096,
	ENVIRONMENT_PATH_BYTES = 1024
};

/* NULL if it is not there. */
FILE *environment_open(const char *sysroot, const char *path);

/* The first @size - 1 bytes, NUL added.  Return: how many, or -1. */
long environment_bytes(const char *sysroot, const char *path, char *buf,
		       size_t size);

/* The first line without its end and blanks around.  NULL: not there. */
char *environment_line(const char *sysroot, const char *path, char *buf,
		       size_t size);

/* The first line as a number that is not negative. */
bool environment_u64(const char *sysroot, const char *path, uint64_t *ret);

/* Unsigned decimal numbers between blanks.  Return: how many, at most @max. */
unsigned environment_numbers(const char *text, uint64_t *ret, unsigned max);

/* What stands behind "name", ":" or blanks, in the first such row. */
char *environment_row(const char *sysroot, const char *path, const char *name,
		      char *buf, size_t size);

/* How many numbers are in "0-3,8"; 0 if it is no list. */
uint64_t environment_list_count(const char *list);

/* What the control groups of this process allow, where they limit it. */
struct environment_cgroup {
	unsigned version;      /* of the memory controller; 0: unknown */
	uint64_t memory_bytes; /* UINT64_MAX: no limit */
	uint64_t memory_left;  /* until the nearest limit; UINT64_MAX */
	uint64_t swap_left;    /* the same of swap; version 2 only */
	double cpus;	       /* quota; 0: none */
};

void environment_cgroup(const char *sysroot, struct environment_cgroup *ret);

/* The fields debug, build_id and config_hash of a boot record. */
void environment_kernel(const char *sysroot, json_t *boot);

/* What the boot record does not hold, because it changes. */
struct environment_now {
	double load1;
	double steal_share; /* of all CPUs, lately */
	uint64_t throttles; /* thermal, since boot; UINT64_MAX: unknown */
	uint64_t memlock_bytes;
	bool load_known, comparable_build;
};

/* Worst first.  Pure.  Return: how many were written, at most @max. */
size_t environment_judge(const json_t *boot, const struct environment_now *now,
			 struct environment_warning *ret, size_t max);

#endif
