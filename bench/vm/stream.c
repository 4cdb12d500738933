// SPDX-License-Identifier: GPL-2.0-only
#include "stream.h"

#include "common/hash.h"
#include "common/record.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* No record of an agent begins so. */
#define OURS "{\"type\":\"guest-"

void vm_stream_init(struct vm_stream *s, const struct vm_stream_calls *calls,
		    void *ctx, unsigned nr_jobs)
{
	*s = (struct vm_stream){ .calls = calls,
				 .ctx = ctx,
				 .nr_jobs = nr_jobs,
				 .hash = HASH_INIT };
}

void vm_stream_finish(struct vm_stream *s)
{
	line_buffer_finish(&s->line);
}

static int take_hello(struct vm_stream *s, const json_t *record,
		      struct error *e)
{
	char ours[HASH_TEXT_BYTES];
	const char *tables;
	uint64_t protocol;

	if (record_u64(record, "protocol", &protocol, e) ||
	    record_text(record, "tables", &tables, e))
		return -EPROTO;
	if (protocol != FL_PROTOCOL_VERSION ||
	    strcmp(tables, hash_print(registry_hash(), ours)) != 0)
		return error_set(e, -EPROTO,
				 "the guest's agent is of another build; for "
				 "guests of another architecture "
				 "scripts/build-agent.sh builds it");

	s->hello = true;
	return s->calls->hello(s->ctx, record, e);
}

static int take_file(struct vm_stream *s, const json_t *record, struct error *e)
{
	const char *path, *text;

	if (record_text(record, "path", &path, e) ||
	    record_text(record, "text", &text, e))
		return -EPROTO;
	return s->calls->file(s->ctx, path, text, e);
}

/* Jobs come in the order in which they were given, each once. */
static int take_number(const struct vm_stream *s, const json_t *record,
		       struct error *e)
{
	uint64_t number;

	if (record_u64(record, "job", &number, e))
		return -EPROTO;
	if (number != s->next_job || number >= s->nr_jobs)
		return error_set(e, -EPROTO,
				 "the guest speaks of job %" PRIu64
				 ", %u of %u is next",
				 number, s->next_job, s->nr_jobs);
	return 0;
}

static int take_job(struct vm_stream *s, const json_t *record, struct error *e)
{
	int err = take_number(s, record, e);

	if (!err && s->in_job)
		err = error_set(e, -EPROTO,
				"the guest began job %u before the last ended",
				s->next_job);
	if (err)
		return err;

	s->in_job = true;
	return s->calls->job(s->ctx, s->next_job, e);
}

static int take_end(struct vm_stream *s, const json_t *record, struct error *e)
{
	int err = take_number(s, record, e);

	if (!err && !s->in_job)
		err = error_set(e, -EPROTO,
				"the guest ended job %u without beginning it",
				s->next_job);
	if (err)
		return err;

	s->in_job = false;
	s->next_job++;
	return s->calls->end(s->ctx, record, e);
}

static int take_done(struct vm_stream *s, const json_t *record, struct error *e)
{
	char seen[HASH_TEXT_BYTES];
	const char *hash;
	uint64_t lines;

	if (record_u64(record, "records", &lines, e) ||
	    record_text(record, "hash", &hash, e))
		return -EPROTO;
	if (s->in_job || s->next_job != s->nr_jobs)
		return error_set(e, -EPROTO,
				 "the guest was done with %u of %u jobs",
				 s->next_job, s->nr_jobs);
	if (lines != s->nr_lines)
		return error_set(e, -EPROTO,
				 "the guest wrote %" PRIu64 " lines, %" PRIu64
				 " came",
				 lines, s->nr_lines);
	if (strcmp(hash, hash_print(s->hash, seen)) != 0)
		return error_set(e, -EPROTO,
				 "the guest's lines were damaged on their "
				 "way: hash %s, not %.32s",
				 seen, hash);
	s->done = true;
	return 0;
}

static int take_alive(struct vm_stream *s, const json_t *record,
		      struct error *e)
{
	(void)s;
	(void)record;
	(void)e;
	return 0;
}

static int take_ours(struct vm_stream *s, const char *type,
		     const json_t *record, struct error *e)
{
	static const struct {
		const char *type;
		int (*take)(struct vm_stream *s, const json_t *record,
			    struct error *e);
	} rows[] = {
		{ "guest-file", take_file },   { "guest-job", take_job },
		{ "guest-end", take_end },     { "guest-done", take_done },
		{ "guest-alive", take_alive },
	};
	bool is_hello = !strcmp(type, "guest-hello");

	if (is_hello == s->hello)
		return error_set(e, -EPROTO,
				 is_hello ? "the guest said hello twice"
					  : "the guest did not begin with "
					    "hello");
	if (is_hello)
		return take_hello(s, record, e);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(type, rows[i].type))
			return rows[i].take(s, record, e);

	return error_set(e, -EPROTO, "the guest wrote a line of type `%.40s`",
			 type);
}

static int parse_ours(struct vm_stream *s, struct error *e)
{
	json_t *record = record_parse(s->line.text, s->line.len, e);
	int err;

	if (!record) {
		error_prefix(e, "the guest's line %" PRIu64, s->nr_lines + 1);
		return -EPROTO;
	}
	err = take_ours(s, record_text_or(record, "type", ""), record, e);
	json_decref(record);
	return err;
}

/* s->line.text is whole, and has room for its end. */
static int take_line(struct vm_stream *s, struct error *e)
{
	int err;

	if (s->done)
		return error_set(e, -EPROTO,
				 "the guest wrote a line after it was done");
	if (s->nr_lines >= VM_STREAM_MAX_LINES)
		return error_set(e, -EPROTO,
				 "the guest wrote over %" PRIu64 " lines",
				 VM_STREAM_MAX_LINES);

	if (s->line.len >= strlen(OURS) &&
	    !memcmp(s->line.text, OURS, strlen(OURS))) {
		err = parse_ours(s, e);
		s->line.text[s->line.len++] = '\n';
	} else {
		s->line.text[s->line.len++] = '\n';
		err = s->in_job ? s->calls->record(s->ctx, s->line.text,
						   s->line.len, e)
				: error_set(e, -EPROTO,
					    "the guest's line %" PRIu64
					    " is of no job: `%.40s`",
					    s->nr_lines + 1, s->line.text);
	}
	s->hash = hash_add(s->hash, s->line.text, s->line.len);
	s->nr_lines++;
	s->line.len = 0;
	s->fresh = true;
	return err;
}

int vm_stream_add(struct vm_stream *s, const char *data, size_t bytes,
		  struct error *e)
{
	s->bytes += bytes;
	if (s->bytes > VM_STREAM_MAX_BYTES)
		return error_set(e, -EPROTO,
				 "the guest wrote over %" PRIu64 " MiB",
				 VM_STREAM_MAX_BYTES >> 20);

	while (bytes > 0) {
		bool whole;
		int err = line_buffer_take(&s->line, &data, &bytes, "guest",
					   &whole, e);

		if (!err && whole)
			err = take_line(s, e);
		if (err)
			return err;
	}
	return 0;
}
