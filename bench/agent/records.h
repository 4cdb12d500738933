/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The writer of records: one JSON object a line, and at the end what tells
 * the reader that nothing was lost.
 */
#ifndef AGENT_RECORDS_H
#define AGENT_RECORDS_H

#include "common/json_writer.h"

#include <stddef.h>
#include <stdint.h>

struct records {
	int fd;
	int err; /* the first that writing gave; nothing is written after it */
	struct json_writer line;
	char *buf;
	uint64_t hash, count;
};

/* Return: 0; -EBADF if nobody listens on @fd; -ENOMEM. */
int records_init(struct records *r, int fd);
void records_finish(struct records *r);

/* Begins a record; the fields are written to what comes back. */
struct json_writer *records_open(struct records *r, const char *type);
/* Ends it and hands it to the kernel.  A record too long is -EMSGSIZE. */
void records_close(struct records *r);

/* Lines that somebody else has made, as they are. */
void records_forward(struct records *r, const char *lines, size_t bytes);

/* The record that makes the others count.  Return: 0 or the first error. */
int records_done(struct records *r);

#endif
