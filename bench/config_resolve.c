// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draft to config: names become workloads and parameters, words become
 * numbers, and the points are counted before anybody lays them out.
 */
#include "config_draft.h"

#include "common/condition.h"
#include "common/nearest.h"
#include "common/param.h"

#include "plan.h"
#include "workloads/registry.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_WORDS = 256
};

#define SINGLE_POINT_BUDGET "5s"

static int unknown_workload(const struct config_text *t, struct error *e)
{
	const char *words[MAX_WORDS];
	const char *nearest;
	size_t nr = 0;

	for (; nr < MAX_WORDS && registry_at(nr); nr++)
		words[nr] = registry_at(nr)->name;

	nearest = nearest_word(t->text, words, nr);
	if (nearest)
		return error_at(e, -EINVAL, &t->at,
				"there is no workload `%s`; did you mean `%s`?",
				t->text, nearest);
	return error_at(e, -EINVAL, &t->at,
			"there is no workload `%s`; see `faultline list`",
			t->text);
}

static int find_workload(struct config_draft_sweep *s, struct error *e)
{
	if (!s->workload.text)
		return error_at(e, -EINVAL, &s->at, "`workload` is missing");

	s->found = registry_find(s->workload.text);
	return s->found ? 0 : unknown_workload(&s->workload, e);
}

static size_t param_words(const struct fl_workload *w, const char **words,
			  size_t nr)
{
	for (const struct fl_param *p = w->params; p && p->name; p++)
		if (nr < MAX_WORDS)
			words[nr++] = p->name;
	return nr;
}

/* @w: whose parameter it should be, NULL for any of the config's workloads. */
static int unknown_param(const struct config_draft *d,
			 const struct fl_workload *w,
			 const struct config_text *name, struct error *e)
{
	const char *words[MAX_WORDS];
	char who[128] = "no workload of this config has a parameter";
	char hint[128] = "";
	const char *nearest;
	size_t nr = 0;

	if (!w && d->nr_sweeps == 1)
		w = d->sweeps[0].found;
	if (w) {
		nr = param_words(w, words, 0);
		snprintf(who, sizeof(who), "%s has no parameter", w->name);
		snprintf(hint, sizeof(hint), "; see `faultline list %s`",
			 w->name);
	}
	for (size_t i = 0; !w && i < d->nr_sweeps; i++)
		nr = param_words(d->sweeps[i].found, words, nr);

	nearest = nearest_word(name->text, words, nr);
	if (nearest)
		snprintf(hint, sizeof(hint), "; did you mean `%s`?", nearest);
	return error_at(e, -EINVAL, &name->at, "%s `%s`%s", who, name->text,
			hint);
}

/* A copy that replaces the sweep's axis of that name, or is a new one. */
static int override_axis(struct config_draft_sweep *s,
			 const struct config_draft_axis *with, struct error *e)
{
	struct config_draft_axis *axis = NULL;
	int err = 0;

	for (size_t i = 0; i < s->nr_axes; i++)
		if (!strcmp(s->axes[i].name.text, with->name.text))
			axis = &s->axes[i];
	if (!axis)
		err = config_draft_add_axis(s, with->name.text, &with->name.at,
					    &axis, e);
	if (err)
		return err;

	while (axis->nr_values)
		free(axis->values[--axis->nr_values].text);
	free(axis->values);
	axis->values = NULL;
	for (size_t i = 0; !err && i < with->nr_values; i++)
		err = config_draft_add_values(axis, with->values[i].text,
					      &with->values[i].at, false, e);
	return err;
}

/* An axis of the command line goes to every sweep that has the parameter. */
static int spread_axis(struct config_draft *d,
		       const struct config_draft_axis *axis, struct error *e)
{
	bool used = false;
	int err;

	for (size_t i = 0; i < d->nr_sweeps; i++) {
		if (!param_find(d->sweeps[i].found, axis->name.text))
			continue;
		used = true;
		err = override_axis(&d->sweeps[i], axis, e);
		if (err)
			return err;
	}
	return used ? 0 : unknown_param(d, NULL, &axis->name, e);
}

/* So does a condition, to every sweep whose parameters it speaks of. */
static int spread_skip(struct config_draft *d, const struct config_text *skip,
		       const struct units *units, struct error *e)
{
	struct condition condition;
	struct error first = { 0 };
	bool used = false;
	int err;

	for (size_t i = 0; i < d->nr_sweeps; i++) {
		struct config_draft_sweep *s = &d->sweeps[i];

		if (condition_parse(s->found, skip->text, units, &condition,
				    &first))
			continue;
		used = true;
		err = config_draft_add_skip(s, skip->text, strlen(skip->text),
					    &skip->at, e);
		if (err)
			return err;
	}
	if (!used)
		return error_at(e, -EINVAL, &skip->at, "%s", first.text);
	return 0;
}

static int spread_command_line(struct config_draft *d,
			       const struct units *units, struct error *e)
{
	const struct config_draft_sweep *s = &d->command_line;
	int err = 0;

	for (size_t i = 0; !err && i < s->nr_axes; i++)
		err = spread_axis(d, &s->axes[i], e);
	for (size_t i = 0; !err && i < s->nr_skip; i++)
		err = spread_skip(d, &s->skip[i], units, e);
	return err;
}

static int resolve_axes(struct config_draft *d, struct config_draft_sweep *s,
			const struct units *units,
			struct config_sweep *ret_sweep, struct error *e)
{
	ret_sweep->axes = calloc(s->nr_axes + 1, sizeof(*ret_sweep->axes));
	if (!ret_sweep->axes)
		return error_set(e, -ENOMEM, "out of memory");

	for (size_t i = 0; i < s->nr_axes; i++) {
		const struct fl_param *param = param_find(s->found,
							  s->axes[i].name.text);
		int err;

		if (!param)
			return unknown_param(d, s->found, &s->axes[i].name, e);
		err = config_axis_resolve(&s->axes[i], param, units,
					  &ret_sweep->axes[i], e);
		if (err)
			return err;
		ret_sweep->nr_axes++;
	}
	return 0;
}

static int resolve_skip(struct config_draft_sweep *s, const struct units *units,
			struct config_sweep *ret_sweep, struct error *e)
{
	struct condition condition;

	ret_sweep->skip = calloc(s->nr_skip + 1, sizeof(*ret_sweep->skip));
	if (!ret_sweep->skip)
		return error_set(e, -ENOMEM, "out of memory");

	for (size_t i = 0; i < s->nr_skip; i++) {
		int err = condition_parse(s->found, s->skip[i].text, units,
					  &condition, e);

		if (err)
			return config_error_place(e, err, &s->skip[i].at);
		ret_sweep->skip[i] = strdup(s->skip[i].text);
		if (!ret_sweep->skip[i])
			return error_set(e, -ENOMEM, "out of memory");
		ret_sweep->nr_skip++;
	}
	return 0;
}

/* "range 1000 x backing 3" */
static const char *print_sizes(const struct config_sweep *s, char *buf,
			       size_t bytes)
{
	size_t used = 0;

	buf[0] = 0;
	for (size_t i = 0; i < s->nr_axes && used < bytes; i++)
		used += (size_t)snprintf(buf + used, bytes - used, "%s%s %zu",
					 i ? " x " : "", s->axes[i].name,
					 s->axes[i].nr_values);
	return buf;
}

/* Adds the points of a sweep to the total, or says which axes explode. */
static int count_points(const struct config_sweep *s, const struct place *at,
			uint64_t *total, struct error *e)
{
	uint64_t points = 1;
	char sizes[512];

	for (size_t i = 0; i < s->nr_axes; i++) {
		points *= s->axes[i].nr_values; /* each is at most the limit */
		if (points > PLAN_MAX_POINTS)
			return error_at(e, -ERANGE, at,
					"more than %d points: %s",
					PLAN_MAX_POINTS,
					print_sizes(s, sizes, sizeof(sizes)));
	}

	*total += points;
	if (*total > PLAN_MAX_POINTS)
		return error_at(e, -ERANGE, at,
				"more than %d points in all sweeps; this one "
				"has %" PRIu64,
				PLAN_MAX_POINTS, points);
	return 0;
}

static int resolve_sweeps(struct config_draft *d, const struct units *units,
			  uint64_t *ret_points, struct error *e)
{
	struct config *c = d->config;
	uint64_t points = 0;
	int err = 0;

	c->sweeps = calloc(d->nr_sweeps, sizeof(*c->sweeps));
	if (!c->sweeps)
		return error_set(e, -ENOMEM, "out of memory");

	for (size_t i = 0; !err && i < d->nr_sweeps; i++) {
		struct config_draft_sweep *from = &d->sweeps[i];
		struct config_sweep *to = &c->sweeps[c->nr_sweeps++];

		to->workload = from->found;
		err = resolve_axes(d, from, units, to, e);
		if (!err)
			err = resolve_skip(from, units, to, e);
		if (!err)
			err = count_points(to, &from->at, &points, e);
	}
	if (!err)
		*ret_points = points;
	return err;
}

/* The file's name without folder and suffix, or the workload's. */
static char *name_of(const struct config_draft *d, const char *file)
{
	const char *base = strrchr(file, '/');
	size_t len;
	char *name;

	if (!d->from_file)
		return strdup(d->sweeps[0].workload.text);

	base = base ? base + 1 : file;
	len = strcspn(base, ".");
	name = len ? strndup(base, len < 100 ? len : 100) : strdup("config");
	for (char *s = name; s && *s; s++)
		if (!isascii(*s) || !isalnum((unsigned char)*s))
			if (s == name || *s != '_')
				*s = '-';
	if (name && *name == '-')
		*name = '_';
	return name;
}

static bool has_key(const struct config_draft *d, const char *name)
{
	const struct config_key *key = config_key_find(name, strlen(name));

	return d->seen >> (key - config_keys) & 1;
}

static int fill_defaults(struct config_draft *d, const char *file,
			 uint64_t points, struct error *e)
{
	static const struct place at = { "default", 0, 0 };
	struct config *c = d->config;

	for (size_t i = 0; i < config_nr_keys; i++) {
		const struct config_key *key = &config_keys[i];
		const char *def = key->def;
		int err;

		if (!def || d->seen >> i & 1)
			continue;
		if (!strcmp(key->name, "budget") && points == 1 &&
		    !d->from_file)
			def = SINGLE_POINT_BUDGET;
		err = config_key_set(key, c, def, &at, e);
		if (err)
			return err;
	}

	if (!has_key(d, "name"))
		c->name = name_of(d, file);
	return c->name ? 0 : error_set(e, -ENOMEM, "out of memory");
}

static int check_trials(const struct config *c, const char *file,
			struct error *e)
{
	const struct place at = { file, 0, 0 };

	for (size_t i = 0; i < c->nr_sweeps; i++)
		if (c->sweeps[i].workload->mode == FL_MODE_TRIAL)
			return 0;
	if (!c->trials)
		return 0;
	return error_at(e, -EINVAL, &at,
			"trials=%" PRIu64 ": no workload here runs trials",
			c->trials);
}

static int check_times(const struct config *c, const char *file,
		       struct error *e)
{
	const struct place at = { file, 0, 0 };
	char batch[UNITS_TEXT_BYTES], launch[UNITS_TEXT_BYTES];

	if (c->batch_ns * 10 > c->launch_ns)
		return error_at(e, -ERANGE, &at,
				"ten batches of %s do not fit into a launch "
				"of %s",
				units_print_time(c->batch_ns, batch),
				units_print_time(c->launch_ns, launch));
	return 0;
}

int config_resolve(struct config_draft *d, const char *file,
		   const struct units *units, struct config **ret_config,
		   struct error *e)
{
	const struct place at = { file, 0, 0 };
	uint64_t points = 0;
	int err = 0;

	if (!d->nr_sweeps)
		return error_at(e, -EINVAL, &at,
				"nothing to measure: it needs a `workload` or "
				"`sweeps`");

	for (size_t i = 0; !err && i < d->nr_sweeps; i++)
		err = find_workload(&d->sweeps[i], e);
	if (!err)
		err = spread_command_line(d, units, e);
	if (!err)
		err = resolve_sweeps(d, units, &points, e);
	if (!err)
		err = fill_defaults(d, file, points, e);
	if (!err)
		err = check_times(d->config, file, e);
	if (!err)
		err = check_trials(d->config, file, e);
	if (err)
		return err;

	*ret_config = d->config;
	d->config = NULL;
	return 0;
}
