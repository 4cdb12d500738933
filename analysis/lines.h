/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of a file of any size in bounded memory. */
#ifndef ANALYSIS_LINES_H
#define ANALYSIS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed but for @fd, which stays the caller's. */
struct lines {
	int fd;
	char *buf;
	size_t begin, end;
	uint64_t nr; /* of the line that was handed out last, from 1 */
	bool at_end;
	bool skipping; /* the rest of a line that was too long */
};

enum lines_state {
	LINES_WHOLE,
	LINES_TORN,	/* the last one, without its newline */
	LINES_TOO_LONG, /* over FL_RECORD_MAX_BYTES; there is no text */
	LINES_END,
};

struct line {
	const char *text; /* not terminated; valid until the next call */
	size_t bytes;	  /* without the newline */
	enum lines_state state;
};

/* Return: 0, -ENOMEM or what read(2) gave. */
int lines_next(struct lines *l, struct line *ret_line);

void lines_finish(struct lines *l);

#endif
