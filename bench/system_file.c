// SPDX-License-Identifier: GPL-2.0-only
/* State that is the value of one file, and pools, whose file says their size. */
#include "system_kind.h"

#include "environment.h"
#include "environment_read.h"
#include "knob.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool may_write(const char *root, const char *path)
{
	char full[PATH_MAX];

	if (snprintf(full, sizeof(full), "%s%s", root, path) >=
	    (int)sizeof(full))
		return false;
	return !faccessat(AT_FDCWD, full, W_OK, AT_EACCESS);
}

/* A file beside that of a pool. */
static uint64_t read_beside(const char *root, const char *path,
			    const char *name)
{
	char beside[SYSTEM_PATH_BYTES + SYSTEM_NAME_BYTES];
	int folder = (int)(strrchr(path, '/') - path);
	uint64_t value = 0;

	snprintf(beside, sizeof(beside), "%.*s/%s", folder, path, name);
	return environment_u64(root, beside, &value) ? value : 0;
}

/* What is reserved is counted as free, and is somebody's all the same. */
static uint64_t read_free(const char *root, const char *path)
{
	uint64_t nr = read_beside(root, path, "free_hugepages");
	uint64_t reserved = read_beside(root, path, "resv_hugepages");

	return nr > reserved ? nr - reserved : 0;
}

/* Return: whether the file is there. */
static bool read_present(const char *root, struct system_sight *s)
{
	char value[KNOB_VALUE_BYTES];
	struct error e = { 0 };
	int err;

	snprintf(s->path, sizeof(s->path), "%s", s->found.path);
	err = knob_read(root, s->path, value, &e);
	if (err) {
		system_set_absent(s, err == -ENOENT ? s->found.knob->absent
						    : e.text);
		return false;
	}
	snprintf(s->present, sizeof(s->present), "%.60s", value);
	s->writable = may_write(root, s->path);
	return true;
}

static void set_target(struct system_sight *s, uint64_t target, bool is_so)
{
	snprintf(s->target, sizeof(s->target), "%" PRIu64, target);
	s->is = is_so ? SYSTEM_IS_SO : SYSTEM_DIFFERS;
}

static void look_at_file(const char *root, const struct units *units,
			 const struct system_want *want, struct system_sight *s)
{
	(void)units;
	if (!read_present(root, s))
		return;

	if (!*want->value) {
		set_target(s, want->amount,
			   strtoull(s->present, NULL, 10) >= want->amount);
		return;
	}
	snprintf(s->target, sizeof(s->target), "%s", want->value);
	s->is = knob_same(s->present, want->value) ? SYSTEM_IS_SO
						   : SYSTEM_DIFFERS;
}

static void look_at_pool(const char *root, const struct units *units,
			 const struct system_want *want, struct system_sight *s)
{
	uint64_t missing;

	(void)units;
	if (!read_present(root, s))
		return;

	s->nr_free = read_free(root, s->path);
	missing = want->amount > s->nr_free ? want->amount - s->nr_free : 0;
	set_target(s, strtoull(s->present, NULL, 10) + missing, !missing);
}

static void print_file(const struct system_sight *s,
		       const struct system_want *want,
		       char buf[SYSTEM_FOUND_BYTES])
{
	snprintf(buf, SYSTEM_FOUND_BYTES, "%s says `%s`, wanted is %s`%s`",
		 s->path, s->present, *want->value ? "" : "at least ",
		 s->target);
}

static void print_pool(const struct system_sight *s,
		       const struct system_want *want,
		       char buf[SYSTEM_FOUND_BYTES])
{
	snprintf(buf, SYSTEM_FOUND_BYTES,
		 "%s says `%s`, and %" PRIu64 " are free of the %" PRIu64
		 " that are wanted",
		 s->path, s->present, s->nr_free, want->amount);
}

static void print_change(const struct system_sight *s,
			 char buf[SYSTEM_WHY_BYTES])
{
	snprintf(buf, SYSTEM_WHY_BYTES,
		 "%s: will be changed from `%s` to `%s` and put back", s->path,
		 s->present, s->target);
}

static void print_command(const struct system_sight *s,
			  char buf[SYSTEM_FOUND_BYTES])
{
	snprintf(buf, SYSTEM_FOUND_BYTES, "echo %s > %s", s->target, s->path);
}

/* A kernel that tries hard to find what is not there hurts everybody. */
static int check_memory(const char *root, const struct units *units,
			const struct system_sight *s, struct error *e)
{
	uint64_t page = units_pmd_bytes(units);
	uint64_t more = strtoull(s->target, NULL, 10) -
			strtoull(s->present, NULL, 10);
	uint64_t available = environment_memory_of_machine(root);

	if (more <= available / page)
		return 0;
	return error_set(e, -ENOSPC,
			 "%" PRIu64 " pages more need %" PRIu64 " MiB of "
			 "memory, and %" PRIu64 " MiB are available",
			 more, (more * page) >> 20, available >> 20);
}

const struct system_kind system_file = {
	.look = look_at_file,
	.print_found = print_file,
	.print_change = print_change,
	.print_command = print_command,
};

const struct system_kind system_pool = {
	.has_free = true,
	.look = look_at_pool,
	.print_found = print_pool,
	.print_change = print_change,
	.print_command = print_command,
	.check_room = check_memory,
	.advice = " free pages are wanted and memory did not give them: take a "
		  "smaller range, end what uses memory, or let the kernel "
		  "compact it first (echo 1 > /proc/sys/vm/compact_memory)",
};
