// SPDX-License-Identifier: GPL-2.0-only
#include "records.h"

#include "prefault.h"

#include "common/hash.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int records_init(struct records *r, int fd)
{
	char *buf;

	if (fcntl(fd, F_GETFD) < 0)
		return -errno;

	buf = prefault_alloc(FL_RECORD_MAX_BYTES);
	if (!buf)
		return -ENOMEM;

	*r = (struct records){ .fd = fd, .buf = buf, .hash = HASH_INIT };
	return 0;
}

void records_finish(struct records *r)
{
	prefault_free(r->buf, FL_RECORD_MAX_BYTES);
	r->buf = NULL;
}

static int write_all(int fd, const char *buf, size_t bytes)
{
	while (bytes) {
		ssize_t n = write(fd, buf, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		buf += n;
		bytes -= (size_t)n;
	}
	return 0;
}

struct json_writer *records_open(struct records *r, const char *type)
{
	json_writer_init(&r->line, r->buf, FL_RECORD_MAX_BYTES);
	json_object_open(&r->line, NULL);
	json_text(&r->line, "type", type);
	return &r->line;
}

void records_close(struct records *r)
{
	size_t bytes;

	json_object_close(&r->line);
	bytes = json_writer_finish(&r->line);
	if (!bytes && !r->err)
		r->err = -EMSGSIZE;
	if (r->err)
		return;

	r->hash = hash_add(r->hash, r->buf, bytes);
	r->count++;
	r->err = write_all(r->fd, r->buf, bytes);
}

void records_forward(struct records *r, const char *lines, size_t bytes)
{
	if (r->err)
		return;

	for (size_t i = 0; i < bytes; i++)
		r->count += lines[i] == '\n';
	r->hash = hash_add(r->hash, lines, bytes);
	r->err = write_all(r->fd, lines, bytes);
}

int records_done(struct records *r)
{
	char hash[HASH_TEXT_BYTES];
	uint64_t count = r->count;
	struct json_writer *w;

	hash_print(r->hash, hash);
	w = records_open(r, "done");
	json_u64(w, "records", count);
	json_text(w, "hash", hash);
	records_close(r);
	return r->err;
}
