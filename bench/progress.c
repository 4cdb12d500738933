// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	PLAIN_WIDTH = 72,
	MAX_WIDTH = 200
};

static const uint64_t plain_every_ns = UINT64_C(10000000000);
static const uint64_t terminal_every_ns = UINT64_C(100000000);

void progress_init(struct progress *p, FILE *out)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .out = out };
	p->terminal = out && isatty(fileno(out)) && term &&
		      strcmp(term, "dumb") != 0;
}

static size_t width_of(const struct progress *p)
{
	struct winsize size = { 0 };

	if (!p->terminal)
		return PLAIN_WIDTH;
	if (ioctl(fileno(p->out), TIOCGWINSZ, &size) || !size.ws_col)
		return PLAIN_WIDTH;
	/* A full line would make some terminals wrap. */
	return size.ws_col > MAX_WIDTH ? MAX_WIDTH : size.ws_col - 1U;
}

static void print_line(struct progress *p, const struct progress_now *now)
{
	char line[MAX_WIDTH + 1];
	size_t width = width_of(p);
	int bytes = snprintf(line, sizeof(line),
			     "%zu/%zu points, %" PRIu64
			     " launches, at most %" PRIu64 " s: %s",
			     now->points_done, now->points, now->launches,
			     (now->left_ns + 999999999U) / 1000000000U,
			     now->what);

	if (bytes > 0 && (size_t)bytes > width) {
		line[width] = '\0';
		if (width > 3)
			memcpy(line + width - 3, "...", 3);
	}
	fprintf(p->out, p->terminal ? "\r\033[K%s" : "%s\n", line);
	fflush(p->out);
	p->shown = p->terminal;
}

void progress_show(struct progress *p, const struct progress_now *now)
{
	uint64_t every = p->terminal ? terminal_every_ns : plain_every_ns;

	if (!p->out || (p->last_ns && now->now_ns - p->last_ns < every))
		return;

	/* In a log the first line comes when there is something to tell. */
	if (p->last_ns || p->terminal)
		print_line(p, now);
	p->last_ns = now->now_ns;
}

void progress_clear(struct progress *p)
{
	if (p->out && p->shown)
		fprintf(p->out, "\r\033[K");
	p->shown = false;
}
