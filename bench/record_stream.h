/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The byte stream of an agent cut into records and held against the protocol:
 * hello first and of our version and tables, done last with count and hash
 * agreeing, nothing but known types between.  Pure: it reads no descriptor.
 */
#ifndef BENCH_RECORD_STREAM_H
#define BENCH_RECORD_STREAM_H

#include "line_buffer.h"

#include "common/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_stream {
	/* Called for each record but hello and done, in order; may be NULL. */
	int (*on_record)(void *ctx, json_t *record, struct error *e);
	void *ctx;

	struct line_buffer line;
	uint64_t hash;
	uint64_t nr_records;
	uint64_t bytes;
	bool hello, done;
};

/* A launch that says more than this is out of its mind. */
#define RECORD_STREAM_MAX_BYTES (UINT64_C(256) << 20)

void record_stream_init(struct record_stream *s);
void record_stream_finish(struct record_stream *s);

/**
 * record_stream_add() - more bytes of the agent
 *
 * Return: 0; -EPROTO for what breaks the protocol; -ENOMEM; or what
 * on_record() returned.  After an error nothing more may be added.
 */
int record_stream_add(struct record_stream *s, const char *data, size_t bytes,
		      struct error *e);

/* The end has come.  Return: 0, or -EPROTO if something is missing. */
int record_stream_end(const struct record_stream *s, struct error *e);

#endif
