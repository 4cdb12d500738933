// SPDX-License-Identifier: GPL-2.0-only
/* A buffer of one line and a bit, refilled by read(2). */
#include "lines.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LINES_BUF_BYTES = 2 * FL_RECORD_MAX_BYTES
};

static int lines_fill(struct lines *l)
{
	ssize_t got;

	if (!l->buf)
		l->buf = malloc(LINES_BUF_BYTES);
	if (!l->buf)
		return -ENOMEM;

	memmove(l->buf, l->buf + l->begin, l->end - l->begin);
	l->end -= l->begin;
	l->begin = 0;
	do
		got = read(l->fd, l->buf + l->end, LINES_BUF_BYTES - l->end);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;

	l->at_end = got == 0;
	l->end += (size_t)got;
	return 0;
}

static void hand_out(struct lines *l, size_t bytes, enum lines_state state,
		     struct line *ret_line)
{
	bool too_long = l->skipping || bytes > FL_RECORD_MAX_BYTES;

	l->nr++;
	l->skipping = false;
	*ret_line = (struct line){
		.text = l->buf + l->begin,
		.bytes = too_long ? 0 : bytes,
		.state = too_long ? LINES_TOO_LONG : state,
	};
	l->begin += bytes + (state == LINES_WHOLE);
}

int lines_next(struct lines *l, struct line *ret_line)
{
	for (;;) {
		size_t have = l->end - l->begin;
		const char *newline = have ? memchr(l->buf + l->begin, '\n',
						    have)
					   : NULL;
		int err;

		if (newline) {
			hand_out(l, (size_t)(newline - l->buf) - l->begin,
				 LINES_WHOLE, ret_line);
			return 0;
		}
		if (l->at_end && (have || l->skipping)) {
			hand_out(l, have, LINES_TORN, ret_line);
			return 0;
		}
		if (l->at_end) {
			*ret_line = (struct line){ .state = LINES_END };
			return 0;
		}
		if (have > FL_RECORD_MAX_BYTES) {
			l->skipping = true;
			l->begin = l->end;
		}
		err = lines_fill(l);
		if (err)
			return err;
	}
}

void lines_finish(struct lines *l)
{
	free(l->buf);
	l->buf = NULL;
}
