/* SPDX-License-Identifier: GPL-2.0-only */
/* A result that is given as text, and what loading it warned of. */
#ifndef TESTS_UNIT_LOAD_TEXT_H
#define TESTS_UNIT_LOAD_TEXT_H

#include "analysis/load.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <unistd.h>

static inline struct result *load_text(const char *row, const char *text)
{
	int fd = memfd_create("load", MFD_CLOEXEC);
	size_t bytes = strlen(text);
	struct result *r = NULL;
	struct error e = { 0 };

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, bytes), bytes);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	check_row_int(row, load_fd(fd, "test", &r, &e), 0);
	close(fd);
	return r;
}

static inline bool load_warns(const struct result *r, const char *part)
{
	for (size_t i = 0; i < r->warnings.nr_notes; i++)
		if (strstr(r->warnings.notes[i].value, part))
			return true;
	return false;
}

#endif
