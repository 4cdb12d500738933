// SPDX-License-Identifier: GPL-2.0-only
#include "record_stream.h"

#include "common/hash.h"
#include "common/record.h"
#include "workloads/registry.h"

#include <faultline/protocol.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const known_types[] = {
	"probe",    "calibration", "arm",    "fact",	    "samples",
	"observed", "window",	   "trials", "trial_count", "predicted",
	"counters", "expect",	   "result",
};

enum {
	NR_KNOWN_TYPES = sizeof(known_types) / sizeof(known_types[0])
};

void record_stream_init(struct record_stream *s)
{
	*s = (struct record_stream){ .hash = HASH_INIT };
}

void record_stream_finish(struct record_stream *s)
{
	line_buffer_finish(&s->line);
}

static bool is_known_type(const char *type)
{
	for (size_t i = 0; i < NR_KNOWN_TYPES; i++)
		if (!strcmp(type, known_types[i]))
			return true;

	return false;
}

static int take_hello(struct record_stream *s, const json_t *record,
		      struct error *e)
{
	char ours[HASH_TEXT_BYTES];
	const char *tables;
	uint64_t protocol;

	if (record_u64(record, "protocol", &protocol, e) ||
	    record_text(record, "tables", &tables, e))
		return -EPROTO;

	if (protocol != FL_PROTOCOL_VERSION)
		return error_set(e, -EPROTO,
				 "the agent speaks protocol %" PRIu64
				 ", this is %d: they are of different builds",
				 protocol, FL_PROTOCOL_VERSION);

	if (strcmp(tables, hash_print(registry_hash(), ours)) != 0)
		return error_set(e, -EPROTO,
				 "the agent has other workload tables (%.32s, "
				 "not %s): it is of another build",
				 tables, ours);

	s->hello = true;
	return 0;
}

static int take_done(struct record_stream *s, const json_t *record,
		     struct error *e)
{
	char seen[HASH_TEXT_BYTES];
	const char *hash;
	uint64_t records;

	if (record_u64(record, "records", &records, e) ||
	    record_text(record, "hash", &hash, e))
		return -EPROTO;

	if (records != s->nr_records)
		return error_set(e, -EPROTO,
				 "the agent wrote %" PRIu64 " records, %" PRIu64
				 " came",
				 records, s->nr_records);

	if (strcmp(hash, hash_print(s->hash, seen)) != 0)
		return error_set(e, -EPROTO,
				 "the records were damaged on their way: hash "
				 "%s, not %.32s",
				 seen, hash);

	s->done = true;
	return 0;
}

static int take_record(struct record_stream *s, json_t *record, struct error *e)
{
	const char *type = record_text_or(record, "type", "");
	bool is_hello = !strcmp(type, "hello");

	if (s->done)
		return error_set(e, -EPROTO,
				 "the agent wrote a record after `done`");
	if (is_hello == s->hello)
		return error_set(
			e, -EPROTO,
			is_hello ? "the agent said `hello` twice"
				 : "the agent did not begin with `hello`");
	if (is_hello)
		return take_hello(s, record, e);
	if (!strcmp(type, "done"))
		return take_done(s, record, e);
	if (!is_known_type(type))
		return error_set(e, -EPROTO,
				 "the agent wrote a record of unknown type "
				 "`%.40s`",
				 type);

	return s->on_record ? s->on_record(s->ctx, record, e) : 0;
}

static int take_line(struct record_stream *s, struct error *e)
{
	json_t *record = record_parse(s->line.text, s->line.len, e);
	int err;

	if (!record) {
		error_prefix(e, "the agent's line %" PRIu64, s->nr_records + 1);
		return -EPROTO;
	}

	err = take_record(s, record, e);
	json_decref(record);
	s->nr_records++;
	s->hash = hash_add(s->hash, s->line.text, s->line.len);
	s->hash = hash_add(s->hash, "\n", 1);
	s->line.len = 0;
	return err;
}

int record_stream_add(struct record_stream *s, const char *data, size_t bytes,
		      struct error *e)
{
	s->bytes += bytes;
	if (s->bytes > RECORD_STREAM_MAX_BYTES)
		return error_set(e, -EPROTO,
				 "the agent wrote over %" PRIu64 " MiB",
				 RECORD_STREAM_MAX_BYTES >> 20);

	while (bytes > 0) {
		bool whole;
		int err = line_buffer_take(&s->line, &data, &bytes, "agent",
					   &whole, e);

		if (!err && whole)
			err = take_line(s, e);
		if (err)
			return err;
	}
	return 0;
}

int record_stream_end(const struct record_stream *s, struct error *e)
{
	if (!s->hello)
		return error_set(e, -EPROTO, "the agent wrote no record");
	if (s->line.len)
		return error_set(e, -EPROTO,
				 "the agent's last line is torn (%zu bytes)",
				 s->line.len);
	if (!s->done)
		return error_set(
			e, -EPROTO,
			"the agent ended without `done`, after %" PRIu64
			" records",
			s->nr_records);
	return 0;
}
