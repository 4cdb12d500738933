// SPDX-License-Identifier: GPL-2.0-only
/* What a cost model is made of, and what roles did in their windows. */
#include "array.h"
#include "loader.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* 0, -EINVAL if the row is no term, or -ENOMEM. */
static int add_term(const json_t *row, struct result_point *p)
{
	const char *name = record_text_or(row, "name", NULL);
	struct result_term *more;

	if (!name || !*name || p->nr_terms == RESULT_MAX_TERMS)
		return -EINVAL;

	more = array_more(p->terms, p->nr_terms, sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->terms = more;
	more += p->nr_terms++;
	*more = (struct result_term){
		.capped = json_is_true(json_object_get(row, "capped")),
		.name = result_text(name),
		.unit = result_text(record_text_or(row, "unit", "")),
		.words = result_text(record_text_or(row, "words", "")),
	};
	return more->name && more->unit && more->words ? 0 : -ENOMEM;
}

int loader_terms(struct loader *l, const json_t *record, struct result_point *p)
{
	const json_t *row;
	size_t i;
	int err = 0;

	json_array_foreach (json_object_get(record, "terms"), i, row) {
		err = add_term(row, p);
		if (err)
			break;
	}
	if (err != -EINVAL)
		return err;

	/* Half a model would be another one. */
	for (i = 0; i < p->nr_terms; i++) {
		free(p->terms[i].name);
		free(p->terms[i].unit);
		free(p->terms[i].words);
	}
	p->nr_terms = 0;
	return loader_warn(l,
			   "point %s has a cost term without a name or more "
			   "than %d of them: no model",
			   p->id, RESULT_MAX_TERMS);
}

static long find_term(const struct result_point *p, const char *name)
{
	for (size_t i = 0; i < p->nr_terms; i++)
		if (!strcmp(p->terms[i].name, name))
			return (long)i;
	return RESULT_NONE;
}

/* 0, -EINVAL if it is no amount of a term of the point, or -ENOMEM. */
static int take_amount(const json_t *row, const struct result_point *p,
		       struct result_amount *amounts)
{
	struct result_amount amount = {
		.count = record_real_or(row, "count", NAN),
		.size = record_real_or(row, "size", NAN),
	};
	char *name = result_text(record_text_or(row, "name", ""));
	long term = name ? find_term(p, name) : -ENOMEM;

	free(name);
	if (term == -ENOMEM)
		return -ENOMEM;
	if (term < 0 || !(amount.count >= 0 && amount.count < 1e18) ||
	    !(amount.size > 0 && amount.size < 1e18))
		return -EINVAL;

	amounts[term] = amount;
	return 0;
}

int loader_amounts(struct loader *l, const json_t *record,
		   struct result_point *p, size_t arm)
{
	const json_t *list = json_object_get(record, "terms"), *row;
	struct result_arm *a = &p->arms[arm];
	struct result_amount *amounts;
	size_t i;
	int err = 0;

	if (!json_array_size(list) || a->has_told_amounts)
		return 0;

	a->has_told_amounts = true;
	amounts = calloc(p->nr_terms + 1, sizeof(*amounts));
	if (!amounts)
		return -ENOMEM;
	json_array_foreach (list, i, row) {
		err = take_amount(row, p, amounts);
		if (err)
			break;
	}
	if (!err) {
		a->amounts = amounts;
		return 0;
	}
	free(amounts);
	return err != -EINVAL ? err
			      : loader_warn(l,
					    "arm %s has an amount of no known "
					    "term: it takes no part in a model",
					    a->name);
}

static struct result_role *role_row(struct result_point *p, size_t arm,
				    const char *name)
{
	struct result_role *more;

	for (size_t i = 0; i < p->nr_roles; i++)
		if (p->roles[i].arm == arm && !strcmp(p->roles[i].name, name))
			return &p->roles[i];

	more = array_more(p->roles, p->nr_roles, sizeof(*more));
	if (!more)
		return NULL;
	p->roles = more;
	more += p->nr_roles;
	*more = (struct result_role){ .arm = arm, .name = strdup(name) };
	if (!more->name)
		return NULL;
	p->nr_roles++;
	return more;
}

/* The launch's sums so far. */
static struct result_steps *steps_row(struct result_role *role, size_t launch)
{
	struct result_steps *more;

	if (role->nr_steps && role->steps[role->nr_steps - 1].launch == launch)
		return &role->steps[role->nr_steps - 1];

	more = array_more(role->steps, role->nr_steps, sizeof(*more));
	if (!more)
		return NULL;
	role->steps = more;
	more += role->nr_steps++;
	*more = (struct result_steps){ .launch = launch };
	return more;
}

static double amount_or_0(const json_t *record, const char *key)
{
	double value = record_real_or(record, key, 0);

	return value > 0 && value < 1e18 ? value : 0;
}

int loader_window(struct loader *l, const json_t *record,
		  struct result_point *p, size_t arm)
{
	char *name = result_text(record_text_or(record, "role", ""));
	struct result_role *role = name ? role_row(p, arm, name) : NULL;
	struct result_steps *steps;

	(void)l;
	free(name);
	steps = role ? steps_row(role, p->nr_launches - 1) : NULL;
	if (!steps)
		return -ENOMEM;

	steps->steps += amount_or_0(record, "steps");
	steps->wall_ns += amount_or_0(record, "wall_ns");
	steps->cpu_ns += amount_or_0(record, "cpu_ns");
	steps->busy_ns += amount_or_0(record, "busy_ns");
	steps->least += amount_or_0(record, "least_steps");
	steps->most += amount_or_0(record, "most_steps");
	role->instances = (uint64_t)amount_or_0(record, "instances");
	role->pace_per_s = amount_or_0(record, "pace_per_s");
	role->duty = amount_or_0(record, "duty");
	return 0;
}
