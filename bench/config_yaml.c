// SPDX-License-Identifier: GPL-2.0-only
/*
 * YAML to draft, by libyaml's events: the text is followed as the schema
 * allows and refused at the first event that does not belong there.  So
 * nothing nests deeper than the schema does, no tree of somebody else's
 * making is built, and every word has its line and column.
 *
 * Aliases, anchors, tags and second documents are refused.
 */
#include "config_draft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum reader_level {
	LEVEL_TOP,
	LEVEL_SWEEP
};

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	const char *file;
	const char *text;
	size_t bytes;
	struct config_draft *draft;
	struct config_draft_sweep top; /* workload, axes, skip at the top */
	bool has_top;
	struct error *e;
};

static struct place place_of(const struct reader *r, const yaml_mark_t *mark)
{
	return (struct place){ r->file, (unsigned)mark->line + 1,
			       (unsigned)mark->column + 1 };
}

static struct place here(const struct reader *r)
{
	return place_of(r, &r->event.start_mark);
}

static struct place place_of_offset(const struct reader *r, size_t offset)
{
	struct place at = { r->file, 1, 1 };

	for (size_t i = 0; i < offset && i < r->bytes; i++) {
		at.column++;
		if (r->text[i] != '\n')
			continue;
		at.line++;
		at.column = 1;
	}
	return at;
}

static int parser_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct place at;

	if (p->error == YAML_MEMORY_ERROR)
		return error_set(r->e, -ENOMEM, "out of memory");

	if (p->error == YAML_READER_ERROR) {
		at = place_of_offset(r, p->problem_offset);
		return error_at(r->e, -EINVAL, &at, "not UTF-8 text: %s",
				p->problem);
	}

	at = place_of(r, &p->problem_mark);
	return error_at(r->e, -EINVAL, &at, "%s%s%s", p->problem,
			p->context ? ", " : "", p->context ? p->context : "");
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static const yaml_char_t *tag_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag;
	default:
		return NULL;
	}
}

static int next(struct reader *r)
{
	struct place at;

	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event))
		return parser_error(r);

	at = here(r);
	if (r->event.type == YAML_ALIAS_EVENT)
		return error_at(r->e, -EINVAL, &at,
				"aliases (*) are not allowed here: write the "
				"value itself");
	if (anchor_of(&r->event))
		return error_at(r->e, -EINVAL, &at,
				"anchors (&) are not allowed here");
	if (tag_of(&r->event))
		return error_at(r->e, -EINVAL, &at,
				"tags (!) are not allowed here");
	return 0;
}

static bool at_end(const struct reader *r)
{
	return r->event.type == YAML_MAPPING_END_EVENT ||
	       r->event.type == YAML_SEQUENCE_END_EVENT;
}

/* The text of the scalar that stands there; valid until next(). */
static int scalar(struct reader *r, const char *what, const char **ret_text)
{
	const char *text = (const char *)r->event.data.scalar.value;
	struct place at = here(r);

	if (r->event.type != YAML_SCALAR_EVENT)
		return error_at(r->e, -EINVAL, &at, "%s must be a single word",
				what);
	if (strlen(text) != r->event.data.scalar.length)
		return error_at(r->e, -EINVAL, &at, "%s has a NUL byte", what);
	if (!*text)
		return error_at(r->e, -EINVAL, &at, "%s is empty", what);

	*ret_text = text;
	return 0;
}

static int read_scalar(struct reader *r, const struct config_key *key)
{
	struct place at = here(r);
	const char *text;
	char what[64];
	int err;

	snprintf(what, sizeof(what), "`%s`", key->name);
	err = scalar(r, what, &text);
	if (err)
		return err;

	return config_key_set(key, r->draft->config, text, &at, r->e);
}

static int read_workload(struct reader *r, struct config_draft_sweep *s)
{
	struct place at = here(r);
	const char *text;
	int err = scalar(r, "`workload`", &text);

	if (err)
		return err;

	return config_text_set(&s->workload, text, strlen(text), &at, r->e);
}

/* A scalar, or a list of them, each handed to @add. */
static int read_list(struct reader *r, const char *what,
		     int (*add)(struct reader *r, void *ctx, const char *text),
		     void *ctx)
{
	struct place start = here(r);
	bool list = r->event.type == YAML_SEQUENCE_START_EVENT;
	unsigned nr = 0;
	const char *text;
	int err = list ? next(r) : 0;

	while (!err && !at_end(r)) {
		err = scalar(r, what, &text);
		if (!err)
			err = add(r, ctx, text);
		nr++;
		if (!list)
			return err;
		if (!err)
			err = next(r);
	}
	if (!err && !nr)
		return error_at(r->e, -EINVAL, &start, "%s is an empty list",
				what);
	return err;
}

static int add_skip(struct reader *r, void *ctx, const char *text)
{
	struct place at = here(r);

	return config_draft_add_skip(ctx, text, strlen(text), &at, r->e);
}

static int add_values(struct reader *r, void *ctx, const char *text)
{
	struct place at = here(r);
	const yaml_event_t *event = &r->event;
	bool columns = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		       event->start_mark.line == event->end_mark.line;

	return config_draft_add_values(ctx, text, &at, columns, r->e);
}

static int read_axis(struct reader *r, struct config_draft_sweep *s)
{
	struct config_draft_axis *axis = NULL;
	struct place at = here(r);
	const char *name;
	char what[CONFIG_MAX_WORD_BYTES + 16];
	int err = scalar(r, "the name of an axis", &name);

	if (!err)
		err = config_draft_add_axis(s, name, &at, &axis, r->e);
	if (!err)
		err = next(r);
	if (err)
		return err;

	snprintf(what, sizeof(what), "axis `%s`", axis->name.text);
	return read_list(r, what, add_values, axis);
}

static int read_axes(struct reader *r, struct config_draft_sweep *s)
{
	struct place at = here(r);
	int err;

	if (r->event.type != YAML_MAPPING_START_EVENT)
		return error_at(r->e, -EINVAL, &at,
				"`axes` must be lines of NAME: VALUES");

	err = next(r);
	while (!err && !at_end(r)) {
		err = read_axis(r, s);
		if (!err)
			err = next(r);
	}
	return err;
}

static int read_mapping(struct reader *r, struct config_draft_sweep *s,
			enum reader_level level);

static int read_sweeps(struct reader *r)
{
	struct place at = here(r);
	int err;

	if (r->event.type != YAML_SEQUENCE_START_EVENT)
		return error_at(r->e, -EINVAL, &at,
				"`sweeps` must be a list, each with a "
				"workload");

	err = next(r);
	if (!err && at_end(r))
		return error_at(r->e, -EINVAL, &at,
				"`sweeps` is an empty list");

	while (!err && !at_end(r)) {
		struct config_draft_sweep *s = config_draft_add_sweep(r->draft);

		if (!s)
			return error_set(r->e, -ENOMEM, "out of memory");
		err = read_mapping(r, s, LEVEL_SWEEP);
		if (!err)
			err = next(r);
	}
	return err;
}

static int read_value(struct reader *r, const struct config_key *key,
		      struct config_draft_sweep *s)
{
	if (s == &r->top && key->form != CONFIG_FORM_SCALAR &&
	    key->form != CONFIG_FORM_SWEEPS)
		r->has_top = true;

	switch (key->form) {
	case CONFIG_FORM_SCALAR:
		return read_scalar(r, key);
	case CONFIG_FORM_WORKLOAD:
		return read_workload(r, s);
	case CONFIG_FORM_AXES:
		return read_axes(r, s);
	case CONFIG_FORM_SKIP:
		return read_list(r, "`skip`", add_skip, s);
	case CONFIG_FORM_SWEEPS:
		return read_sweeps(r);
	}
	return -EINVAL;
}

static int find_key(struct reader *r, enum reader_level level, uint64_t *seen,
		    const struct config_key **ret_key)
{
	const struct config_key *key;
	struct place at = here(r);
	char hint[512];
	const char *name;
	uint64_t bit;
	int err = scalar(r, "a key", &name);

	if (err)
		return err;

	key = config_key_find(name, strlen(name));
	if (!key)
		return error_at(r->e, -EINVAL, &at, "there is no key `%s`; %s",
				name,
				config_key_hint(name, "", hint, sizeof(hint)));
	if (level == LEVEL_SWEEP && (key->form == CONFIG_FORM_SCALAR ||
				     key->form == CONFIG_FORM_SWEEPS))
		return error_at(r->e, -EINVAL, &at,
				"`%s` is for the whole run: it belongs to the "
				"top level",
				name);

	bit = UINT64_C(1) << (key - config_keys);
	if (*seen & bit)
		return error_at(r->e, -EINVAL, &at, "`%s` is there twice",
				name);

	*seen |= bit;
	*ret_key = key;
	return 0;
}

static int read_mapping(struct reader *r, struct config_draft_sweep *s,
			enum reader_level level)
{
	const struct config_key *key = NULL;
	uint64_t seen = 0;
	int err;

	s->at = here(r);
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return error_at(r->e, -EINVAL, &s->at,
				"here must stand lines of KEY: VALUE");

	err = next(r);
	while (!err && !at_end(r)) {
		err = find_key(r, level, &seen, &key);
		if (!err)
			err = next(r);
		if (!err)
			err = read_value(r, key, s);
		if (!err)
			err = next(r);
	}
	if (level == LEVEL_TOP)
		r->draft->seen |= seen;
	return err;
}

static int merge_top(struct reader *r)
{
	struct config_draft_sweep *s;

	if (!r->has_top)
		return 0;
	if (r->draft->nr_sweeps)
		return error_at(r->e, -EINVAL, &r->draft->sweeps[0].at,
				"`sweeps` beside `workload`, `axes` or `skip`: "
				"these belong into each sweep");

	s = config_draft_add_sweep(r->draft);
	if (!s)
		return error_set(r->e, -ENOMEM, "out of memory");

	*s = r->top;
	memset(&r->top, 0, sizeof(r->top));
	return 0;
}

static int read_stream(struct reader *r)
{
	struct place at;
	int err = next(r); /* the stream starts */

	if (!err)
		err = next(r);
	if (!err && r->event.type != YAML_DOCUMENT_START_EVENT) {
		at = here(r);
		return error_at(r->e, -EINVAL, &at,
				"nothing is in it; it needs a `workload` or "
				"`sweeps`");
	}
	if (!err)
		err = next(r);
	if (!err)
		err = read_mapping(r, &r->top, LEVEL_TOP);
	if (!err)
		err = next(r); /* the document ends */
	if (!err)
		err = next(r);
	if (err)
		return err;

	at = here(r);
	if (r->event.type != YAML_STREAM_END_EVENT)
		return error_at(r->e, -EINVAL, &at,
				"a second document; a config is one");

	return merge_top(r);
}

int config_read_yaml(struct config_draft *d, const char *file, const char *text,
		     size_t bytes, struct error *e)
{
	struct reader r = {
		.file = file, .text = text, .bytes = bytes, .draft = d, .e = e
	};
	const char *nul = memchr(text, 0, bytes);
	int err;

	if (nul) {
		struct place at = place_of_offset(&r, (size_t)(nul - text));

		return error_at(e, -EINVAL, &at,
				"a NUL byte: this is no text file");
	}
	if (!yaml_parser_initialize(&r.parser))
		return error_set(e, -ENOMEM, "out of memory");

	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text,
				     bytes);
	err = read_stream(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	config_draft_sweep_finish(&r.top);
	return err;
}
