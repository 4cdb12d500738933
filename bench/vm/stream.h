/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest writes to its second serial port, cut into lines and held
 * against the protocol of docs/result-format.md.  Pure: it reads no descriptor.
 *
 * A guest may say anything; nothing of it is used for more than data, and how
 * much of it there may be is limited.  The records inside of a job are not
 * parsed here: they are for a record_stream, as those of any agent.
 */
#ifndef BENCH_VM_STREAM_H
#define BENCH_VM_STREAM_H

#include "bench/line_buffer.h"
#include "common/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_STREAM_MAX_BYTES (UINT64_C(256) << 20)
#define VM_STREAM_MAX_LINES UINT64_C(1000000)

struct vm_stream_calls {
	/* All may return -errno with @e set, which ends the stream. */
	int (*hello)(void *ctx, const json_t *hello, struct error *e);
	/* A file that the guest shows; both are any text. */
	int (*file)(void *ctx, const char *path, const char *text,
		    struct error *e);
	int (*job)(void *ctx, unsigned number, struct error *e);
	/* Of the job under way, with the line's end. */
	int (*record)(void *ctx, const char *line, size_t bytes,
		      struct error *e);
	int (*end)(void *ctx, const json_t *end, struct error *e);
};

struct vm_stream {
	const struct vm_stream_calls *calls;
	void *ctx;
	unsigned nr_jobs; /* that it was given */

	struct line_buffer line;
	uint64_t bytes, nr_lines, hash;
	unsigned next_job;
	bool in_job;
	bool hello, done;
	bool fresh; /* something whole has come since this was cleared */
};

void vm_stream_init(struct vm_stream *s, const struct vm_stream_calls *calls,
		    void *ctx, unsigned nr_jobs);
void vm_stream_finish(struct vm_stream *s);

/**
 * vm_stream_add() - more bytes of the guest
 *
 * Return: 0; -EPROTO for what breaks the protocol; -ENOMEM; or what a call
 * returned.  After an error nothing more may be added.
 */
int vm_stream_add(struct vm_stream *s, const char *data, size_t bytes,
		  struct error *e);

#endif
