// SPDX-License-Identifier: GPL-2.0-only
#include "resume_lines.h"

#include "common/record.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Room for what the driver adds to a record and for escaped characters. */
enum {
	LINE_MAX_BYTES = 2 * FL_RECORD_MAX_BYTES
};

int resume_lines_init(struct resume_lines *l, int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	*l = (struct resume_lines){ 0 };
	if (copy < 0)
		return -errno;

	l->file = fdopen(copy, "r");
	if (!l->file) {
		close(copy);
		return -ENOMEM;
	}
	rewind(l->file);
	l->line = malloc(LINE_MAX_BYTES);
	return l->line ? 0 : -ENOMEM;
}

void resume_lines_finish(struct resume_lines *l)
{
	if (l->file)
		fclose(l->file);
	free(l->line);
	*l = (struct resume_lines){ 0 };
}

int resume_lines_next(struct resume_lines *l, json_t **ret_record)
{
	struct error ignored = { 0 };
	size_t bytes = 0;
	int c;

	while ((c = getc_unlocked(l->file)) != EOF && c != '\n') {
		if (bytes < LINE_MAX_BYTES)
			l->line[bytes] = (char)c;
		bytes++;
	}
	if (ferror(l->file))
		return -EIO;
	if (c == EOF) /* a torn last line is none */
		return 0;

	*ret_record = bytes < LINE_MAX_BYTES
			      ? record_parse(l->line, bytes, &ignored)
			      : NULL;
	return 1;
}
