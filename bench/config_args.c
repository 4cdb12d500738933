// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of a command line to draft.  The file is read first, wherever it
 * stands, and the other words are laid over it.
 */
#include "config_draft.h"

#include "workloads/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct words {
	int argc;
	char *const *argv;
	int at;
	struct config_draft *draft;
	bool sweeps_replaced;
	struct error *e;
};

/* One option with its value, taken apart. */
struct option {
	const struct config_key *key;
	const char *word; /* as it stood there, for errors */
	const char *value;
};

static bool is_axis_word(const char *word)
{
	size_t len = strspn(word, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len && word[0] != '-' && word[len] == '=';
}

static bool is_file(const char *word)
{
	if (registry_find(word))
		return false;

	return strpbrk(word, "./") || !access(word, F_OK);
}

static int unknown_option(const char *word, size_t len, struct error *e)
{
	char name[CONFIG_MAX_WORD_BYTES + 1], hint[512];

	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	return error_set(e, -EINVAL, "there is no option `--%s`; %s", name,
			 config_key_hint(name, "--", hint, sizeof(hint)));
}

static int take_value(struct words *w, struct option *o)
{
	if (o->key->flag) {
		o->value = "yes";
		return 0;
	}
	if (w->at >= w->argc)
		return error_set(w->e, -EINVAL, "`%s` needs a value: %s",
				 o->word, o->key->value);

	o->value = w->argv[w->at++];
	return 0;
}

static int parse_short(struct words *w, const char *word, struct option *o)
{
	for (size_t i = 0; i < config_nr_keys; i++)
		if (config_keys[i].letter && config_keys[i].letter == word[1])
			o->key = &config_keys[i];
	if (!o->key)
		return error_set(w->e, -EINVAL, "there is no option `%s`",
				 word);
	if (!word[2])
		return take_value(w, o);
	if (o->key->flag)
		return error_set(w->e, -EINVAL, "`%s`: write one option a word",
				 word);

	o->value = word + 2;
	return 0;
}

/* --key=value, --key value; for yes|no also --key and --no-key. */
static int parse_option(struct words *w, struct option *o)
{
	const char *word = w->argv[w->at++];
	const char *name = word + 2;
	size_t len;

	o->word = word;
	o->key = NULL;
	if (word[1] != '-')
		return parse_short(w, word, o);

	len = strcspn(name, "=");
	o->key = config_key_find(name, len);
	if (!o->key && !strncmp(name, "no-", 3) && !name[len]) {
		o->key = config_key_find(name + 3, len - 3);
		o->value = "no";
		if (o->key && o->key->flag)
			return 0;
		o->key = NULL;
	}
	if (!o->key)
		return unknown_option(name, len, w->e);
	if (!name[len])
		return take_value(w, o);

	o->value = name + len + 1;
	return 0;
}

static int axis_word(struct config_draft_sweep *s, const char *word,
		     struct error *e)
{
	struct config_draft_axis *axis = NULL;
	struct place at = { 0 }; /* what is wrong with it names the axis */
	char name[CONFIG_MAX_WORD_BYTES + 1];
	size_t len = strcspn(word, "=");
	int err;

	if (!is_axis_word(word) || len > CONFIG_MAX_WORD_BYTES)
		return error_set(e, -EINVAL, "`%s` must be NAME=VALUES", word);

	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	err = config_draft_add_axis(s, name, &at, &axis, e);
	if (err)
		return err;

	return config_draft_add_values(axis, word + len + 1, &at, false, e);
}

static int set_workload(struct config_draft *d, const char *name,
			const char *word, struct error *e)
{
	struct place at = { word, 0, 0 };
	struct config_draft_sweep *s = d->sweeps;

	if (d->nr_sweeps > 1)
		return error_at(
			e, -EINVAL, &at,
			"the config has %zu sweeps: which one is meant?",
			d->nr_sweeps);
	if (!s)
		s = config_draft_add_sweep(d);
	if (!s)
		return error_set(e, -ENOMEM, "out of memory");

	if (!s->at.file)
		s->at = at;
	return config_text_set(&s->workload, name, strlen(name), &at, e);
}

static void drop_sweeps(struct config_draft *d)
{
	while (d->nr_sweeps)
		config_draft_sweep_finish(&d->sweeps[--d->nr_sweeps]);
	free(d->sweeps);
	d->sweeps = NULL;
}

/*
 * 'uffd_wp range=4K,2M' as a sweep.  Places point to the option's word in
 * @argv, not into the copy that is taken apart here.
 */
static int add_sweep(struct words *w, const struct option *o)
{
	struct place at = { o->word, 0, 0 };
	struct config_draft_sweep *s;
	char *copy, *rest, *word;
	int err = 0;

	if (!w->sweeps_replaced)
		drop_sweeps(w->draft);
	w->sweeps_replaced = true;

	s = config_draft_add_sweep(w->draft);
	copy = strdup(o->value);
	if (!s || !copy) {
		free(copy);
		return error_set(w->e, -ENOMEM, "out of memory");
	}

	s->at = at;
	word = strtok_r(copy, " ", &rest);
	if (word)
		err = config_text_set(&s->workload, word, strlen(word), &at,
				      w->e);
	while (!err && word && (word = strtok_r(NULL, " ", &rest)))
		err = axis_word(s, word, w->e);
	for (size_t i = 0; i < s->nr_axes; i++) {
		s->axes[i].name.at = at;
		for (size_t j = 0; j < s->axes[i].nr_values; j++)
			s->axes[i].values[j].at = at;
	}
	free(copy);
	return err;
}

static int apply_option(struct words *w, const struct option *o)
{
	struct config_draft *d = w->draft;
	struct place at = { o->word, 0, 0 };
	int err;

	switch (o->key->form) {
	case CONFIG_FORM_WORKLOAD:
		return set_workload(d, o->value, o->word, w->e);
	case CONFIG_FORM_AXES:
		return axis_word(&d->command_line, o->value, w->e);
	case CONFIG_FORM_SKIP:
		return config_draft_add_skip(&d->command_line, o->value,
					     strlen(o->value), &at, w->e);
	case CONFIG_FORM_SWEEPS:
		return add_sweep(w, o);
	case CONFIG_FORM_SCALAR:
		break;
	}

	err = config_key_set(o->key, d->config, o->value, &at, w->e);
	if (!err)
		d->seen |= UINT64_C(1) << (o->key - config_keys);
	return err;
}

/* The one plain word, or NULL. */
static int find_subject(struct words *w, const char **ret_subject)
{
	const char *subject = NULL;
	struct option o;
	int err;

	for (w->at = 0; w->at < w->argc;) {
		const char *word = w->argv[w->at];

		if (word[0] == '-' && word[1]) {
			err = parse_option(w, &o);
			if (err)
				return err;
			continue;
		}
		w->at++;
		if (is_axis_word(word))
			continue;
		if (subject)
			return error_set(w->e, -EINVAL,
					 "`%s` and `%s`: one config or "
					 "workload at a time",
					 subject, word);
		subject = word;
	}

	*ret_subject = subject;
	return 0;
}

static int read_subject(struct words *w, const char *subject)
{
	char *text;
	size_t bytes;
	int err;

	if (!is_file(subject))
		return set_workload(w->draft, subject, NULL, w->e);

	err = config_read_file(subject, &text, &bytes, w->e);
	if (err)
		return err;

	w->draft->from_file = true;
	err = config_read_yaml(w->draft, subject, text, bytes, w->e);
	free(text);
	return err;
}

static int apply_words(struct words *w)
{
	struct option o;
	int err = 0;

	for (w->at = 0; !err && w->at < w->argc;) {
		const char *word = w->argv[w->at];

		if (word[0] == '-' && word[1]) {
			err = parse_option(w, &o);
			if (!err)
				err = apply_option(w, &o);
			continue;
		}
		if (is_axis_word(word))
			err = axis_word(&w->draft->command_line, word, w->e);
		w->at++;
	}
	return err;
}

int config_new(int argc, char *const *argv, const struct units *units,
	       struct config **ret_config, struct error *e)
{
	struct words w = { .argc = argc, .argv = argv, .e = e };
	const char *subject = NULL;
	int err = config_draft_new(&w.draft, e);

	if (!err)
		err = find_subject(&w, &subject);
	if (!err && subject)
		err = read_subject(&w, subject);
	if (!err)
		err = apply_words(&w);
	if (!err)
		err = config_resolve(w.draft,
				     subject ? subject : "command line", units,
				     ret_config, e);
	config_draft_free(w.draft);
	return err;
}
