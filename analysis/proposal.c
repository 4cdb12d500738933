// SPDX-License-Identifier: GPL-2.0-only
#include "proposal.h"

#include "array.h"
#include "result.h"

#include "common/nearest.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_BYTES = 2048, /* of a field with all its lines */
	WORDS_BYTES = 2048
};

struct head {
	const char *file, *at, *end;
	unsigned line;
	struct proposal *p;
	char **field; /* that a line beginning with a blank goes on with */
	bool has_on, has_look;
};

static bool is_name(const char *s, size_t len)
{
	if (!len || len >= PROPOSAL_NAME_BYTES || *s == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '-' && s[i] != '_')
			return false;
	return true;
}

static int wrong(const struct head *h, struct error *e, const char *what)
{
	const struct place where = { .file = h->file, .line = h->line };

	return error_at(e, -EINVAL, &where, "%s", what);
}

/* "x.patch" as "x".  Return: whether it is such a name. */
static bool patch_name(const char *file, size_t len,
		       char ret[PROPOSAL_NAME_BYTES])
{
	static const char ending[] = ".patch";
	size_t stem = len - (sizeof(ending) - 1);

	if (len < sizeof(ending) ||
	    memcmp(file + stem, ending, sizeof(ending) - 1) != 0 ||
	    !is_name(file, stem))
		return false;
	memcpy(ret, file, stem);
	ret[stem] = '\0';
	return true;
}

/* Adds bytes of the file to a text, made printable.  Return: 0 or -ENOMEM. */
static int add_text(char **text, const char *s, size_t len)
{
	char both[2 * LINE_BYTES], *more;
	size_t old = *text ? strlen(*text) : 0;

	if (len > LINE_BYTES)
		len = LINE_BYTES;
	snprintf(both, sizeof(both), "%s%s", old ? *text : "", old ? " " : "");
	old = strlen(both);
	for (size_t i = 0; i < len && old + 1 < sizeof(both); i++)
		both[old++] = (char)(s[i] ? s[i] : '?');
	both[old] = '\0';
	more = result_text(both);
	if (!more)
		return -ENOMEM;
	free(*text);
	*text = more;
	return 0;
}

static int take_on(struct head *h, const char *s, size_t len, struct error *e)
{
	if (h->has_on)
		return wrong(h, e, "a second On:");
	h->has_on = true;
	if (!patch_name(s, len, h->p->on))
		return wrong(h, e, "On: wants the name of a patch beside it");
	return 0;
}

static int take_look(struct head *h, const char *s, size_t len, struct error *e)
{
	struct proposal *p = h->p;

	if (h->has_look)
		return wrong(h, e, "a second Look:");
	h->has_look = true;
	while (len) {
		size_t word = 0;

		while (word < len && s[word] != ' ')
			word++;
		if (word && !is_name(s, word))
			return wrong(h, e, "Look: wants names of workloads");
		if (word && p->nr_looks == PROPOSAL_MAX_LOOKS)
			return wrong(h, e, "Look: too many workloads");
		if (word) {
			memcpy(p->look[p->nr_looks], s, word);
			p->look[p->nr_looks++][word] = '\0';
		}
		word += word < len;
		s += word;
		len -= word;
	}
	return 0;
}

static int take_field(struct head *h, char **field, const char *s, size_t len,
		      struct error *e)
{
	if (*field)
		return wrong(h, e, "the same field a second time");
	h->field = field;
	return add_text(field, s, len) ? error_set(e, -ENOMEM, "out of memory")
				       : 0;
}

/* What stands behind "Key:"; NULL if the line does not begin so. */
static const char *value_of(const char *key, const char *s, size_t *len)
{
	size_t n = strlen(key);

	if (*len < n || memcmp(s, key, n) != 0)
		return NULL;
	s += n;
	*len -= n;
	while (*len && *s == ' ') {
		s++;
		(*len)--;
	}
	return s;
}

static int take_line(struct head *h, const char *s, size_t len, struct error *e)
{
	struct proposal *p = h->p;
	size_t rest;
	const char *v;
	char **before = h->field;

	if (!len) {
		h->field = NULL;
		return 0;
	}
	if (*s == ' ' && before)
		return add_text(before, s + 1, len - 1)
			       ? error_set(e, -ENOMEM, "out of memory")
			       : 0;
	h->field = NULL;
	if (!p->title)
		return take_field(h, &p->title, s, len, e);
	if (rest = len, v = value_of("On:", s, &rest), v)
		return take_on(h, v, rest, e);
	if (rest = len, v = value_of("Look:", s, &rest), v)
		return take_look(h, v, rest, e);
	if (rest = len, v = value_of("Thread:", s, &rest), v)
		return take_field(h, &p->thread, v, rest, e);
	if (rest = len, v = value_of("Claim:", s, &rest), v)
		return take_field(h, &p->claim, v, rest, e);
	return add_text(&p->words, s, len)
		       ? error_set(e, -ENOMEM, "out of memory")
		       : 0;
}

static bool diff_begins(const char *s, size_t len)
{
	size_t rest = len;

	return value_of("--- ", s, &rest) || value_of("diff ", s, &rest) ||
	       value_of("Index: ", s, &rest);
}

static int take_lines(struct head *h, struct error *e)
{
	int err = 0;

	while (h->at < h->end && !err) {
		const char *nl = memchr(h->at, '\n', (size_t)(h->end - h->at));
		size_t len = (size_t)((nl ? nl : h->end) - h->at);

		h->line++;
		if (diff_begins(h->at, len))
			return 0;
		while (len && isspace((unsigned char)h->at[len - 1]))
			len--;
		err = take_line(h, h->at, len, e);
		h->at = nl ? nl + 1 : h->end;
	}
	return err ? err : wrong(h, e, "no diff stands in it");
}

static int check(struct head *h, struct error *e)
{
	struct proposal *p = h->p;

	h->line = 0;
	if (!p->thread && !p->claim)
		return error_set(e, -ENODATA, "%s: no proposal", h->file);
	if (!p->title || !p->thread || !p->claim || !p->nr_looks)
		return wrong(h, e,
			     "a proposal has a first line, a Thread:, a Claim: "
			     "and a Look:");
	if (!p->words)
		p->words = strdup("");
	return p->words ? 0 : error_set(e, -ENOMEM, "out of memory");
}

int proposal_parse(const char *name, const char *text, size_t bytes,
		   struct proposal *ret, struct error *e)
{
	struct proposal p = { 0 };
	struct head h = {
		.file = name, .at = text, .end = text + bytes, .p = &p
	};
	int err;

	if (!patch_name(name, strlen(name), p.name))
		return error_set(e, -EINVAL,
				 "%s: a patch is called NAME.patch, with "
				 "letters, digits, - and _",
				 name);
	if (bytes > PROPOSAL_MAX_BYTES)
		return error_set(e, -EINVAL, "%s: too long for a patch", name);
	err = take_lines(&h, e);
	if (!err)
		err = check(&h, e);
	if (err) {
		proposal_finish(&p);
		return err;
	}
	*ret = p;
	return 0;
}

void proposal_finish(struct proposal *p)
{
	free(p->title);
	free(p->thread);
	free(p->claim);
	free(p->words);
	*p = (struct proposal){ 0 };
}

bool proposal_looks_at(const struct proposal *p, const char *workload)
{
	for (size_t i = 0; i < p->nr_looks; i++)
		if (!strcmp(p->look[i], workload))
			return true;
	return false;
}
