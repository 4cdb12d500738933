// SPDX-License-Identifier: GPL-2.0-only
#include "guest_state.h"

#include "guest_files.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_knob(struct guest_state *s, const char *path, const char *value)
{
	struct guest_knob *k = &s->knobs[s->nr];
	char *selected, *end;
	int err;

	if (s->nr == GUEST_MAX_KNOBS)
		return -E2BIG;
	snprintf(k->path, sizeof(k->path), "%s", path);
	if (guest_file_read(path, k->old, sizeof(k->old)) < 0)
		return -ENOENT;
	/* "always [madvise] never" is written back as the word in brackets. */
	selected = strchr(k->old, '[');
	end = selected ? strchr(selected, ']') : NULL;
	if (end) {
		*end = '\0';
		memmove(k->old, selected + 1, (size_t)(end - selected));
	}
	err = guest_file_write(path, value);
	s->nr += !err;
	return err;
}

static int set(struct guest_state *s, const char *path, const char *value)
{
	if (!strcmp(path, FL_GUEST_SWAP))
		return guest_disk_swap_on(&s->disk, strtoull(value, NULL, 10));
	return set_knob(s, path, value);
}

int guest_state_set(struct guest_state *s, char *text)
{
	char *line;
	int err = 0;

	while (!err && (line = strsep(&text, "\n"))) {
		char *value = strchr(line, '=');

		if (!value)
			continue;
		*value++ = '\0';
		err = set(s, line, value);
		if (err)
			snprintf(s->wrong, sizeof(s->wrong), "%s", line);
	}
	return err;
}

void guest_state_put_back(struct guest_state *s)
{
	while (s->nr) {
		struct guest_knob *k = &s->knobs[--s->nr];

		guest_file_write(k->path, k->old);
	}
	guest_disk_swap_off(&s->disk);
}
