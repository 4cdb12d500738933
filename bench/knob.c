// SPDX-License-Identifier: GPL-2.0-only
#include "bench/knob.h"

#include "bench/knob_file.h"
#include "bench/knob_swap.h"

#include <string.h>

const struct knob_kind *knob_kind_of(const char *path)
{
	static const struct knob_kind *const kinds[] = { &knob_swap,
							 &knob_file };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i]->is(path))
			return kinds[i];

	return &knob_file;
}

int knob_check(const char *path, struct error *e)
{
	return knob_kind_of(path)->check(path, e);
}

int knob_read(const char *root, const char *path, char value[KNOB_VALUE_BYTES],
	      struct error *e)
{
	return knob_kind_of(path)->read(root, path, value, e);
}

int knob_write(const char *root, const char *path, const char *value,
	       struct error *e)
{
	int err = knob_value_check(value, e);

	return err ? err : knob_kind_of(path)->write(root, path, value, e);
}

/* `..`, `.` and empty components: the path is then another than it looks. */
static bool has_odd_component(const char *path)
{
	while (*path) {
		size_t len;

		path++;
		len = strcspn(path, "/");
		if (!len || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return true;
		path += len;
	}
	return false;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;

	return true;
}

bool knob_path_is_plain(const char *path)
{
	return *path == '/' && strlen(path) < KNOB_PATH_BYTES &&
	       is_printable(path) && !has_odd_component(path);
}
