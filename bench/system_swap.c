// SPDX-License-Identifier: GPL-2.0-only
/* Free swap on a disk: what is active is seen, and a file of our own is made. */
#include "system_kind.h"

#include "environment_read.h"
#include "knob.h"
#include "knob_swap.h"
#include "swap_call.h"
#include "swaps.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where a person would make one: nobody but root can write beside it. */
#define BY_HAND "/var/lib/faultline.swap"

#define SIZE_UNIT (UINT64_C(1) << 20)
#define MARGIN	  (UINT64_C(32) << 20)
#define DISK_LEFT (UINT64_C(64) << 20)

/*
 * Its header, what others swap out meanwhile, and clusters of 2M that are not
 * full: each CPU fills one for each order of folios (cluster_alloc_swap_entry(),
 * mm/swapfile.c, 6.12), and a huge page needs a whole one.
 */
static uint64_t file_bytes(uint64_t amount)
{
	uint64_t bytes = amount + amount / 8 + MARGIN;

	return (bytes / SIZE_UNIT + 1) * SIZE_UNIT;
}

/* The nearest folder of a path that there is already. */
static void cut_to_folder(char *path)
{
	char *slash;

	do {
		slash = strrchr(path, '/');
		slash[slash == path] = '\0';
	} while (slash != path && access(path, F_OK));
}

static void check_place(struct system_sight *s, const char *folder,
			uint64_t bytes)
{
	struct swap_call_place place = { 0 };
	char need[UNITS_TEXT_BYTES];
	struct error e = { 0 };
	int err = swap_call_place(folder, &place);

	if (err)
		error_set(&e, err, "%s: %s", folder, strerror(-err));
	else if (place.unfit)
		error_set(&e, -EINVAL,
			  "%s is on %s, which cannot hold a swap file: set "
			  "FAULTLINE_STATE_DIR to a folder of root on ext4 or "
			  "XFS, or make other swap active",
			  folder, place.unfit);
	else if (place.free_bytes < bytes + DISK_LEFT)
		error_set(&e, -ENOSPC,
			  "a file of %s does not fit into %s, where %" PRIu64
			  " MiB are free and 64 are left alone: free some, or "
			  "set FAULTLINE_STATE_DIR to a folder of root on a "
			  "larger disk",
			  units_print_size(bytes, need), folder,
			  place.free_bytes >> 20);
	if (e.text[0])
		system_set_absent(s, e.text);
}

/* One that died may have left its file: it is seen to first. */
static void check_file(const char *root, struct system_sight *s)
{
	char value[KNOB_VALUE_BYTES];
	struct error e = { 0 };

	if (!s->writable)
		return;
	if (!knob_read(root, s->path, value, &e) &&
	    strcmp(value, KNOB_SWAP_NONE) != 0)
		error_set(&e, -EEXIST,
			  "%s is there already (%.64s): `faultline restore` "
			  "removes what a run has left",
			  s->path, value);
	if (e.text[0])
		system_set_absent(s, e.text);
}

/* What a file of our own would take, which is not there yet. */
static void look_at_own(const char *root, uint64_t amount,
			struct system_sight *s)
{
	uint64_t bytes = file_bytes(amount);
	char folder[SYSTEM_SET_PATH_BYTES];
	struct error e = { 0 };

	if (knob_swap_path(root, s->path, sizeof(s->path), &e)) {
		system_set_absent(s, e.text);
		return;
	}
	s->is = SYSTEM_DIFFERS;
	snprintf(s->present, sizeof(s->present), KNOB_SWAP_NONE);
	units_print_size(bytes, s->target);
	if (!swap_call_permitted() && !geteuid()) {
		system_set_absent(s, "root without CAP_SYS_ADMIN cannot make "
				     "swap active: give it to this container "
				     "(--cap-add SYS_ADMIN), or make swap "
				     "active on the host");
		return;
	}
	snprintf(folder, sizeof(folder), "%s", s->path);
	cut_to_folder(folder);
	s->writable = swap_call_permitted() &&
		      !faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS);
	check_place(s, folder, bytes);
	if (s->is == SYSTEM_DIFFERS)
		check_file(root, s);
}

/* Room that this process may not use does not help.  Return: whether it may. */
static bool check_cgroup(const char *root, uint64_t amount,
			 struct system_sight *s)
{
	char wanted[UNITS_TEXT_BYTES];
	struct environment_cgroup cgroup;
	struct error e = { 0 };

	environment_cgroup(root, &cgroup);
	if (cgroup.swap_left >= amount)
		return true;

	error_set(
		&e, -EPERM,
		"the control group of this process may take %" PRIu64 " MiB "
		"more of it, and %s are wanted: raise its memory.swap.max (of "
		"a container: --memory-swap), or run outside of it",
		cgroup.swap_left >> 20, units_print_size(amount, wanted));
	system_set_absent(s, e.text);
	return false;
}

static void look(const char *root, const struct units *units,
		 const struct system_want *want, struct system_sight *s)
{
	struct swap_area areas[SWAPS_MAX];
	int nr = swaps_read(root, areas);

	(void)units;
	if (nr < 0) {
		system_set_absent(s, nr == -ENOENT
					     ? s->found.knob->absent
					     : "/proc/swaps is not of a form "
					       "that is known");
		return;
	}
	if (!check_cgroup(root, want->amount, s))
		return;

	s->nr_free = swaps_free_on_disk(areas, nr);
	if (s->nr_free < want->amount) {
		look_at_own(root, want->amount, s);
		return;
	}
	s->is = SYSTEM_IS_SO;
	snprintf(s->path, sizeof(s->path), "%s", s->found.path);
	units_print_size(s->nr_free, s->present);
	units_print_size(want->amount, s->target);
}

static void print_found(const struct system_sight *s,
			const struct system_want *want,
			char buf[SYSTEM_FOUND_BYTES])
{
	char is[UNITS_TEXT_BYTES], wanted[UNITS_TEXT_BYTES];

	snprintf(buf, SYSTEM_FOUND_BYTES,
		 "%s shows %s of free swap on a disk (zram does not count, nor "
		 "what is filled after it), and %s are wanted",
		 s->found.path, units_print_size(s->nr_free, is),
		 units_print_size(want->amount, wanted));
}

static void print_change(const struct system_sight *s,
			 char buf[SYSTEM_WHY_BYTES])
{
	snprintf(buf, SYSTEM_WHY_BYTES,
		 "%s: a swap file of %s will be made there, used before all "
		 "other swap, and removed",
		 s->path, s->target);
}

static void print_command(const struct system_sight *s,
			  char buf[SYSTEM_FOUND_BYTES])
{
	snprintf(buf, SYSTEM_FOUND_BYTES,
		 "(umask 077; fallocate -l %s " BY_HAND ") && mkswap " BY_HAND
		 " && swapon -p 32767 " BY_HAND,
		 s->target);
}

const struct system_kind system_swap = {
	.in_bytes = true,
	.has_free = true,
	.look = look,
	.print_found = print_found,
	.print_change = print_change,
	.print_command = print_command,
};
