// SPDX-License-Identifier: GPL-2.0-only
/* Words and their places, until the whole config is known. */
#include "config_draft.h"

#include "plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *config_grow(void *array, size_t nr, size_t size)
{
	size_t capacity = nr ? nr * 2 : 1;

	if (nr & (nr - 1)) /* the capacity is a power of two */
		return array;

	return reallocarray(array, capacity, size);
}

int config_error_place(struct error *e, int err, const struct place *at)
{
	if (!e)
		return err;
	if (at->line)
		error_prefix(e, "%s:%u:%u", at->file, at->line, at->column);
	else if (at->file)
		error_prefix(e, "%s", at->file);
	return err;
}

int config_text_set(struct config_text *t, const char *text, size_t bytes,
		    const struct place *at, struct error *e)
{
	char *copy;

	if (bytes > CONFIG_MAX_WORD_BYTES)
		return error_at(e, -EINVAL, at,
				"a word of %zu bytes; %d is the longest", bytes,
				CONFIG_MAX_WORD_BYTES);

	copy = strndup(text, bytes);
	if (!copy)
		return error_set(e, -ENOMEM, "out of memory");

	free(t->text);
	t->text = copy;
	t->at = *at;
	return 0;
}

struct config_draft_sweep *config_draft_add_sweep(struct config_draft *d)
{
	struct config_draft_sweep *sweeps = config_grow(d->sweeps, d->nr_sweeps,
							sizeof(*sweeps));

	if (!sweeps)
		return NULL;

	d->sweeps = sweeps;
	memset(&sweeps[d->nr_sweeps], 0, sizeof(*sweeps));
	return &sweeps[d->nr_sweeps++];
}

int config_draft_add_skip(struct config_draft_sweep *s, const char *text,
			  size_t bytes, const struct place *at, struct error *e)
{
	struct config_text *skip;
	int err;

	if (s->nr_skip >= CONFIG_MAX_SKIP)
		return error_at(e, -EINVAL, at, "more than %d skip conditions",
				CONFIG_MAX_SKIP);
	if (strspn(text, " \t\r\n") >= bytes)
		return error_at(e, -EINVAL, at, "an empty skip condition");

	skip = config_grow(s->skip, s->nr_skip, sizeof(*skip));
	if (!skip)
		return error_set(e, -ENOMEM, "out of memory");

	s->skip = skip;
	memset(&skip[s->nr_skip], 0, sizeof(*skip));
	err = config_text_set(&skip[s->nr_skip], text, bytes, at, e);
	if (err)
		return err;

	for (char *c = skip[s->nr_skip].text; *c; c++)
		if (strchr("\t\r\n", *c))
			*c = ' ';
	s->nr_skip++;
	return 0;
}

int config_draft_add_axis(struct config_draft_sweep *s, const char *name,
			  const struct place *at,
			  struct config_draft_axis **ret_axis, struct error *e)
{
	struct config_draft_axis *axes;
	int err;

	for (size_t i = 0; i < s->nr_axes; i++)
		if (!strcmp(s->axes[i].name.text, name))
			return error_at(e, -EINVAL, at,
					"axis `%s` is there twice", name);
	if (s->nr_axes >= CONFIG_MAX_AXES)
		return error_at(e, -EINVAL, at, "more than %d axes",
				CONFIG_MAX_AXES);

	axes = config_grow(s->axes, s->nr_axes, sizeof(*axes));
	if (!axes)
		return error_set(e, -ENOMEM, "out of memory");

	s->axes = axes;
	memset(&axes[s->nr_axes], 0, sizeof(*axes));
	err = config_text_set(&axes[s->nr_axes].name, name, strlen(name), at,
			      e);
	if (!err)
		*ret_axis = &axes[s->nr_axes++];
	return err;
}

static int add_value(struct config_draft_axis *a, const char *text,
		     size_t bytes, const struct place *at, struct error *e)
{
	struct config_text *values;
	int err;

	if (!bytes)
		return error_at(e, -EINVAL, at, "axis `%s` has an empty value",
				a->name.text);
	if (a->nr_values >= PLAN_MAX_POINTS)
		return error_at(e, -ERANGE, at,
				"axis `%s` has more than %d values",
				a->name.text, PLAN_MAX_POINTS);

	values = config_grow(a->values, a->nr_values, sizeof(*values));
	if (!values)
		return error_set(e, -ENOMEM, "out of memory");

	a->values = values;
	memset(&values[a->nr_values], 0, sizeof(*values));
	err = config_text_set(&values[a->nr_values], text, bytes, at, e);
	if (!err)
		a->nr_values++;
	return err;
}

int config_draft_add_values(struct config_draft_axis *a, const char *text,
			    const struct place *at, bool columns,
			    struct error *e)
{
	static const char blanks[] = " \t\r\n";
	const char *start = text;

	for (;;) {
		const char *end = strchrnul(start, ',');
		const char *word = start + strspn(start, blanks);
		const char *stop = end;
		struct place where = *at;
		int err;

		while (stop > word && strchr(blanks, stop[-1]))
			stop--;
		if (word > end)
			word = stop = end;
		if (columns)
			where.column += (unsigned)(word - text);

		err = add_value(a, word, (size_t)(stop - word), &where, e);
		if (err || !*end)
			return err;
		start = end + 1;
	}
}

int config_draft_new(struct config_draft **ret_draft, struct error *e)
{
	struct config_draft *d = calloc(1, sizeof(*d));

	if (d)
		d->config = calloc(1, sizeof(*d->config));
	if (!d || !d->config) {
		free(d);
		return error_set(e, -ENOMEM, "out of memory");
	}

	*ret_draft = d;
	return 0;
}

static void axis_finish(struct config_draft_axis *a)
{
	for (size_t i = 0; i < a->nr_values; i++)
		free(a->values[i].text);
	free(a->values);
	free(a->name.text);
}

void config_draft_sweep_finish(struct config_draft_sweep *s)
{
	for (size_t i = 0; i < s->nr_axes; i++)
		axis_finish(&s->axes[i]);
	for (size_t i = 0; i < s->nr_skip; i++)
		free(s->skip[i].text);
	free(s->axes);
	free(s->skip);
	free(s->workload.text);
	memset(s, 0, sizeof(*s));
}

void config_draft_free(struct config_draft *d)
{
	if (!d)
		return;

	for (size_t i = 0; i < d->nr_sweeps; i++)
		config_draft_sweep_finish(&d->sweeps[i]);
	config_draft_sweep_finish(&d->command_line);
	free(d->sweeps);
	config_free(d->config);
	free(d);
}
