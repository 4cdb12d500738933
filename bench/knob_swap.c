// SPDX-License-Identifier: GPL-2.0-only
#include "bench/knob_swap.h"

#include "bench/state_folder.h"
#include "bench/swap_file.h"

#include "common/units.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "swapfile"
#define OFF	  ", off"
#define FOREIGN	  "not a swap file of faultline"

static bool is_swap(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && !strcmp(slash + 1, FILE_NAME) &&
	       strncmp(path, "/proc/", 6) != 0 &&
	       strncmp(path, "/sys/", 5) != 0;
}

static int check(const char *path, struct error *e)
{
	return knob_path_is_plain(path)
		       ? 0
		       : error_set(e, -EINVAL, "`%s` is no plain path", path);
}

int knob_swap_path(const char *root, char *buf, size_t bytes, struct error *e)
{
	char dir[PATH_MAX];
	size_t len;
	int err = state_folder_path(root, dir, sizeof(dir));

	if (err)
		return error_set(e, err, "the folder of the journal: %s",
				 strerror(-err));
	len = strlen(dir);
	while (len > 1 && dir[len - 1] == '/')
		dir[--len] = '\0';
	if (snprintf(buf, bytes, "%s/" FILE_NAME, dir) >= (int)bytes ||
	    !knob_path_is_plain(buf))
		return error_set(e, -EINVAL,
				 "`%.200s` is no place for a swap file: set "
				 "FAULTLINE_STATE_DIR to an absolute path, "
				 "short and without `..`",
				 dir);
	return 0;
}

/* @ret_folder: -1 if it is not there. */
static int open_folder(const char *path, int *ret_folder, struct error *e)
{
	char dir[KNOB_PATH_BYTES];

	snprintf(dir, sizeof(dir), "%s", path);
	*strrchr(dir, '/') = '\0';
	return state_folder_open(dir, false, ret_folder, e);
}

static void print_value(const struct swap_file *file,
			char value[KNOB_VALUE_BYTES])
{
	char size[UNITS_TEXT_BYTES];

	if (file->is == SWAP_FILE_NONE)
		snprintf(value, KNOB_VALUE_BYTES, KNOB_SWAP_NONE);
	else if (file->is == SWAP_FILE_FOREIGN)
		snprintf(value, KNOB_VALUE_BYTES, FOREIGN);
	else
		snprintf(value, KNOB_VALUE_BYTES, "%s%s",
			 units_print_size(file->bytes, size),
			 file->active ? "" : OFF);
}

static int read_value(const char *root, const char *path,
		      char value[KNOB_VALUE_BYTES], struct error *e)
{
	struct swap_file file = { .is = SWAP_FILE_NONE };
	int folder, err = open_folder(path, &folder, e);

	if (!err && folder >= 0) {
		err = swap_file_look(root, folder, FILE_NAME, &file, e);
		if (err)
			error_prefix(e, "%s", path);
		close(folder);
	}
	if (!err)
		print_value(&file, value);
	return err;
}

static int make_or_remove(const char *root, int folder, const char *value,
			  struct error *e)
{
	const struct units none = { 0 };
	uint64_t bytes;

	if (!strcmp(value, KNOB_SWAP_NONE))
		return swap_file_remove(root, folder, FILE_NAME, e);
	if (units_parse_size(value, &none, &bytes))
		return error_set(e, -EINVAL, "`%s` is no size", value);
	return swap_file_make(folder, FILE_NAME, bytes, e);
}

static int write_value(const char *root, const char *path, const char *value,
		       struct error *e)
{
	int folder, err = open_folder(path, &folder, e);

	if (err)
		return err;
	if (folder < 0)
		return error_set(e, -ENOENT, "%s: its folder is not there",
				 path);

	err = make_or_remove(root, folder, value, e);
	if (err)
		error_prefix(e, "%s", path);
	close(folder);
	return err;
}

/* Whoever was stopped before swapon(2), or after swapoff(2), left it off. */
static bool comes_of(const char *now, const char *value)
{
	size_t len = strlen(value);

	return !strncmp(now, value, len) &&
	       (!now[len] || !strcmp(now + len, OFF));
}

const struct knob_kind knob_swap = {
	.is = is_swap,
	.check = check,
	.read = read_value,
	.write = write_value,
	.comes_of = comes_of,
	.outlives_boot = true,
};
